/** What SignalWire says, one JSON object per text message; see WIRE.md. */
import { z } from 'zod'
import { formatOf } from '../json-media/formats.js'
import { l16Of } from '../json-media/options.js'
import { allowedParameters, changedAt } from '../json-media/parameters.js'
import { idSchema } from '../json-media/text.js'
import { announcedTracks, roles, trackNames } from '../json-media/tracks.js'
import { type ForkStart, type JsonMediaWire, type StartRefusal, violationsOf } from '../json-media/wire.js'
import type { JsonObject } from '../json-object.js'
import { type SignalwireOptions, signalwireSchema } from './options.js'

const startSchema = z.object({
  start: z.object({
    streamSid: idSchema,
    accountSid: idSchema.optional(),
    callSid: idSchema,
    tracks: z.array(z.string()).min(1),
    customParameters: z.record(z.string(), z.unknown()).catch({}),
    mediaFormat: z.object({
      encoding: z.string(),
      sampleRate: z.coerce.number(),
      channels: z.coerce.number().default(1),
    }),
  }),
})

/** SignalWire's protocol as a table. */
export const signalwireWire = (options: SignalwireOptions): JsonMediaWire => ({
  eventKey: 'event',
  events: { connected: 'hello', start: 'start', media: 'media', dtmf: 'digit', mark: 'text', stop: 'stop' },
  media: {
    event: 'media',
    top: [
      { key: 'event', kind: 'event' },
      { key: 'sequenceNumber', kind: 'number' },
      { key: 'streamSid', kind: 'stream-id', isOptional: true },
      { key: 'media', kind: 'body' },
    ],
    body: [
      { key: 'track', kind: 'track' },
      { key: 'chunk', kind: 'number' },
      { key: 'timestamp', kind: 'timestamp' },
      { key: 'payload', kind: 'payload' },
    ],
  },
  digits: { body: 'dtmf', digit: 'digit', track: 'track', duration: 'duration', instants: [] },
  trackNames,
  idKeys: ['accountSid', 'callSid', 'streamSid'],
  gapMs: 60,
  timestampZero: 'stream',
  reorderMs: 0,
  digitMask: options.digitMask,
  endsByClosing: false,
  stopsOf: () => 1,
  readStart: (value) => readStart(value, options),
  forRecorder: (value, meaning) =>
    meaning === 'start'
      ? changedAt(value, ['start', 'customParameters'], (parameters) =>
          allowedParameters(parameters, options.customParameters),
        )
      : value,
})

function readStart(value: JsonObject, options: SignalwireOptions): ForkStart | StartRefusal {
  const start = startSchema.safeParse(value).data?.start
  const { names, hasStrangeTracks } = announcedTracks(start?.tracks ?? [])
  if (start === undefined || names.length === 0) return 'start-malformed'
  const { callSid, streamSid, accountSid, customParameters, mediaFormat } = start
  const codecs = { 'audio/x-mulaw': 'pcmu', 'audio/x-l16': l16Of(options.l16ByteOrder) }
  const format = formatOf(codecs, mediaFormat.encoding, mediaFormat.sampleRate, mediaFormat.channels)
  if (format === null) return 'format-unsupported'
  return {
    callId: callSid,
    streamId: streamSid,
    tracks: names.map((name) => ({ name, role: roles[name], format })),
    hasStrangeTracks,
    parameters: customParameters,
    ids: { callSid, streamSid, ...(accountSid && { accountSid }) },
  }
}

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = violationsOf(signalwireWire(signalwireSchema.parse({}).options))
