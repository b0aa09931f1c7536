import { createHmac } from 'node:crypto'
import t from 'tap'
import { verifyToken } from '../../../proxy/dialects/vonage/token.js'

const key = { type: 'vonage-jwt', signatureSecret: 'a secret of the account' } as const
const nowS = 1_587_494_962
/** The example of Vonage's "Signed webhooks". */
const claims = {
  iat: nowS,
  jti: 'c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5',
  iss: 'Vonage',
  payload_hash: 'd6c0e74b5857df20e3b7e51b30c0c2a40ec73a77879b6f074ddc7a2317dd031b',
  api_key: 'a1b2c3d',
}
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const tokenOf = (
  overrides: object = {},
  header: object = { alg: 'HS256', typ: 'JWT' },
  secret: string = key.signatureSecret,
) => {
  const signed = `${part(header)}.${part({ ...claims, ...overrides })}`
  return `Bearer ${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
const seen = new Set<string>()
const judge = (authorization: string | undefined, options: object = {}) =>
  verifyToken(
    { target: '/', headers: authorization === undefined ? {} : { authorization }, subprotocols: [] },
    { ...key, ...options },
    {
      epochMs: nowS * 1000,
      rememberNonce: (nonce) => !seen.has(nonce) && seen.add(nonce).size > 0,
      randomBytes: (count) => new Uint8Array(count),
    },
  )
const reason = (...args: Parameters<typeof judge>): string => {
  const verdict = judge(...args)
  return verdict.kind === 'refused' ? verdict.reason : verdict.kind
}

t.beforeEach(() => seen.clear())

t.test("a token as Vonage's documentation has it is taken, once", async (t) => {
  t.equal(reason(tokenOf()), 'accepted')
  t.equal(reason(tokenOf()), 'token used before')
  t.equal(reason(tokenOf({ jti: 'another' }), { apiKey: 'a1b2c3d' }), 'accepted')
})

t.test(
  'a token that is not signed with the secret is refused, whatever it says of its algorithm',
  async (t) => {
    const unsigned = 'token not signed with the secret'
    t.equal(reason(tokenOf({}, { alg: 'HS256' }, 'another secret')), unsigned)
    t.equal(reason(tokenOf({}, { alg: 'none' })), unsigned)
    t.equal(reason(tokenOf({}, { alg: 'HS512' })), unsigned)
    const [head, , tail] = tokenOf().split('.')
    t.equal(reason(`${head}.${part({ ...claims, api_key: 'x' })}.${tail}`), unsigned)
    t.equal(reason(`${head}.${part(claims)}.`), 'no well-formed token')
  },
)

t.test('what is no token is refused', async (t) => {
  for (const text of [undefined, '', 'Bearer', 'Bearer a.b', 'Basic YTpi', `Bearer ${'a'.repeat(5000)}.b.c`])
    t.equal(reason(text), 'no well-formed token')
  t.equal(reason('Bearer !!.b.c'), 'no well-formed token')
})

t.test('a token is fresh, of Vonage, of the account, and has an id', async (t) => {
  const old = 'token too old, or from the future'
  const bad: [object, string, object?][] = [
    [{ iat: nowS - 301 }, old],
    [{ iat: nowS + 31 }, old],
    [{ iat: `${nowS}` }, old],
    [{ iss: 'vonage' }, 'token of another issuer'],
    [{ exp: nowS - 30 }, 'token expired'],
    [{ exp: 'never' }, 'token expired'],
    [{ jti: '' }, 'token without an id'],
    [{ jti: 'j'.repeat(129) }, 'token without an id'],
    [{ api_key: 'other' }, 'token of another account', { apiKey: 'a1b2c3d' }],
  ]
  for (const [overrides, expected, options] of bad) t.equal(reason(tokenOf(overrides), options), expected)
  for (const overrides of [{ iat: nowS - 300 }, { iat: nowS + 30, jti: '2' }, { exp: nowS + 1, jti: '3' }])
    t.equal(reason(tokenOf(overrides)), 'accepted')
})
