import { z } from 'zod'
import { PARTY_TRACKS_MAX } from '../party-tracks.js'
import { rpcAuthorizationSchema, rpcRecorderAuthorizationSchema } from '../rpc-authorization.js'

export const ringcxSchema = z.strictObject({
  /** The External Credentials of the workflow's Start Stream node. Default `none`: for a trial, never for an open port. */
  auth: rpcAuthorizationSchema.default('none'),
  /** What the recorder is shown. `forward`: what RingCX has sent. Default `none`. */
  recorderAuth: rpcRecorderAuthorizationSchema.default('none'),
  options: z
    .strictObject({
      /**
       * Parties that are heard at once: the contact, an agent or bot, and others on tracks of their own. A further one is
       * silent until a track is free. Default 2; 3 for warm transfers.
       */
      tracks: z.number().int().min(2).max(PARTY_TRACKS_MAX).default(2),
      /** `scrub` (default) masks secrets in all text; `withhold` also keeps numbers, names and attributes from the recorder. */
      text: z.enum(['scrub', 'withhold']).default('scrub'),
    })
    .prefault({}),
})

export type RingcxOptions = z.infer<typeof ringcxSchema>
