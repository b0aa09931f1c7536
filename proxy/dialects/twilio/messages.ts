/**
 * What Twilio says, one JSON object per text message. Numbers come as strings; numbers that are numbers are understood as
 * well. Source: Twilio, "Media Streams: WebSocket messages"; see WIRE.md.
 */
import { z } from 'zod'
import { formatOf } from '../json-media/formats.js'
import { allowedParameters, changedAt } from '../json-media/parameters.js'
import { idSchema } from '../json-media/text.js'
import { announcedTracks, roles, trackNames } from '../json-media/tracks.js'
import { type ForkStart, type JsonMediaWire, type StartRefusal, violationsOf } from '../json-media/wire.js'
import type { JsonObject } from '../json-object.js'
import { type TwilioOptions, twilioSchema } from './options.js'

const startSchema = z.object({
  streamSid: idSchema.optional(),
  start: z.object({
    streamSid: idSchema.optional(),
    accountSid: idSchema.optional(),
    callSid: idSchema,
    tracks: z.array(z.string()).min(1),
    customParameters: z.record(z.string(), z.unknown()).catch({}),
    mediaFormat: z
      .object({ encoding: z.string(), sampleRate: z.coerce.number(), channels: z.coerce.number() })
      .prefault({ encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 }),
  }),
})

const codecs = { 'audio/x-mulaw': 'pcmu' }

/** Twilio's protocol as a table. */
export const twilioWire = ({ digitMask, customParameters }: TwilioOptions['options']): JsonMediaWire => ({
  eventKey: 'event',
  events: { connected: 'hello', start: 'start', media: 'media', dtmf: 'digit', mark: 'text', stop: 'stop' },
  media: {
    event: 'media',
    top: [
      { key: 'event', kind: 'event' },
      { key: 'sequenceNumber', kind: 'number' },
      { key: 'streamSid', kind: 'stream-id' },
      { key: 'media', kind: 'body' },
    ],
    body: [
      { key: 'track', kind: 'track' },
      { key: 'chunk', kind: 'number' },
      { key: 'timestamp', kind: 'timestamp' },
      { key: 'payload', kind: 'payload' },
    ],
  },
  digits: { body: 'dtmf', digit: 'digit', track: 'track', duration: null, instants: [] },
  trackNames,
  idKeys: ['accountSid', 'callSid', 'streamSid'],
  gapMs: 60,
  timestampZero: 'stream',
  reorderMs: 0,
  digitMask,
  endsByClosing: false,
  stopsOf: () => 1,
  readStart,
  forRecorder: (value, meaning) =>
    meaning === 'start'
      ? changedAt(value, ['start', 'customParameters'], (parameters) =>
          allowedParameters(parameters, customParameters),
        )
      : value,
})

function readStart(value: JsonObject): ForkStart | StartRefusal {
  const message = startSchema.safeParse(value).data
  const { names, hasStrangeTracks } = announcedTracks(message?.start.tracks ?? [])
  if (message === undefined || names.length === 0) return 'start-malformed'
  const { callSid, accountSid, customParameters, mediaFormat } = message.start
  const format = formatOf(codecs, mediaFormat.encoding, mediaFormat.sampleRate, mediaFormat.channels)
  if (format === null) return 'format-unsupported'
  const streamSid = message.streamSid ?? message.start.streamSid ?? callSid
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
export const violations = violationsOf(twilioWire(twilioSchema.parse({}).options))
