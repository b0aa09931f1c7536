/** What Plivo says, one JSON object per text message; see WIRE.md. */
import { z } from 'zod'
import { formatOf } from '../json-media/formats.js'
import { l16Of } from '../json-media/options.js'
import { idSchema } from '../json-media/text.js'
import { announcedTracks, roles, trackNames } from '../json-media/tracks.js'
import { type ForkStart, type JsonMediaWire, type StartRefusal, violationsOf } from '../json-media/wire.js'
import { isObject, type JsonObject } from '../json-object.js'
import { headersIn, withAllowedHeaders } from './extra-headers.js'
import { type PlivoConfig, plivoSchema } from './options.js'

const startSchema = z.object({
  start: z.object({
    callId: idSchema,
    streamId: idSchema,
    accountId: idSchema.optional(),
    tracks: z.array(z.string()).min(1).default(['inbound']),
    mediaFormat: z.object({ encoding: z.string(), sampleRate: z.coerce.number() }),
  }),
})

/** Plivo's protocol as a table. */
export const plivoWire = (options: PlivoConfig['options']): JsonMediaWire => ({
  eventKey: 'event',
  events: {
    start: 'start',
    media: 'media',
    dtmf: 'digit',
    playedStream: 'text',
    clearedAudio: 'text',
    stop: 'stop',
  },
  media: {
    event: 'media',
    top: [
      { key: 'event', kind: 'event' },
      { key: 'sequenceNumber', kind: 'number' },
      { key: 'streamId', kind: 'stream-id', isOptional: true },
      { key: 'media', kind: 'body' },
      { key: 'extra_headers', kind: 'constant' },
    ],
    body: [
      { key: 'track', kind: 'track', isOptional: true },
      { key: 'timestamp', kind: 'timestamp', isOptional: true },
      { key: 'chunk', kind: 'number' },
      { key: 'payload', kind: 'payload' },
    ],
  },
  digits: { body: 'dtmf', digit: 'digit', track: 'track', duration: 'duration', instants: [] },
  trackNames,
  idKeys: ['callId', 'streamId', 'accountId'],
  // Timestamps are those of a clock on the wall when a message leaves: it may leave late.
  gapMs: 200,
  timestampZero: 'first',
  reorderMs: 0,
  digitMask: options.digitMask,
  endsByClosing: true,
  stopsOf: () => 1,
  readStart: (value) => readStart(value, options),
  forRecorder: (value) => withAllowedHeaders(value, options.extraHeaders),
})

function readStart(value: JsonObject, options: PlivoConfig['options']): ForkStart | StartRefusal {
  const start = startSchema.safeParse(value).data?.start
  const { names, hasStrangeTracks } = announcedTracks(start?.tracks ?? [])
  if (start === undefined || names.length === 0) return 'start-malformed'
  const { callId, streamId, accountId, mediaFormat } = start
  const codecs = { 'audio/x-mulaw': 'pcmu', 'audio/x-l16': l16Of(options.l16ByteOrder) }
  const format = formatOf(codecs, mediaFormat.encoding, mediaFormat.sampleRate, 1)
  if (format === null) return 'format-unsupported'
  const headers = value['extra_headers']
  return {
    callId,
    streamId,
    tracks: names.map((name) => ({ name, role: roles[name], format })),
    hasStrangeTracks,
    parameters: isObject(headers) ? headers : headersIn(typeof headers === 'string' ? headers : ''),
    ids: { callId, streamId, ...(accountId && { accountId }) },
  }
}

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = violationsOf(plivoWire(plivoSchema.parse({}).options))
