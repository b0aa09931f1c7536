import t from 'tap'
import { configOf, problemLines } from '../support/config.js'

const KEY = '0123456789abcdef'
const HASH = `sha256:${'0'.repeat(64)}`
const SECRET = 'x'.repeat(32)
const forks = 'forks: [{path: /a, dialect: twilio, tenant: a}, {path: /b, dialect: twilio, tenant: b}]'
const webhook = (parts = '') =>
  `admin: {webhooks: [{name: psp, scheme: stripe, secrets: [${KEY}], call: {callId: /call}, signalId: /id, state: /type, started: [x], ended: [y]${parts}}]}`

t.test('a key signals payments and reads, for every tenant, unless its entry says otherwise', async (t) => {
  const { apiKeys } = configOf(
    `admin: {apiKeys: [{name: a, key: ${KEY}}, {name: b, hash: '${HASH}', scopes: [ledger]}]}`,
  ).admin
  t.same(apiKeys, [
    { name: 'a', key: KEY, scopes: ['signal:payment', 'read'], tenants: '*' },
    { name: 'b', hash: HASH, scopes: ['ledger'], tenants: '*' },
  ])
})

t.test('a key is written, or its hash', async (t) => {
  const message = 'admin.apiKeys[0].key: must be written, or `hash` in its place, and not both'
  t.same(problemLines('admin: {apiKeys: [{name: a}]}'), [message])
  t.same(problemLines(`admin: {apiKeys: [{name: a, key: ${KEY}, hash: '${HASH}'}]}`), [message])
  t.match(problemLines('admin: {apiKeys: [{name: a, hash: abc}]}'), [
    /hash: must be what `hushfork keys hash` prints/,
  ])
})

t.test('a token is made by a mint key of 32 characters, and only ever signals', async (t) => {
  t.match(configOf(`admin: {mintKeys: [{name: m, secret: ${SECRET}}]}`).admin.mintKeys, [
    { scopes: ['signal:payment'], tenants: '*' },
  ])
  t.match(problemLines(`admin: {mintKeys: [{name: m, secret: ${SECRET.slice(1)}}]}`), [
    /secret: must be 32 to 256/,
  ])
  t.match(problemLines(`admin: {mintKeys: [{name: m, secret: ${SECRET}, scopes: [read]}]}`), [
    /scopes\[0\]: must be/,
  ])
})

t.test('a webhook says where things stand in its messages', async (t) => {
  t.match(configOf(webhook()).admin.webhooks, [
    { windowSeconds: 300, signal: 'payment', headers: { signature: 'x-signature' } },
  ])
  t.match(problemLines(webhook().replace('/id', 'id')), [/signalId: must be a JSON pointer/])
  t.match(problemLines(webhook().replace('/call', 'call')), [/callId: must be a JSON pointer/])
  t.match(problemLines(webhook(', headers: {signature: X-Signature}')), [
    /must be the name of a header, in lower case/,
  ])
  t.match(problemLines(webhook(', signal: emergency')), [/signal: must be/])
})

t.test('an origin is what browsers send', async (t) => {
  t.same(
    configOf("admin: {origins: ['https://pay.example', 'http://localhost:3000']}").admin.origins.length,
    2,
  )
  for (const text of ['https://pay.example/', 'pay.example', '*', 'null', 'https://pay.example:443'])
    t.match(
      problemLines(`admin: {origins: ['${text}']}`),
      [/origins\[0\]: must be an origin as browsers send it/],
      text,
    )
})

t.test('names are unique among all who are let in', async (t) => {
  t.same(
    problemLines(
      `admin: {apiKeys: [{name: a, key: ${KEY}}], mintKeys: [{name: a, secret: ${SECRET}}, {name: b, secret: ${SECRET}}]}`,
    ),
    ['admin.mintKeys[0].name: is the name of apiKeys[0] as well'],
  )
})

t.test('where the forks serve several tenants, everybody says whose calls are theirs', async (t) => {
  const keys = (tenants: string) => `${forks}\nadmin: {apiKeys: [{name: k, key: ${KEY}${tenants}}]}`
  t.match(problemLines(keys('')), [/^admin\.apiKeys\[0\]\.tenants: must be written, .*'\*'$/])
  t.same(problemLines(keys(", tenants: '*'")), [])
  t.same(problemLines(keys(', tenants: [a, b]')), [])
  t.match(problemLines(keys(', tenants: [c]')), [/tenants\[0\]: is not the tenant of a fork/])
  t.match(problemLines(forks, { env: { HUSHFORK_API_KEY: KEY } }), [/apiKeys\[0\]\.tenants: must be written/])
})

t.test('client certificates need to know who signs them, and open the port as keys do', async (t) => {
  const certificates = "certificates: [{name: desk, subject: 'DNS:desk.example'}]"
  t.same(problemLines(`admin: {host: 0.0.0.0, ${certificates}}`), [
    'admin.tls.clientCaFile: is needed for `certificates`: who has signed them',
  ])
  t.match(problemLines('admin: {certificates: [{name: a, subject: desk.example}]}'), [
    /subject: must be DNS:/,
    /clientCaFile/,
  ])
  t.match(problemLines('admin: {tls: {certFile: a, keyFile: b, clientCaFile: c}}'), [
    /^admin\.tls\.certFile: cannot be read/,
    /^admin\.tls\.keyFile: cannot be read/,
    /^admin\.tls\.clientCaFile: cannot be read/,
  ])
})
