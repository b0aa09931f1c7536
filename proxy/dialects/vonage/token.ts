import { createHmac } from 'node:crypto'
import { equalSecrets } from '../../base/secret.js'
import type { Handshake } from '../../media/wire.js'
import type { AuthContext, AuthVerdict } from '../dialect.js'
import { type JsonObject, parseObject } from '../json-object.js'
import type { VonageTokenKey } from './options.js'

/**
 * The JWT with which Vonage signs its webhooks: HS256 over the account's signature secret, with `iat`, `jti`, `iss` and
 * `api_key` (Vonage, "Signed webhooks"). It is made for one request: it is taken while it is fresh, and once.
 */

/** Seconds: how old a token may be, and how far two clocks may differ. Vonage names no age; five minutes are usual. */
const AGE_S_MAX = 300
const SKEW_S = 30

/** Longest token that is looked at; Vonage's have about 500 characters. */
const TOKEN_CHARS_MAX = 4096
/** Longest id of a token that is remembered; Vonage's are UUIDs. */
const JTI_CHARS_MAX = 128

const BEARER_JWT = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/

/** Whether the upgrade request brings a token of this account, made just now, for the first time. */
export function verifyToken({ headers }: Handshake, key: VonageTokenKey, context: AuthContext): AuthVerdict {
  const authorization = headers['authorization'] ?? ''
  const match = authorization.length <= TOKEN_CHARS_MAX ? BEARER_JWT.exec(authorization) : null
  if (match === null) return refused('no well-formed token')
  const [, header, claims, signature] = match
  const expected = createHmac('sha256', key.signatureSecret).update(`${header}.${claims}`).digest('base64url')
  if (decoded(header!)['alg'] !== 'HS256' || !equalSecrets(signature!, expected))
    return refused('token not signed with the secret')
  return judge(decoded(claims!), key, context)
}

/** What a token says, once it is known to be Vonage's. */
function judge(claims: JsonObject, key: VonageTokenKey, context: AuthContext): AuthVerdict {
  const { iat, exp, iss, jti, api_key: apiKey } = claims
  const nowS = context.epochMs / 1000
  if (iss !== 'Vonage') return refused('token of another issuer')
  if (key.apiKey !== undefined && apiKey !== key.apiKey) return refused('token of another account')
  if (typeof iat !== 'number' || iat > nowS + SKEW_S || iat < nowS - AGE_S_MAX)
    return refused('token too old, or from the future')
  if (exp !== undefined && !(typeof exp === 'number' && exp > nowS - SKEW_S)) return refused('token expired')
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_CHARS_MAX)
    return refused('token without an id')
  const ttlMs = (AGE_S_MAX + SKEW_S) * 1000
  return context.rememberNonce(jti, ttlMs) ? { kind: 'accepted' } : refused('token used before')
}

const decoded = (part: string): JsonObject =>
  parseObject(Buffer.from(part, 'base64url').toString('utf8'))?.value ?? {}

const refused = (reason: string): AuthVerdict => ({ kind: 'refused', status: 401, reason })
