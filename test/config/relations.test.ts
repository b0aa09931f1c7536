import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import t from 'tap'
import { configOf, filesOf, problemLines } from '../support/config.js'

/** Self-signed, for nothing but this test: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBdjCCARugAwIBAgIUNgPQt6wndBSAJuwIZWoAYE9BDycwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjIwMTA5MTlaGA8yMTI2MTAyOTAxMDkx
OVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABECw
dV/EDQxxae3Qe7QcBxr52qSnWtrM2lp5lW30FO5/n4HVga3Wlg9JUd7hvUeN1wLk
xhhWu7fB0U7NOL4jTuGjUzBRMB0GA1UdDgQWBBQH/0uGddKkcGxXxnbnhUEIoQbY
rjAfBgNVHSMEGDAWgBQH/0uGddKkcGxXxnbnhUEIoQbYrjAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0kAMEYCIQDoxtLlo9j0BbkdIb4H9QPbgcoOrftOh8yE
AWsdAUGncwIhAOrFuNSkiUDPi3G8A5EN8PIFWk1aycva70Y9JfGcy7qL
-----END CERTIFICATE-----
`

/** Its key, as JWK. */
const ownKey = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    x: 'QLB1X8QNDHFp7dB7tBwHGvnapKda2szaWnmVbfQU7n8',
    y: 'n4HVga3Wlg9JUd7hvUeN1wLkxhhWu7fB0U7NOL4jTuE',
    crv: 'P-256',
    d: 'H07m5udG1T2YAKivYk87pHrppNRhHB_ilUuV8_I_DNg',
  },
})

const policy = (keys: string): string[] => problemLines(`policies: {p: {${keys}}}`)
const briefEvents = 'digitEvents: {padBeforeMs: 20}'
const noLookBack = 'payment: {lookBackMs: 0}'

t.test('a hold-back must exceed what the slowest detector needs, to the millisecond', async (t) => {
  t.same(policy(`holdBackMs: 116, ${briefEvents}, ${noLookBack}`), [])
  t.same(policy(`holdBackMs: 105, ${briefEvents}, ${noLookBack}, detectors: {dtmf: {reachBackMs: 50}}`), [
    'policies.p.holdBackMs: is 105 ms and must exceed 105 ms: detector dtmf 55 + dtmf.padBeforeMs 10 + two frames 40',
  ])
  t.same(policy(`holdBackMs: 106, ${briefEvents}, ${noLookBack}, detectors: {dtmf: {reachBackMs: 50}}`), [])
  t.match(policy(`holdBackMs: 135, ${briefEvents}, ${noLookBack}, dtmf: {padBeforeMs: 30}`), [
    /must exceed 135 ms: detector dtmf 65 \+ dtmf.padBeforeMs 30/,
  ])
})

t.test('a hold-back must fit the look-backs of payment signals and of digit events', async (t) => {
  t.same(policy('holdBackMs: 2099'), [
    "policies.p.holdBackMs: is 2099 ms and must be at least 2100 ms: payment.lookBackMs 2000 + 100 on the signal's way",
  ])
  t.same(policy('holdBackMs: 2100'), [])
  t.same(policy(`holdBackMs: 539, ${noLookBack}`), [
    'policies.p.holdBackMs: is 539 ms and must be at least 540 ms: digitEvents.padBeforeMs 500 + two frames 40',
  ])
  t.same(policy(`holdBackMs: 540, ${noLookBack}`), [])
})

t.test('the safe policy is built in: it holds all relations, and nobody changes it', async (t) => {
  t.same(problemLines('policies: {safe: {holdBackMs: 3000}}'), [
    'policies.safe: is built in: give yours another name',
  ])
  t.same(policy(''), [], 'the same defaults under another name')
})

t.test('a fork names a policy that there is', async (t) => {
  const fork = (name: string): string[] =>
    problemLines(`policies: {cards: {}}\nforks: [{path: /x, dialect: twilio, policy: ${name}}]`)
  t.same(fork('cards'), [])
  t.same(fork('safe'), [])
  t.same(fork('card'), ['forks[0].policy: is not the name of a policy; did you mean `cards`?'])
  t.same(fork('toString'), ['forks[0].policy: is not the name of a policy'])
})

t.test('no two forks share a path', async (t) => {
  t.same(
    problemLines(
      'forks: [{path: /a, dialect: twilio}, {path: /b, dialect: twilio}, {path: /a, dialect: audiohook}]',
    ),
    ['forks[2].path: is the path of forks[0] as well'],
  )
})

