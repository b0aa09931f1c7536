import { createHmac } from 'node:crypto'
import t from 'tap'
import { signatureHeaders, verifySignature } from '../../../proxy/dialects/audiohook/signature.js'
import type { AuthContext } from '../../../proxy/dialects/dialect.js'
import { identity } from '../../support/audiohook-fork.js'

// A known answer, equal to the reference implementation's own signing code.
const SECRET = 'a2V5LWZvci10ZXN0cy1vbmx5LTAxMjM0NTY3ODlhYmM='
const KEY = { apiKey: 'cHJveHktdGVzdC1rZXk=', secret: SECRET }
const INPUT =
  'sig1=("@request-target" "@authority" "audiohook-organization-id" "audiohook-session-id" "audiohook-correlation-id" "x-api-key");keyid="cHJveHktdGVzdC1rZXk=";nonce="MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=";alg="hmac-sha256";created=1767225600;expires=1767225630'
const SIGNATURE = 'sig1=:asu5f4zO5UVx4ngmckVyiUJYb9U3NbUaaGuSBlRaCi0=:'
const BASE = `"@request-target": /ah/ws?tenant=7
"@authority": rec.example.net
"audiohook-organization-id": d7934305-0972-4844-938e-9060eef73d05
"audiohook-session-id": e160e428-53e2-487c-977d-96989bf5c99d
"audiohook-correlation-id": 30b0e395-84d3-4570-ac13-9a62d8f514c0
"x-api-key": cHJveHktdGVzdC1rZXk=
"@signature-params": ${INPUT.slice(5)}`
const CREATED_MS = 1_767_225_600_000

const headers = {
  ...identity,
  host: 'rec.example.net',
  'x-api-key': KEY.apiKey,
  'signature-input': INPUT,
  signature: SIGNATURE,
}
const request = { target: '/ah/ws?tenant=7', headers, subprotocols: [] }

const context = (epochMs = CREATED_MS + 1_000): AuthContext => {
  const seen = new Set<string>()
  return {
    epochMs,
    rememberNonce: (nonce) => !seen.has(nonce) && seen.add(nonce) !== undefined,
    randomBytes: (count) => Buffer.from('12345678901234567890'.repeat(2).slice(0, count)),
  }
}

const sign = (base: string): string =>
  `sig1=:${createHmac('sha256', Buffer.from(SECRET, 'base64')).update(base).digest('base64')}:`

/** The request signed anew after its signature parameters were changed. */
const signedWith = (input: string) => {
  const base = `${BASE.slice(0, BASE.lastIndexOf('\n'))}\n"@signature-params": ${input.slice(5)}`
  return { ...request, headers: { ...headers, 'signature-input': input, signature: sign(base) } }
}

const reasonOf = (handshake: typeof request, epochMs?: number): string => {
  const verdict = verifySignature(handshake, [KEY], context(epochMs))
  return verdict.kind === 'refused' ? `${verdict.status} ${verdict.reason}` : verdict.kind
}

t.test('the known signature is accepted, once', async (t) => {
  const shared = context()
  t.same(verifySignature(request, [KEY], shared), { kind: 'accepted' })
  t.same(verifySignature(request, [KEY], shared), {
    kind: 'refused',
    status: 401,
    reason: 'signature seen before',
  })
})

t.test('the known signature is made again, byte for byte', async (t) => {
  const url = new URL('wss://rec.example.net/ah/ws?tenant=7')
  t.same(signatureHeaders(url, identity, KEY, context(CREATED_MS + 999)), {
    'signature-input': INPUT,
    signature: SIGNATURE,
  })
})

t.test('what we sign is what we verify, at any address', async (t) => {
  for (const address of ['wss://[::1]:8443/a/b?c=d&e', 'ws://rec.example.net:80', 'wss://rec.example.net/']) {
    const url = new URL(address)
    const signed = signatureHeaders(url, identity, KEY, context())
    const target = url.pathname + url.search
    const all = { ...identity, ...signed, host: url.host, 'x-api-key': KEY.apiKey }
    t.equal(reasonOf({ ...request, target, headers: all as unknown as typeof headers }), 'accepted')
  }
})

