import { z } from 'zod'

const secret = z.string().min(1)

/** `wss://` or `https://`, host and path exactly as TwiML has them: the signature covers every character. */
const publicUrl = z.url({ protocol: /^(wss|https|ws|http)$/ })

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
      digitMask: z
        .string()
        .regex(/^[ -~]$/)
        .refine((char) => char !== '"' && char !== '\\', 'must need no escape in JSON')
        .default('*'),
      /** What the recorder is told of start.customParameters, card numbers scrubbed in any case. Default `scrub`: all. */
      customParameters: z
        .union([z.enum(['scrub', 'drop']), z.strictObject({ allow: z.array(z.string()) })])
        .default('scrub'),
    })
    .prefault({}),
})

export type TwilioOptions = z.infer<typeof twilioSchema>
export type TwilioRecorderAuth = z.infer<typeof recorderAuthSchema>
