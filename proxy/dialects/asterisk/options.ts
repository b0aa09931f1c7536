import { z } from 'zod'
import { authorizationSchema } from '../authorization.js'

/** Commands of chan_websocket, and `binary` for audio played to the call. */
const fromRecorder = z.enum([
  'binary',
  'ANSWER',
  'HANGUP',
  'START_MEDIA_BUFFERING',
  'STOP_MEDIA_BUFFERING',
  'FLUSH_MEDIA',
  'PAUSE_MEDIA',
  'CONTINUE_MEDIA',
  'MARK_MEDIA',
  'GET_STATUS',
  'REPORT_QUEUE_DRAINED',
  'SET_MEDIA_DIRECTION',
])

/** As a dial plan reads it: letters, digits and underscores, the inheritance marks left out. */
const variableName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_]{0,79}$/, 'must be the name of a channel variable')

function isDialUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  const isBare = username === '' && password === '' && search === '' && hash === ''
  return isBare && (protocol === 'ws:' || protocol === 'wss:')
}

const dialUrlSchema = z
  .string()
  .max(1024)
  .refine(
    isDialUrl,
    'must be a ws:// or wss:// URL without user, query or fragment, such as ws://127.0.0.1:8088/media',
  )

/** Most channel variables that one recorder may be told. */
const VARIABLES_MAX = 64

export const asteriskSchema = z.strictObject({
  /** How Asterisk proves who it is: `username` and `password` of websocket_client.conf. Default `none`: for a trial on one machine. */
  auth: authorizationSchema.default('none'),
  /** What the recorder is shown. Default `none`. */
  recorderAuth: authorizationSchema.default('none'),
  options: z
    .strictObject({
      /** Whose voice the fork carries, which the wire does not say. Default `mixed`. */
      role: z.enum(['caller', 'agent', 'mixed']).default('mixed'),
      /** A channel variable that holds the call's id, so that several forks are one call. Default null: the channel's own id. */
      callIdVariable: variableName.nullable().default(null),
      /**
       * Asterisk's HTTP server, `/media` included, where forks wait that it calls INCOMING. Default null: it dials us. What is
       * found there is taken for Asterisk: `wss`, or a network of your own.
       */
      dialUrl: dialUrlSchema.nullable().default(null),
      /**
       * Channel variables that the recorder may see, beside MEDIA_WEBSOCKET_CONNECTION_ID and _OPTIMAL_FRAME_SIZE. Default
       * none: Asterisk tells all that the channel has inherited.
       */
      channelVariables: z.array(variableName).max(VARIABLES_MAX).default([]),
      /** What the recorder may send to Asterisk. Default what only asks: it could hang up, play to the call, or stop the fork. */
      allowFromRecorder: z.array(fromRecorder).default(['GET_STATUS', 'MARK_MEDIA', 'REPORT_QUEUE_DRAINED']),
    })
    .prefault({}),
})

export type AsteriskOptions = z.infer<typeof asteriskSchema>
