import { z } from 'zod'
import { byteOrderSchema, digitMaskSchema, parametersSchema, secretSchema } from '../json-media/options.js'

/** Telnyx' `stream_auth_token`, sent in a header and again in the first message; or a token from something in between. */
export const telnyxAuthSchema = z.union([
  z.literal('none'),
  z.strictObject({ type: z.enum(['telnyx-token', 'bearer']), token: secretSchema }),
])

export type TelnyxAuth = z.infer<typeof telnyxAuthSchema>

export const telnyxSchema = z.strictObject({
  /** How Telnyx proves that it is Telnyx. Default `none`: for a trial on one machine, never for an open port. */
  auth: telnyxAuthSchema.default('none'),
  /** What the recorder is shown instead. Default `none`: Telnyx' token stays here. */
  recorderAuth: telnyxAuthSchema.default('none'),
  options: z
    .strictObject({
      /** Tracks that `stream_track` asks for: the start message does not say. Default `both`: one that is missing is silent. */
      tracks: z.enum(['both', 'inbound', 'outbound']).default('both'),
      /**
       * How much audio of a track is waited for when a message of it is missing, ms: Telnyx promises no order. 0: none, and
       * what was overtaken is silent. Default 100, to be taken from the hold-back.
       */
      reorderMs: z.number().int().min(0).max(500).default(100),
      /** Byte order of L16. Default `big`, network order, as its payload is RTP's (RFC 3551, section 4.5.11). */
      l16ByteOrder: byteOrderSchema.default('big'),
      digitMask: digitMaskSchema,
      /** What the recorder is told of start.custom_parameters, secrets masked in any case. Default `scrub`: all. */
      customParameters: parametersSchema.default('scrub'),
      /** start.client_state, base64 of the customer's own: `drop` empties it (default), `scrub` masks secrets in what it decodes to. */
      clientState: z.enum(['drop', 'scrub']).default('drop'),
      /** Events that the recorder may send to Telnyx; all of them act on the call. Default none. */
      allowFromRecorder: z.array(z.enum(['media', 'mark', 'clear'])).default([]),
    })
    .prefault({}),
})

export type TelnyxOptions = z.infer<typeof telnyxSchema>
