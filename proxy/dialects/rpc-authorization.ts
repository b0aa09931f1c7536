/** Credentials in an RPC's metadata `authorization`: those of `authorization.ts`, and a token without a word before it. */
import { z } from 'zod'
import { equalSecrets } from '../base/secret.js'
import type { Handshake } from '../media/wire.js'
import { type Authorization, authorizationHeaders, authorizationSchema, authorize } from './authorization.js'
import type { AuthVerdict } from './dialect.js'

/** What an administrator has pasted somewhere is sent as it is. */
const tokenSchema = z.strictObject({ type: z.literal('token'), token: z.string().min(1) })

export const rpcAuthorizationSchema = z.union([authorizationSchema, tokenSchema])

export type RpcAuthorization = z.infer<typeof rpcAuthorizationSchema>

/** What a recorder is shown: its own credentials, or `forward`: those that the PBX has shown us. */
export const rpcRecorderAuthorizationSchema = z.union([z.literal('forward'), rpcAuthorizationSchema])

export type RpcRecorderAuthorization = z.infer<typeof rpcRecorderAuthorizationSchema>

/** Whether a call brings what is asked for; compared in constant time. */
export const authorizeRpc = (handshake: Handshake, authorization: RpcAuthorization): AuthVerdict => {
  if (!isToken(authorization)) return authorize(handshake, authorization)
  return equalSecrets(handshake.headers['authorization'] ?? '', authorization.token) ? accepted : refused
}

/** The metadata that prove it, for a call of ours. */
export const rpcHeaders = (authorization: RpcAuthorization): Record<string, string> =>
  isToken(authorization) ? { authorization: authorization.token } : authorizationHeaders(authorization)

/** The metadata for a recorder. */
export const recorderHeaders = (
  { headers }: Handshake,
  authorization: RpcRecorderAuthorization,
): Record<string, string> => {
  if (authorization !== 'forward') return rpcHeaders(authorization)
  const shown = headers['authorization']
  return shown === undefined ? {} : { authorization: shown }
}

const isToken = (
  authorization: RpcAuthorization,
): authorization is Exclude<RpcAuthorization, Authorization> =>
  authorization !== 'none' && authorization.type === 'token'

const accepted: AuthVerdict = { kind: 'accepted' }
const refused: AuthVerdict = { kind: 'refused', status: 401, reason: 'credentials missing or wrong' }
