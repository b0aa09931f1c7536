import { z } from 'zod'
import {
  byteOrderSchema,
  digitMaskSchema,
  parametersSchema,
  publicUrlSchema,
  secretSchema,
} from '../json-media/options.js'

const bearer = z.strictObject({ type: z.literal('bearer'), token: secretSchema })

const authSchema = z.union([
  z.literal('none'),
  z.strictObject({
    type: z.literal('plivo-signature'),
    authToken: secretSchema,
    publicUrl: z.union([publicUrlSchema, z.array(publicUrlSchema).min(1)]),
  }),
  bearer,
])

export const recorderAuthSchema = z.union([
  z.literal('forward'),
  z.strictObject({ type: z.literal('plivo-signature'), authToken: secretSchema }),
  bearer,
])

export const plivoSchema = z.strictObject({
  /** How Plivo proves that it is Plivo. Default `none`: for a trial on one machine, never for an open port. */
  auth: authSchema.default('none'),
  /** What the recorder is shown: Plivo's own signature (default), one made anew for the recorder's URL, or a token. */
  recorderAuth: recorderAuthSchema.default('forward'),
  options: z
    .strictObject({
      /** Byte order of audio/x-l16, which is not documented. Default `little`. */
      l16ByteOrder: byteOrderSchema.default('little'),
      digitMask: digitMaskSchema,
      /** What the recorder is told of extra_headers, in every message; secrets masked in any case. Default `scrub`: all. */
      extraHeaders: parametersSchema.default('scrub'),
      /** Events that the recorder may send to Plivo; all of them act on the call. Default none. */
      allowFromRecorder: z.array(z.enum(['playAudio', 'checkpoint', 'clearAudio', 'sendDTMF'])).default([]),
    })
    .prefault({}),
})

export type PlivoConfig = z.infer<typeof plivoSchema>
export type PlivoRecorderAuth = z.infer<typeof recorderAuthSchema>
