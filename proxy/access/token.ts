/**
 * Short-lived tokens for one step of one call, so that a payment page holds no key.
 *
 * A JSON Web Token (RFC 7519), HS256 and nothing else: a token never chooses how it is checked (RFC 8725, section 3.1).
 *
 *     header  alg HS256 · kid  name of the mint key in admin.mintKeys
 *     claims  aud "hushfork" · iat · exp, an hour later at most · jti  the step
 *             call  { "callId": ... } or { "key": ..., "value": ... } · scope, tenants: no more than the mint key's
 *
 * The proxy mints them for holders of API keys; a back end that shares a mint key makes its own.
 */
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import {
  type CallName,
  type Client,
  commonRights,
  type Principal,
  type Rights,
  type TokenGrant,
} from './principal.js'
import { type Refused, refused } from './refusal.js'
import { tokenScopes } from './scopes.js'

/** Longest life of a token, seconds. A step that lasts longer is ended by whoever holds a key, or with its call. */
export const TOKEN_SECONDS_MAX = 3600

/** Life of a token that is minted without saying, seconds: the default lease of a payment step. */
export const TOKEN_SECONDS = 900

/** Least bytes of a mint key: as many as HS256 puts out (RFC 7518, section 3.2). */
export const MINT_KEY_BYTES_MIN = 32

/** Longest token that is looked at, characters; ours have some 400. */
const TOKEN_LENGTH_MAX = 4096

/** What two machines' clocks may differ by, seconds: tokens from a back end whose clock is ahead. */
const CLOCK_TOLERANCE_SECONDS = 5

const AUDIENCE = 'hushfork'

/** Who mints, with what, and the most that tokens of theirs may do. */
export interface MintKey extends Client {
  readonly secret: string
}

/** What is asked of a token to be minted. */
export interface TokenRequest extends TokenGrant, Rights {
  readonly seconds: number
}

const text = z.string().min(1).max(200)

/** A step's name: what signals of its token begin with. */
export const tokenIdSchema = z.string().regex(/^[\w-]{1,64}$/)

export const tokenCallSchema = z.union([
  z.strictObject({ callId: text }),
  z.strictObject({ key: text.max(64), value: text }),
])

const claimsSchema = z.object({
  jti: tokenIdSchema,
  iat: z.number(),
  exp: z.number(),
  call: tokenCallSchema,
  scope: z.string().max(200),
  tenants: z.array(z.string().max(32)).max(256).optional(),
})

/** The call of a claim or of a request's body. */
export const tokenCallOf = (call: z.infer<typeof tokenCallSchema>): CallName =>
  'callId' in call
    ? { kind: 'call', callId: call.callId }
    : { kind: 'alias', key: call.key, value: call.value }

const secretOf = ({ secret }: MintKey): Uint8Array => Buffer.from(secret, 'utf8')

/** A signed token. `epochMs` is now; its life begins there. */
export const mintToken = (key: MintKey, request: TokenRequest, epochMs: number): Promise<string> => {
  const { call, scopes, tenants } = request
  const issuedAt = Math.floor(epochMs / 1000)
  const claims: JWTPayload = {
    call: call.kind === 'call' ? { callId: call.callId } : { key: call.key, value: call.value },
    scope: scopes.join(' '),
    ...(tenants !== '*' && { tenants }),
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: key.name })
    .setAudience(AUDIENCE)
    .setJti(request.id)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + request.seconds)
    .sign(secretOf(key))
}

/** Whether a credential that is no configured key is to be taken for a token: three parts, of which the first is JSON. */
export const looksLikeToken = (credential: string): boolean => /^ey[\w-]*\.[\w-]+\.[\w-]+$/.test(credential)

/** Who a token makes of its bearer, or why it does not. Never throws: what is no token is `token-invalid`. */
export const verifyToken = async (
  token: string,
  keys: readonly MintKey[],
  epochMs: number,
): Promise<Principal | Refused> => {
  if (token.length > TOKEN_LENGTH_MAX) return refused('token-invalid')
  try {
    const { payload, protectedHeader } = await jwtVerify(token, ({ kid }) => secretOf(keyNamed(keys, kid)), {
      algorithms: ['HS256'],
      audience: AUDIENCE,
      requiredClaims: ['exp', 'iat', 'jti'],
      currentDate: new Date(epochMs),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: TOKEN_SECONDS_MAX,
    })
    return principalOf(keyNamed(keys, protectedHeader.kid), payload)
  } catch (error) {
    return refused(error instanceof errors.JWTExpired ? 'token-expired' : 'token-invalid')
  }
}

const keyNamed = (keys: readonly MintKey[], name: string | undefined): MintKey => {
  const key = keys.find((candidate) => candidate.name === name)
  if (key === undefined) throw new errors.JWKSNoMatchingKey()
  return key
}

const principalOf = (key: MintKey, payload: JWTPayload): Principal | Refused => {
  const claims = claimsSchema.safeParse(payload)
  if (!claims.success) return refused('token-invalid')
  const { jti, iat, exp, call, scope, tenants } = claims.data
  if (exp - iat > TOKEN_SECONDS_MAX) return refused('token-invalid')
  const asked = scope.split(' ')
  const rights = commonRights(key, {
    scopes: tokenScopes.filter((known) => asked.includes(known)),
    tenants: tenants ?? '*',
  })
  return { kind: 'token', name: key.name, ...rights, token: { id: jti, call: tokenCallOf(call) } }
}
