import { createHmac } from 'node:crypto'
import { SignJWT } from 'jose'
import t from 'tap'
import {
  looksLikeToken,
  type MintKey,
  mintToken,
  TOKEN_SECONDS_MAX,
  type TokenRequest,
  verifyToken,
} from '../../proxy/access/token.js'

const NOW = 1_700_000_000_000
const key: MintKey = {
  name: 'desk',
  secret: 'a-mint-key-of-thirty-two-characters',
  scopes: ['signal:payment', 'signal:manual'],
  tenants: ['acme', 'other'],
}
const request: TokenRequest = {
  id: 'step-1',
  call: { kind: 'call', callId: 'CA1' },
  scopes: ['signal:payment'],
  tenants: ['acme'],
  seconds: 900,
}

const check = async (token: string, atMs = NOW, keys: readonly MintKey[] = [key]) => {
  const answer = await verifyToken(token, keys, atMs)
  return answer.kind === 'refused' ? answer.reason : answer
}
const minted = (parts: Partial<TokenRequest> = {}, by = key) => mintToken(by, { ...request, ...parts }, NOW)

t.test('a token says who minted it, for which step of which call, and what it may do', async (t) => {
  t.same(await check(await minted()), {
    kind: 'token',
    name: 'desk',
    scopes: ['signal:payment'],
    tenants: ['acme'],
    token: { id: 'step-1', call: { kind: 'call', callId: 'CA1' } },
  })
  const byAgent = await minted({ call: { kind: 'alias', key: 'agent', value: '7' }, tenants: '*' })
  t.match(await check(byAgent), {
    tenants: ['acme', 'other'],
    token: { call: { kind: 'alias', key: 'agent', value: '7' } },
  })
})

t.test('a token grants no more than its mint key has', async (t) => {
  const weak = { ...key, scopes: ['signal:payment'], tenants: ['other'] } as const
  t.match(await check(await minted({ scopes: ['signal:payment', 'signal:manual'] }), NOW, [weak]), {
    scopes: ['signal:payment'],
    tenants: [],
  })
  const strong = { ...key, scopes: ['signal:payment', 'signal:end', 'administer', 'read'] } as const
  const asked = await minted({ scopes: ['signal:end', 'administer', 'read', 'signal:payment'] }, strong)
  t.match(await check(asked, NOW, [strong]), { scopes: ['signal:payment'] }, 'and only signals at all')
})

t.test('a token expires to the second, with five for clocks that differ', async (t) => {
  const token = await minted({ seconds: 60 })
  t.type(await check(token, NOW + 64_000), 'object')
  t.equal(await check(token, NOW + 66_000), 'token-expired')
  t.type(await check(token, NOW - 4_000), 'object')
  t.equal(await check(token, NOW - 6_000), 'token-invalid', 'minted in the future')
})

t.test('a token that lives for longer than an hour is none', async (t) => {
  t.type(await check(await minted({ seconds: TOKEN_SECONDS_MAX })), 'object')
  t.equal(await check(await minted({ seconds: TOKEN_SECONDS_MAX + 1 })), 'token-invalid')
})

t.test('another key, another audience, another algorithm, a changed claim: none is a token', async (t) => {
  const token = await minted()
  const [header, payload, signature] = token.split('.') as [string, string, string]
  const encoded = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const signed = (head: object, body: object, secret = key.secret, hash = 'sha256') => {
    const content = `${encoded(head)}.${encoded(body)}`
    return `${content}.${createHmac(hash, secret).update(content).digest('base64url')}`
  }
  const head = { alg: 'HS256', kid: 'desk' }
  t.type(await check(signed(head, claims)), 'object', 'the ruse works when nothing is wrong')
  const { jti, iat, exp, call, aud, ...bare } = claims
  const forgeries = {
    'another secret': signed(head, claims, 'another-mint-key-of-thirty-two-chars'),
    'an unknown key': signed({ ...head, kid: 'x' }, claims),
    'no key': signed({ alg: 'HS256' }, claims),
    'alg none': `${encoded({ alg: 'none', kid: 'desk' })}.${payload}.`,
    'alg none, signed': signed({ alg: 'none', kid: 'desk' }, claims),
    'another hash': signed({ alg: 'HS512', kid: 'desk' }, claims, key.secret, 'sha512'),
    'another audience': signed(head, { ...claims, aud: 'else' }),
    'another call': `${header}.${encoded({ ...claims, call: { callId: 'CA2' } })}.${signature}`,
    'no audience': signed(head, { ...bare, jti, iat, exp, call }),
    'no step': signed(head, { ...bare, iat, exp, call, aud }),
    'no end': signed(head, { ...bare, jti, iat, call, aud }),
    'no beginning': signed(head, { ...bare, jti, exp, call, aud }),
    'no call': signed(head, { ...bare, jti, iat, exp, aud }),
    'two calls': signed(head, { ...claims, call: { callId: 'CA1', key: 'agent', value: '7' } }),
    'a step that is no name': signed(head, { ...claims, jti: 'a b' }),
    'a critical extension': signed({ ...head, crit: ['x'], x: 1 }, claims),
    empty: '',
    rubbish: 'ey.ey.ey',
    long: `${token}${'A'.repeat(5000)}`,
  }
  for (const [what, forgery] of Object.entries(forgeries))
    t.equal(await check(forgery), 'token-invalid', what)
})

t.test("a back end's own token, made with any library, is as good", async (t) => {
  const token = await new SignJWT({ call: { key: 'ucid', value: '00001' }, scope: 'signal:payment' })
    .setProtectedHeader({ alg: 'HS256', kid: 'desk' })
    .setAudience('hushfork')
    .setJti('order-7')
    .setIssuedAt(NOW / 1000)
    .setExpirationTime(NOW / 1000 + 300)
    .sign(Buffer.from(key.secret))
  t.match(await check(token), { tenants: ['acme', 'other'], token: { id: 'order-7' } })
})

t.test('what is no token is not taken for one', async (t) => {
  t.ok(looksLikeToken(await minted()))
  for (const text of ['hf_abc', 'ey', 'a.b.c', 'eyJ.b', 'eyJ.b.c.d', 'eyJ.b.', 'eyJ.b c.d'])
    t.notOk(looksLikeToken(text))
})
