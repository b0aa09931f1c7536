import { z } from 'zod'
import { authorizationSchema } from '../authorization.js'

/**
 * The token that Vonage signs its webhooks with, sent when the NCCO's endpoint says `"authorization": {"type": "vonage"}`
 * (@vonage/voice 1.21.0, WebsocketAuthorization; Vonage, "Signed webhooks").
 */
const vonageTokenSchema = z.strictObject({
  type: z.literal('vonage-jwt'),
  /** The account's signature secret, from the Vonage dashboard. */
  signatureSecret: z.string().min(1),
  /** The only account whose tokens are taken. Left out: any whose tokens are signed with the secret. */
  apiKey: z.string().min(1).optional(),
})

export type VonageTokenKey = z.infer<typeof vonageTokenSchema>

/** What Vonage acts on: an `action`, or `binary` for audio played to the call. */
const fromRecorder = z.enum(['binary', 'clear', 'notify'])

/** A header's name as an NCCO may have it. */
const headerName = z.string().min(1).max(128)

export const vonageSchema = z.strictObject({
  /** How Vonage proves that it is Vonage. Default `none`: for a trial on one machine, never for an open port. */
  auth: z.union([...authorizationSchema.options, vonageTokenSchema]).default('none'),
  /** What the recorder is shown. Default `none`. */
  recorderAuth: authorizationSchema.default('none'),
  options: z
    .strictObject({
      /** The NCCO header that holds the call's id; without it the call has an id of our own. Default `uuid`. */
      callIdHeader: headerName.default('uuid'),
      /** What the recorder is told of the NCCO's headers, card numbers masked in any case. Default `scrub`: all of them. */
      headers: z
        .union([z.enum(['scrub', 'drop']), z.strictObject({ allow: z.array(headerName) })])
        .default('scrub'),
      /** What becomes of a `websocket:dtmf` event: its digit masked (default), or all of it dropped. */
      digitEvents: z.enum(['mask', 'drop']).default('mask'),
      /** What a keyed digit becomes under `mask`: one character. Default `*`. */
      digitMask: z.string().length(1).default('*'),
      /** What the recorder may send to Vonage. Default nothing: the socket is a party of the call, and would be heard. */
      allowFromRecorder: z.array(fromRecorder).default([]),
    })
    .prefault({}),
})

export type VonageOptions = z.infer<typeof vonageSchema>
