import { z } from 'zod'
import {
  digitMaskSchema,
  parametersSchema,
  publicUrlSchema as publicUrl,
  secretSchema as secret,
} from '../json-media/options.js'

const bearer = z.strictObject({ type: z.literal('bearer'), token: secret })

const authSchema = z.union([
  z.literal('none'),
  z.strictObject({
    type: z.literal('twilio-signature'),
    authToken: secret,
    publicUrl: z.union([publicUrl, z.array(publicUrl).min(1)]),
  }),
  bearer,
])

export const recorderAuthSchema = z.union([
  z.literal('forward'),
  z.strictObject({ type: z.literal('twilio-signature'), authToken: secret }),
  bearer,
])

export const twilioSchema = z.strictObject({
  /** How Twilio proves that it is Twilio. Default `none`: for a trial on one machine, never for an open port. */
  auth: authSchema.default('none'),
  /** What the recorder is shown: Twilio's own signature (default), one made anew for the recorder's URL, or a token. */
  recorderAuth: recorderAuthSchema.default('forward'),
  options: z
    .strictObject({
      /** `fork`: `<Start><Stream>`, nothing goes back. `connect`: `<Connect><Stream>`, media, mark and clear do. Default fork. */
      direction: z.enum(['fork', 'connect']).default('fork'),
      /** What a keyed digit becomes in a `dtmf` message: one printable ASCII character. Default `*`. */
      digitMask: digitMaskSchema,
      /** What the recorder is told of start.customParameters, card numbers scrubbed in any case. Default `scrub`: all. */
      customParameters: parametersSchema.default('scrub'),
    })
    .prefault({}),
})

export type TwilioOptions = z.infer<typeof twilioSchema>
export type TwilioRecorderAuth = z.infer<typeof recorderAuthSchema>