t.test('a signature counts from 3 s before its date to 10 s after it', async (t) => {
  for (const [offsetMs, expected] of [
    [-3_001, '401 signature expired or not yet valid'],
    [-3_000, 'accepted'],
    [10_000, 'accepted'],
    [10_001, '401 signature expired or not yet valid'],
    [11_000, '401 signature expired or not yet valid'],
  ] as const)
    t.equal(reasonOf(request, CREATED_MS + offsetMs), expected)
})

t.test('an expiry date of its own is kept to, give or take 3 s', async (t) => {
  const short = signedWith(INPUT.replace('expires=1767225630', 'expires=1767225602'))
  t.equal(reasonOf(short, CREATED_MS + 5_000), 'accepted')
  t.equal(reasonOf(short, CREATED_MS + 5_001), '401 signature expired or not yet valid')
  const unlimited = signedWith(INPUT.replace(';expires=1767225630', ''))
  t.equal(reasonOf(unlimited), 'accepted')
})

t.test('a change to any signed value breaks the signature', async (t) => {
  const other = '00000000-0972-4844-938e-9060eef73d05'
  for (const changed of [
    { ...request, target: '/ah/ws?tenant=8' },
    { ...request, headers: { ...headers, host: 'rec.example.org' } },
    { ...request, headers: { ...headers, host: 'rec.example.net:8443' } },
    { ...request, headers: { ...headers, 'audiohook-organization-id': other } },
    { ...request, headers: { ...headers, 'audiohook-session-id': other } },
    { ...request, headers: { ...headers, 'audiohook-correlation-id': other } },
    { ...request, headers: { ...headers, 'signature-input': INPUT.replace('MTIz', 'MTIx') } },
    { ...request, headers: { ...headers, 'signature-input': INPUT.replace('=1767225630', '=1767225631') } },
    { ...request, headers: { ...headers, signature: SIGNATURE.replace('asu5', 'bsu5') } },
  ])
    t.equal(reasonOf(changed), '401 signature does not match')
})

t.test('a default port that a load balancer put back is no change', async (t) => {
  t.equal(reasonOf({ ...request, headers: { ...headers, host: 'REC.example.net:443' } }), 'accepted')
})

t.test('each of the six components must be covered', async (t) => {
  for (const name of [
    '@request-target',
    '@authority',
    'audiohook-organization-id',
    'audiohook-session-id',
    'audiohook-correlation-id',
    'x-api-key',
  ]) {
    const input = INPUT.replace(new RegExp(` ?"${name}"`), '').replace('=( ', '=(')
    const base = BASE.split('\n').filter((line) => !line.startsWith(`"${name}"`))
    base[base.length - 1] = `"@signature-params": ${input.slice(5)}`
    const signed = { ...headers, 'signature-input': input, signature: sign(base.join('\n')) }
    t.equal(reasonOf({ ...request, headers: signed }), '401 signature covers too little')
  }
})

t.test('a header more may be covered, and must then be there', async (t) => {
  const input = INPUT.replace('"x-api-key")', '"x-api-key" "user-agent")')
  const lines = BASE.split('\n')
  lines.splice(6, 1, '"user-agent": test', `"@signature-params": ${input.slice(5)}`)
  const signed = { ...headers, 'signature-input': input, signature: sign(lines.join('\n')) }
  t.equal(
    reasonOf({ ...request, headers: { ...signed, 'user-agent': 'test' } as typeof headers }),
    'accepted',
  )
  t.equal(reasonOf({ ...request, headers: signed }), '401 signature covers what is not there')
})

t.test('a component that is no header is never looked up', async (t) => {
  for (const name of ['constructor', '@method']) {
    const input = INPUT.replace('"x-api-key")', `"x-api-key" "${name}")`)
    const signed = { ...headers, 'signature-input': input }
    t.equal(reasonOf({ ...request, headers: signed }), '401 signature covers what is not there')
  }
})

t.test('the key id must be the API key, and known', async (t) => {
  const stranger = { ...headers, 'x-api-key': 'c3RyYW5nZXI=' }
  t.equal(reasonOf({ ...request, headers: stranger }), '401 key id is not the API key')
  const verdict = verifySignature(request, [{ ...KEY, apiKey: 'b3RoZXI=' }], context())
  t.match(verdict, { kind: 'refused', reason: 'signature does not match' })
})

