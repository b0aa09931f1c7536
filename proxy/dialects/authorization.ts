/** Credentials in the `Authorization` header, for the dialects whose PBX has no signature of its own (RFC 7617, RFC 6750). */
import { z } from 'zod'
import { equalSecrets } from '../base/secret.js'
import type { Handshake } from '../media/wire.js'
import type { AuthVerdict } from './dialect.js'

const secret = z.string().min(1)

/** `none`, or a user name and password, or a token. */
export const authorizationSchema = z.union([
  z.literal('none'),
  z.strictObject({ type: z.literal('basic'), username: z.string(), password: secret }),
  z.strictObject({ type: z.literal('bearer'), token: secret }),
])

export type Authorization = z.infer<typeof authorizationSchema>

/** The header that proves it, for a request of ours; empty where none is needed. */
export function authorizationHeaders(authorization: Authorization): Record<string, string> {
  const value = headerValue(authorization)
  return value === null ? {} : { authorization: value }
}

/** Whether a request brings what is asked for; compared in constant time. */
export function authorize({ headers }: Handshake, authorization: Authorization): AuthVerdict {
  const expected = headerValue(authorization)
  const isAuthentic = expected === null || equalSecrets(headers['authorization'] ?? '', expected)
  return isAuthentic ? accepted : refused
}

const accepted: AuthVerdict = { kind: 'accepted' }
const refused: AuthVerdict = { kind: 'refused', status: 401, reason: 'credentials missing or wrong' }

function headerValue(authorization: Authorization): string | null {
  if (authorization === 'none') return null
  return authorization.type === 'bearer'
    ? `Bearer ${authorization.token}`
    : `Basic ${Buffer.from(`${authorization.username}:${authorization.password}`).toString('base64')}`
}
