/** What Telnyx says, one JSON object per text message; see WIRE.md. */
import { z } from 'zod'
import { equalSecrets } from '../../base/secret.js'
import { formatOf } from '../json-media/formats.js'
import { l16Of } from '../json-media/options.js'
import { allowedParameters, changedAt } from '../json-media/parameters.js'
import { idSchema, scrubText } from '../json-media/text.js'
import { roles, trackNames } from '../json-media/tracks.js'
import {
  type EventMeaning,
  type ForkStart,
  type JsonMediaWire,
  type StartRefusal,
  violationsOf,
} from '../json-media/wire.js'
import { isObject, type JsonObject, scalarText } from '../json-object.js'
import { type TelnyxAuth, type TelnyxOptions, telnyxSchema } from './options.js'

/** Header, and key in the first message, of `stream_auth_token`. */
export const TOKEN_NAME = 'x-telnyx-streaming-auth-token'

const startSchema = z.object({
  stream_id: idSchema,
  start: z.object({
    call_control_id: idSchema,
    call_session_id: idSchema.optional(),
    custom_parameters: z.record(z.string(), z.unknown()).catch({}),
    media_format: z.object({
      encoding: z.string(),
      sample_rate: z.coerce.number(),
      channels: z.coerce.number().default(1),
    }),
  }),
})

/** Telnyx' protocol as a table. */
export const telnyxWire = ({ auth, recorderAuth, options }: TelnyxOptions): JsonMediaWire => ({
  eventKey: 'event',
  events: {
    connected: 'hello',
    start: 'start',
    media: 'media',
    dtmf: 'digit',
    mark: 'text',
    error: 'text',
    stop: 'stop',
  },
  media: {
    event: 'media',
    top: [
      { key: 'event', kind: 'event' },
      { key: 'sequence_number', kind: 'number' },
      { key: 'stream_id', kind: 'stream-id', isOptional: true },
      { key: 'media', kind: 'body' },
    ],
    body: [
      { key: 'track', kind: 'track' },
      { key: 'chunk', kind: 'counter' },
      { key: 'timestamp', kind: 'timestamp', isOptional: true },
      { key: 'payload', kind: 'payload' },
    ],
  },
  digits: { body: 'dtmf', digit: 'digit', track: 'track', duration: null, instants: ['occurred_at'] },
  trackNames,
  idKeys: ['user_id', 'call_control_id', 'call_session_id', 'stream_id'],
  gapMs: 60,
  timestampZero: 'stream',
  reorderMs: options.reorderMs,
  digitMask: options.digitMask,
  endsByClosing: false,
  stopsOf: () => 1,
  isGenuine: (hello) => isGenuine(hello, auth),
  readStart: (value) => readStart(value, options),
  forRecorder: (value, meaning) => forRecorder(value, meaning, options, recorderAuth),
})

/** Where a first message brings a token, it is the one that the header had to bring. */
function isGenuine(hello: JsonObject, auth: TelnyxAuth): boolean {
  if (auth === 'none' || auth.type !== 'telnyx-token') return true
  return tokensIn(hello).every((token) => equalSecrets(token, auth.token))
}

const tokensIn = (value: JsonObject): string[] =>
  Object.entries(value).flatMap(([key, inner]) => {
    if (isObject(inner)) return tokensIn(inner)
    return key.toLowerCase() === TOKEN_NAME ? [scalarText(inner)] : []
  })

function readStart(value: JsonObject, options: TelnyxOptions['options']): ForkStart | StartRefusal {
  const message = startSchema.safeParse(value).data
  if (message === undefined) return 'start-malformed'
  const { call_control_id, call_session_id, custom_parameters, media_format } = message.start
  const codecs = { pcmu: 'pcmu', pcma: 'pcma', g722: 'g722', opus: 'opus', l16: l16Of(options.l16ByteOrder) }
  const format = formatOf(codecs, media_format.encoding, media_format.sample_rate, media_format.channels)
  if (format === null) return 'format-unsupported'
  const names = options.tracks === 'both' ? trackNames : [options.tracks]
  return {
    callId: call_control_id,
    streamId: message.stream_id,
    tracks: names.map((name) => ({ name, role: roles[name], format })),
    hasStrangeTracks: false,
    parameters: custom_parameters,
    ids: {
      call_control_id,
      stream_id: message.stream_id,
      ...(call_session_id && { call_session_id }),
    },
  }
}

function forRecorder(
  value: JsonObject,
  meaning: EventMeaning | 'unknown',
  { customParameters, clientState }: TelnyxOptions['options'],
  recorderAuth: TelnyxAuth,
): JsonObject {
  if (meaning === 'hello') return withRecordersToken(value, recorderAuth)
  const body = meaning === 'start' ? 'start' : meaning === 'stop' ? 'stop' : null
  if (body === null) return value
  const stated = changedAt(value, [body], (inner) => withoutState(inner, clientState))
  return changedAt(stated, [body, 'custom_parameters'], (parameters) =>
    allowedParameters(parameters, customParameters),
  )
}

/** Telnyx' token is ours; where it stands the recorder finds its own, or nothing. */
function withRecordersToken(hello: JsonObject, recorderAuth: TelnyxAuth): JsonObject {
  if (tokensIn(hello).length === 0) return hello
  const own =
    recorderAuth !== 'none' && recorderAuth.type === 'telnyx-token'
      ? { [TOKEN_NAME]: recorderAuth.token }
      : {}
  const { event, protocol, version } = hello
  return { event, protocol, version, connected: own }
}

/** `client_state` without secrets: what it decodes to is masked, what is no text goes. */
function withoutState(start: JsonObject, rule: 'drop' | 'scrub'): JsonObject {
  const state = start['client_state']
  if (state === undefined || state === null || state === '') return start
  const clean = rule === 'scrub' && typeof state === 'string' ? scrubbedBase64(state) : ''
  return clean === state ? start : { ...start, client_state: clean }
}

function scrubbedBase64(base64: string): string {
  const bytes = Buffer.from(base64, 'base64')
  const text = bytes.toString('utf8')
  if (!Buffer.from(text, 'utf8').equals(bytes)) return ''
  const clean = scrubText(text, new Set())
  return clean === text ? base64 : Buffer.from(clean, 'utf8').toString('base64')
}

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = violationsOf(telnyxWire(telnyxSchema.parse({})))
