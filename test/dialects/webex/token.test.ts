// Tokens made by jose, which is not what reads them here.

import { createHmac, generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import t from 'tap'
import { SCHEMA_ID } from '../../../proxy/dialects/webex/messages.js'
import { isKeySet, isValidToken, webexIssuers } from '../../../proxy/dialects/webex/token.js'

const NOW_S = 1_767_225_600
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }
const keys = JSON.stringify({ keys: [{ kty: 'EC', kid: 'ec' }, jwk] })

const expected = {
  keys,
  issuers: webexIssuers,
  dataSourceUrl: 'https://fork.example.net:443',
  schemaId: SCHEMA_ID,
}
const claims = {
  iss: webexIssuers[0] as string,
  sub: 'callAudioData',
  aud: 'BYODS',
  jti: 'id-1',
  exp: NOW_S + 600,
  'com.cisco.datasource.url': expected.dataSourceUrl,
  'com.cisco.datasource.schema.uuid': SCHEMA_ID as string,
}

const token = (change: object = {}, kid: string | undefined = 'k1', key = privateKey): Promise<string> =>
  new SignJWT({ ...claims, ...change })
    .setProtectedHeader({ alg: 'RS256', ...(kid !== undefined && { kid }) })
    .sign(key)

const takes = (text: string, change: object = {}): boolean =>
  isValidToken(text, { ...expected, ...change }, NOW_S * 1000)

t.test('what Webex signed for us is taken, behind Bearer or not, with its key named or not', async (t) => {
  const good = await token()
  t.ok(takes(good))
  t.ok(takes(`Bearer ${good}`))
  t.ok(takes(`bearer ${good}`))
  t.ok(takes(await token({}, undefined)))
  t.ok(takes(await token({ aud: ['a', 'b'] })))
})

t.test('a token of another key, or changed in any part, is not', async (t) => {
  t.notOk(takes(await token({}, 'k1', other.privateKey)))
  t.notOk(takes(await token({}, 'k2')))
  const parts = (await token()).split('.')
  for (const [i, part] of parts.entries()) {
    const changed = [...parts.slice(0, i), `${part.slice(0, -4)}AAAA`, ...parts.slice(i + 1)]
    t.notOk(takes(changed.join('.')), `part ${i}`)
  }
})

t.test('a token for another address, schema or issuer, or without a claim, is not', async (t) => {
  for (const change of [
    { iss: 'https://idbroker.example/idb' },
    { 'com.cisco.datasource.url': 'https://fork.example.net' },
    { 'com.cisco.datasource.schema.uuid': '5397013b-7920-4ffc-807c-e8a3e0a18f43' },
    { sub: undefined },
    { sub: '' },
    { jti: undefined },
    { aud: undefined },
    { exp: undefined },
    { exp: 'tomorrow' },
  ])
    t.notOk(takes(await token(change)), JSON.stringify(change))
  t.ok(takes(await token({ iss: 'https://own.example' }), { issuers: ['https://own.example'] }))
})

t.test(
  'it is valid until it expires, and from when it begins, with a minute between the clocks',
  async (t) => {
    t.ok(takes(await token({ exp: NOW_S - 59 })))
    t.notOk(takes(await token({ exp: NOW_S - 60 })))
    t.ok(takes(await token({ nbf: NOW_S + 60 })))
    t.notOk(takes(await token({ nbf: NOW_S + 61 })))
  },
)

t.test('no other algorithm is taken: not none, and not the public key as a shared secret', async (t) => {
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = encoded(claims)
  t.notOk(takes(`${encoded({ alg: 'none', kid: 'k1' })}.${body}.`))
  const head = encoded({ alg: 'HS256', kid: 'k1' })
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  const mac = createHmac('sha256', pem).update(`${head}.${body}`).digest('base64url')
  t.notOk(takes(`${head}.${body}.${mac}`))
  const crit = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey)
  const [, , signature] = crit.split('.')
  t.notOk(takes(`${encoded({ alg: 'RS256', kid: 'k1', crit: ['x'] })}.${body}.${signature}`))
})

t.test('what is no token is none', async (t) => {
  for (const text of [
    '',
    'x',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    '..',
    `${'a'.repeat(20_000)}.b.c`,
    'Bearer ',
    'e30.e30.e30',
  ])
    t.notOk(takes(text), text.slice(0, 20))
})

t.test('a key set is JSON with an RSA key that can be read', async (t) => {
  t.ok(isKeySet(keys))
  for (const text of [
    '',
    '{}',
    '{"keys":[]}',
    '{"keys":[{"kty":"EC"}]}',
    '{"keys":[{"kty":"RSA","n":7}]}',
    'x',
  ])
    t.notOk(isKeySet(text), text)
})