t.test('on an address that others can reach, every fork says its auth, `none` as well', async (t) => {
  const open = (forks: string): string[] => problemLines(`listen: {host: 0.0.0.0}\n${forks}`)
  t.match(open(''), [/^forks: must be written out, each with its `auth`, .*`auth: none`/])
  t.match(open('forks: [{path: /a, dialect: twilio}, {path: /b, dialect: twilio, auth: none}]'), [
    /^forks\[0\]\.auth: must be written, .*`auth: none`/,
  ])
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
    t.same(problemLines(`listen: {host: '${host}'}`), [], host)
  for (const host of ['::', '10.0.0.1', '127.0.0.1.example', 'localhost.example', '127.1'])
    t.match(problemLines(`listen: {host: '${host}'}`), [/^forks: must be written out/], host)
})

t.test('the environment that opens the address has the same effect as the file', async (t) => {
  t.match(problemLines(null, { env: { HUSHFORK_LISTEN_HOST: '0.0.0.0' } }), [/^forks: must be written out/])
})

t.test('an administration port that others can reach has at least one key', async (t) => {
  t.match(problemLines('admin: {host: 0.0.0.0}'), [/^admin\.apiKeys: are needed .*HUSHFORK_API_KEY/])
  const env = { HUSHFORK_API_KEY: '0123456789abcdef' }
  t.match(configOf('admin: {host: 0.0.0.0}', { env }).admin.apiKeys, [
    { name: 'env', key: '0123456789abcdef' },
  ])
})

t.test('API keys have names of their own', async (t) => {
  const key = 'key: 0123456789abcdef'
  t.same(problemLines(`admin: {apiKeys: [{name: a, ${key}}, {name: b, ${key}}, {name: a, ${key}}]}`), [
    'admin.apiKeys[2].name: is the name of apiKeys[0] as well',
  ])
  t.same(
    problemLines(`admin: {apiKeys: [{name: env, ${key}}]}`, { env: { HUSHFORK_API_KEY: 'f'.repeat(16) } }),
    ['admin.apiKeys[1].name: is the name of apiKeys[0] as well'],
  )
})

t.test('the two ports differ where their addresses meet; port 0 is another one each time', async (t) => {
  t.same(problemLines('admin: {port: 8080}'), [
    'admin.port: is listen.port as well (8080): each needs its own',
  ])
  t.same(problemLines('listen: {host: 127.0.0.2}\nadmin: {port: 8080}'), [])
  t.same(problemLines('listen: {port: 0}\nadmin: {port: 0}'), [])
})

t.test(
  'forks with a port have one of their own; the port of WebSocket forks is free where there are none',
  async (t) => {
    const forks = (...ports: string[]): string =>
      `forks: [${ports.map((port) => `{dialect: ringcx, ${port}}`)}]`
    t.same(problemLines(forks('port: 1', 'port: 2', 'port: 0', 'port: 0')), [])
    t.same(problemLines(forks('port: 7', 'port: 7')), [
      'forks[1].port: is forks[0].port as well (7): each needs its own',
    ])
    t.same(problemLines(forks('port: 7', 'port: 7, host: 127.0.0.2')), [])
    t.same(problemLines(forks('port: 9464')), [
      'forks[0].port: is admin.port as well (9464): each needs its own',
    ])
    t.same(problemLines(forks('port: 8080')), [], 'nobody listens at listen.port')
    t.same(problemLines('forks: [{dialect: twilio, path: /x}, {dialect: ringcx, port: 8080}]'), [
      'forks[1].port: is listen.port as well (8080): each needs its own',
    ])
  },
)

t.test("a fork's own address decides whether others can reach it", async (t) => {
  t.match(problemLines('forks: [{dialect: ringcx, port: 0, host: 0.0.0.0}]'), [
    /^forks\[0\]\.auth: must be written, since forks\[0\]\.host can be reached/,
  ])
  t.same(problemLines('listen: {host: 0.0.0.0}\nforks: [{dialect: ringcx, port: 0, host: 127.0.0.1}]'), [])
})

t.test('relations are checked beside problems of shape, not after them', async (t) => {
  t.same(
    problemLines(
      'listen: {port: x}\nforks: [{path: /a, dialect: twilio, policy: nope, options: 3}]\nadmin: 7',
    ),
    [
      'listen.port: must be a number',
      'admin: must be a mapping',
      'forks[0].options: must be a mapping',
      'forks[0].policy: is not the name of a policy',
    ],
  )
})