t.test('while a secret is replaced, both count', async (t) => {
  const next = { ...KEY, secret: 'bmV3IHNlY3JldA==' }
  t.match(verifySignature(request, [next, KEY], context()), { kind: 'accepted' })
  t.match(verifySignature(request, [next], context()), { kind: 'refused' })
})

t.test('short and missing nonces, and other algorithms, are refused though signed', async (t) => {
  const nonce = 'nonce="MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="'
  t.equal(
    reasonOf(signedWith(INPUT.replace(nonce, `nonce="${'x'.repeat(21)}"`))),
    '401 nonce too short or too long',
  )
  t.equal(reasonOf(signedWith(INPUT.replace(nonce, `nonce="${'x'.repeat(22)}"`))), 'accepted')
  t.equal(
    reasonOf(signedWith(INPUT.replace(nonce, `nonce="${'x'.repeat(257)}"`))),
    '401 nonce too short or too long',
  )
  t.equal(reasonOf(signedWith(INPUT.replace(`;${nonce}`, ''))), '401 nonce too short or too long')
  t.equal(reasonOf(signedWith(INPUT.replace('hmac-sha256', 'rsa-pss-sha512'))), '401 algorithm not supported')
  t.equal(reasonOf(signedWith(INPUT.replace(';alg="hmac-sha256"', ''))), 'accepted')
})

t.test('a forged signature does not use up its nonce', async (t) => {
  const shared = context()
  const forged = { ...request, headers: { ...headers, signature: SIGNATURE.replace('asu5', 'bsu5') } }
  verifySignature(forged, [KEY], shared)
  t.match(verifySignature(request, [KEY], shared), { kind: 'accepted' })
})

t.test('a nonce is remembered for as long as its signature could count', async (t) => {
  let ttl = 0
  const rememberNonce = (_nonce: string, ttlMs: number) => {
    ttl = ttlMs
    return true
  }
  verifySignature(request, [KEY], { ...context(), rememberNonce })
  t.equal(ttl, 13_000)
})

t.test('what is not a signature is refused', async (t) => {
  const malformed: (readonly [string | undefined, string | undefined])[] = [
    [undefined, undefined],
    [INPUT, undefined],
    [undefined, SIGNATURE],
    [INPUT, SIGNATURE.replace('sig1', 'sig2')],
    [INPUT, 'sig1=:AAAA:'],
    [INPUT, `${SIGNATURE}, sig2=:AAAA:`],
    [`${INPUT};tag="x"`, SIGNATURE],
    [`${INPUT};created=1767225600`, SIGNATURE],
    [INPUT.replace('"x-api-key")', '"x-api-key" "x-api-key")'), SIGNATURE],
    [INPUT.replace('"x-api-key")', '"x-api-key";req)'), SIGNATURE],
    [INPUT.replace('sig1=(', 'sig1=(('), SIGNATURE],
  ]
  for (const [input, signature] of malformed) {
    const { 'signature-input': _i, signature: _s, ...bare } = headers
    const all = { ...bare, ...(input && { 'signature-input': input }), ...(signature && { signature }) }
    t.equal(reasonOf({ ...request, headers: all as typeof headers }), '401 no well-formed signature')
  }
  t.equal(
    reasonOf(signedWith(INPUT.replace('created=1767225600', 'created="1767225600"'))),
    '401 signature expired or not yet valid',
  )
})

t.test('spaces that structured fields allow are no change', async (t) => {
  const spaced = INPUT.replace('=(', '=( ').replace('" "', '"   "').replace(';nonce', '; nonce')
  t.equal(reasonOf({ ...request, headers: { ...headers, 'signature-input': spaced } }), 'accepted')
})

t.test('cut anywhere, a signature is refused and never throws', async (t) => {
  for (let length = 0; length < INPUT.length; length++) {
    const cut = { ...headers, 'signature-input': INPUT.slice(0, length) }
    if (!reasonOf({ ...request, headers: cut }).startsWith('401')) t.fail(`accepted at ${length}`)
  }
  for (let length = 0; length < SIGNATURE.length; length++) {
    const cut = { ...headers, signature: SIGNATURE.slice(0, length) }
    if (!reasonOf({ ...request, headers: cut }).startsWith('401')) t.fail(`accepted at ${length}`)
  }
})
