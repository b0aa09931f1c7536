/** What Exotel says, one JSON object per text message; see WIRE.md. */
import { z } from 'zod'
import type { AudioFormat } from '../../media/frame.js'
import { formatOf } from '../json-media/formats.js'
import { allowedParameters, changedAt } from '../json-media/parameters.js'
import { idSchema } from '../json-media/text.js'
import { roles, trackNames } from '../json-media/tracks.js'
import {
  type ForkStart,
  type ForkTrack,
  type JsonMediaWire,
  type StartRefusal,
  violationsOf,
} from '../json-media/wire.js'
import type { JsonObject } from '../json-object.js'
import { type ExotelOptions, exotelSchema } from './options.js'

const startSchema = z.object({
  stream_sid: idSchema.optional(),
  start: z.object({
    stream_sid: idSchema.optional(),
    call_sid: idSchema,
    account_sid: idSchema.optional(),
    custom_parameters: z.record(z.string(), z.unknown()).catch({}),
    media_format: z.object({
      encoding: z.string(),
      sample_rate: z.coerce.number().default(8000),
      bit_rate: z.coerce.string().default(''),
    }),
  }),
})

/** Linear audio is documented as little-endian under every one of its names. */
const codecs: Readonly<Record<string, string>> = {
  'audio/x-raw': 'l16',
  'raw/slin': 'l16',
  'audio/l16': 'l16',
  'audio/x-l16': 'l16',
  'audio/x-mulaw': 'pcmu',
}

/** Exotel's protocol as a table. */
export const exotelWire = (options: ExotelOptions): JsonMediaWire => ({
  eventKey: 'event',
  events: { connected: 'hello', start: 'start', media: 'media', dtmf: 'digit', mark: 'text', stop: 'stop' },
  media: {
    event: 'media',
    top: [
      { key: 'event', kind: 'event' },
      { key: 'sequence_number', kind: 'number' },
      { key: 'stream_sid', kind: 'stream-id', isOptional: true },
      { key: 'media', kind: 'body' },
    ],
    body: [
      { key: 'track', kind: 'track', isOptional: true },
      { key: 'chunk', kind: 'number' },
      { key: 'timestamp', kind: 'timestamp' },
      { key: 'payload', kind: 'payload' },
    ],
  },
  digits: { body: 'dtmf', digit: 'digit', track: 'track', duration: 'duration', instants: [] },
  trackNames,
  idKeys: ['stream_sid', 'call_sid', 'account_sid'],
  // Messages of 100 ms: a timestamp at a message's end instead of its beginning is no gap.
  gapMs: 250,
  timestampZero: 'first',
  reorderMs: 0,
  digitMask: options.digitMask,
  endsByClosing: false,
  stopsOf: () => 1,
  readStart: (value) => readStart(value, options),
  forRecorder: (value, meaning) =>
    meaning === 'start'
      ? changedAt(value, ['start', 'custom_parameters'], (parameters) =>
          allowedParameters(parameters, options.customParameters),
        )
      : value,
})

function readStart(value: JsonObject, options: ExotelOptions): ForkStart | StartRefusal {
  const message = startSchema.safeParse(value).data
  if (message === undefined) return 'start-malformed'
  const { call_sid, account_sid, custom_parameters, media_format } = message.start
  const format = linearOr(media_format)
  if (format === null) return 'format-unsupported'
  const stream_sid = message.stream_sid ?? message.start.stream_sid ?? call_sid
  return {
    callId: call_sid,
    streamId: stream_sid,
    tracks: tracksOf(options, format),
    hasStrangeTracks: false,
    parameters: custom_parameters,
    ids: { call_sid, stream_sid, ...(account_sid && { account_sid }) },
  }
}

/** Some accounts call the encoding `base64`; their bit rate tells 16 bits a sample from 8. */
function linearOr(media: z.infer<typeof startSchema>['start']['media_format']): AudioFormat | null {
  const { encoding, sample_rate: rateHz, bit_rate } = media
  const isLinear = encoding === 'base64' && bit_rate === `${(rateHz * 16) / 1000}kbps`
  return formatOf(codecs, isLinear ? 'audio/x-raw' : encoding, rateHz, 1)
}

const tracksOf = ({ tracks }: ExotelOptions, format: AudioFormat): ForkTrack[] =>
  tracks === 'mono'
    ? [{ name: 'inbound', role: 'mixed', format }]
    : trackNames.map((name) => ({ name, role: roles[name], format }))

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = violationsOf(exotelWire(exotelSchema.parse({}).options))
