import { z } from 'zod'
import { PARTY_TRACKS_MAX } from '../party-tracks.js'
import { rpcAuthorizationSchema, rpcRecorderAuthorizationSchema } from '../rpc-authorization.js'
import { SCHEMA_ID } from './messages.js'
import { isKeySet, webexIssuers } from './token.js'

/** Webex' own tokens, checked against its keys and the data source that was registered for us. */
const webexTokenSchema = z.strictObject({
  type: z.literal('webex-token'),
  /** Webex' public keys: the JSON Web Key Set of its identity broker. */
  keys: z.string().refine(isKeySet, 'must be a JSON Web Key Set with RSA keys'),
  /** The URL of the data source, exactly as registered. */
  publicUrl: z.url(),
  /** Who may have signed. Default: Webex' brokers in production. */
  issuers: z
    .array(z.url())
    .min(1)
    .default([...webexIssuers]),
  /** The schema that the data source was registered for. Default: audio forking. */
  schemaId: z.uuid().default(SCHEMA_ID),
})

const webexAuthSchema = z.union([rpcAuthorizationSchema, webexTokenSchema])

export type WebexAuth = z.infer<typeof webexAuthSchema>

export const webexSchema = z.strictObject({
  /** How Webex proves who it is. Default `none`: for a trial, never for an open port. */
  auth: webexAuthSchema.default('none'),
  /** What the recorder is shown. `forward`: Webex' token, which names our address. Default `none`. */
  recorderAuth: rpcRecorderAuthorizationSchema.default('none'),
  options: z
    .strictObject({
      /** Legs that are heard at once; a further one is silent until a track is free. Default 2: caller and agent. */
      tracks: z.number().int().min(2).max(PARTY_TRACKS_MAX).default(2),
      /** `scrub` (default) masks secrets in `additional_info`; `withhold` keeps it from the recorder. */
      text: z.enum(['scrub', 'withhold']).default('scrub'),
    })
    .prefault({}),
})

export type WebexOptions = z.infer<typeof webexSchema>