t.test('the certificate and its key must be there, be PEM, and belong together', async (t) => {
  const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const readText = filesOf({
    'own.crt': certificate,
    'own.key': pem(ownKey),
    'other.key': pem(otherKey),
    'no.pem': 'x',
  })
  const tls = (certFile: string, keyFile: string): string[] =>
    problemLines(`listen: {tls: {certFile: ${certFile}, keyFile: ${keyFile}}}`, { readText })
  t.same(tls('own.crt', 'own.key'), [])
  t.same(tls('own.crt', 'other.key'), ['listen.tls.keyFile: is not the key of the certificate in `certFile`'])
  t.same(tls('none.crt', 'no.pem'), [
    'listen.tls.certFile: cannot be read (ENOENT): must be a certificate in PEM',
    'listen.tls.keyFile: does not hold a private key in PEM, unencrypted',
  ])
})

t.test('a hold-back must hold the look-back of every kind of step', async (t) => {
  for (const kind of ['payment', 'hold', 'transfer', 'manual', 'emergency']) {
    const policy = `policies: {p: {holdBackMs: 3000, ${kind}: {lookBackMs: `
    t.same(problemLines(`${policy}2900}}}`), [])
    t.same(problemLines(`${policy}2901}}}`), [
      `policies.p.holdBackMs: is 3000 ms and must be at least 3001 ms: ${kind}.lookBackMs 2901 + 100 on the signal's way`,
    ])
  }
})

t.test('keys that mean something need time to become certain', async (t) => {
  const policy = (ms: number, key: string): string =>
    `policies: {p: {holdBackMs: ${ms}, payment: {lookBackMs: 0}, digitEvents: {padBeforeMs: 20}, ${key}}}`
  for (const key of ['consent: {mode: opt-out}', "starCodes: {codes: {'*1': payment-started}}"]) {
    t.same(problemLines(policy(600, key)), [])
    t.match(problemLines(policy(599, key)), [/^policies\.p\.holdBackMs: .* at least 600 ms: keys/])
  }
  t.same(problemLines(policy(599, 'consent: {mode: none}')), [])
})

t.test('earlier audio can be erased only where the recorder can be asked for it', async (t) => {
  const policies = 'policies: {p: {consent: {mode: opt-in, earlierAudio: erase}}}'
  const forks = (parts: string): string[] =>
    problemLines(`${policies}\nforks: [{path: /a, dialect: twilio, policy: p${parts}}]`)
  const recorder = 'recorder: {url: ws://127.0.0.1:9}'
  t.same(forks(''), [], 'the embedded recorder can')
  t.same(forks(`, ${recorder}`), [
    'forks[0].erasure: is needed since policies.p.consent.earlierAudio is `erase`: where the recorder is asked for it',
  ])
  t.same(forks(`, ${recorder}, erasure: {url: 'https://r.example/erase', key: 0123456789abcdef0123}`), [])
})

t.test('a word list needs somebody who hears the words', async (t) => {
  const speech = (text: string): string[] =>
    problemLines(`policies: {p: {holdBackMs: 4000, detectors: {speech: {${text}}}}}`)
  t.same(speech('recognizers: {embedded: {}}, words: {languages: [en]}'), [])
  const why = 'needs a recogniser that hears whole sentences under `recognizers`: none of those there does'
  t.same(speech('recognizers: {embedded: {}}, words: {languages: [en, cy], categories: {health: mark}}'), [
    `policies.p.detectors.speech.words.categories.health: is mark, which ${why}`,
    `policies.p.detectors.speech.words.languages: has cy, which ${why}`,
  ])
})

t.test('a hold-back too short for speech is refused, and it says what can be done', async (t) => {
  const speech = (holdBackMs: number, recognizers: string): string[] =>
    problemLines(
      `policies: {p: {holdBackMs: ${holdBackMs}, detectors: {speech: {recognizers: ${recognizers}}}}}`,
    )
  t.same(speech(2_500, '{embedded: {}}'), [], 'the spotter built in needs 2.5 s')
  const [problem] = speech(2_400, '{embedded: {}}')
  t.match(problem, /^policies\.p\.holdBackMs: is 2400 ms and must exceed \d+ ms: detector speech \d+ /)
  t.match(problem, /all of it would be silent/)
  t.match(problem, /Lengthen it, or lower detectors\.speech\.waitMs \(1750 of the \d+\)/)
  t.match(problem, /turn speech off: detectors\.speech\.recognizers\.embedded: null$/)
  t.same(speech(2_400, '{embedded: null}'), [], 'that line is enough')
  t.match(speech(2_500, '{google: {project: acme}}'), [/recognizers\.google: null$/])
})
