import { z } from 'zod'
import { authorizationSchema } from '../authorization.js'

/** The header holds the credential as it is, with no scheme before it: RingCX sends what an administrator has pasted. */
const token = z.strictObject({ type: z.literal('token'), token: z.string().min(1) })

export const ringcxAuthSchema = z.union([authorizationSchema, token])

export type RingcxAuth = z.infer<typeof ringcxAuthSchema>

export const ringcxRecorderAuthSchema = z.union([z.literal('forward'), ringcxAuthSchema])

export const ringcxSchema = z.strictObject({
  /** The External Credentials of the workflow's Start Stream node. Default `none`: for a trial, never for an open port. */
  auth: ringcxAuthSchema.default('none'),
  /** What the recorder is shown. `forward`: what RingCX has sent. Default `none`. */
  recorderAuth: ringcxRecorderAuthSchema.default('none'),
  options: z
    .strictObject({
      /**
       * Parties that are heard at once: the contact, an agent or bot, and others on tracks of their own. A further one is
       * silent until a track is free. Default 2; 3 for warm transfers.
       */
      tracks: z.number().int().min(2).max(4).default(2),
      /** `scrub` (default) masks secrets in all text; `withhold` also keeps numbers, names and attributes from the recorder. */
      text: z.enum(['scrub', 'withhold']).default('scrub'),
    })
    .prefault({}),
})

export type RingcxOptions = z.infer<typeof ringcxSchema>
