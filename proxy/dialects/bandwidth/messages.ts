/** What Bandwidth says, one JSON object per text message; see WIRE.md. */
import { z } from 'zod'
import { formatOf } from '../json-media/formats.js'
import { allowedParameters, changedAt } from '../json-media/parameters.js'
import { idSchema } from '../json-media/text.js'
import { announcedTracks, roles, trackNames } from '../json-media/tracks.js'
import {
  type ForkStart,
  type ForkTrack,
  type JsonMediaWire,
  type StartRefusal,
  violationsOf,
} from '../json-media/wire.js'
import type { JsonObject } from '../json-object.js'
import { type BandwidthOptions, bandwidthSchema } from './options.js'

const startSchema = z.object({
  metadata: z.object({
    accountId: idSchema.optional(),
    callId: idSchema,
    streamId: idSchema,
    tracks: z
      .array(
        z.object({
          name: z.string(),
          mediaFormat: z.object({ encoding: z.string(), sampleRate: z.coerce.number() }),
        }),
      )
      .min(1),
  }),
  streamParams: z.record(z.string(), z.unknown()).catch({}),
})

/** The reference names the first, its examples the second. */
const codecs = { 'audio/pcmu': 'pcmu', pcmu: 'pcmu' }

/** Bandwidth's protocol as a table. */
export const bandwidthWire = ({ streamParams }: BandwidthOptions): JsonMediaWire => ({
  eventKey: 'eventType',
  events: { start: 'start', media: 'media', stop: 'stop' },
  media: {
    event: 'media',
    top: [
      { key: 'eventType', kind: 'event' },
      { key: 'track', kind: 'track' },
      { key: 'sequenceNumber', kind: 'number' },
      { key: 'payload', kind: 'payload' },
    ],
    body: [],
  },
  digits: null,
  trackNames,
  idKeys: ['accountId', 'callId', 'streamId'],
  gapMs: 60,
  timestampZero: 'stream',
  reorderMs: 0,
  digitMask: '*',
  endsByClosing: false,
  stopsOf: () => 1,
  readStart,
  forRecorder: (value, meaning) =>
    meaning === 'start'
      ? changedAt(value, ['streamParams'], (parameters) => allowedParameters(parameters, streamParams))
      : value,
})

function readStart(value: JsonObject): ForkStart | StartRefusal {
  const message = startSchema.safeParse(value).data
  const announced = message?.metadata.tracks ?? []
  const { names, hasStrangeTracks } = announcedTracks(announced.map(({ name }) => name))
  if (message === undefined || names.length === 0) return 'start-malformed'
  const { accountId, callId, streamId } = message.metadata
  const tracks = names.flatMap((name): ForkTrack[] => {
    const { encoding, sampleRate } = announced.find((track) => track.name === name)!.mediaFormat
    const format = formatOf(codecs, encoding, sampleRate, 1)
    return format === null ? [] : [{ name, role: roles[name], format }]
  })
  if (tracks.length < names.length) return 'format-unsupported'
  return {
    callId,
    streamId,
    tracks,
    hasStrangeTracks,
    parameters: message.streamParams,
    ids: { callId, streamId, ...(accountId && { accountId }) },
  }
}

/** Bad input, by the code under which it is counted; WIRE.md says what each one means. */
export const violations = violationsOf(bandwidthWire(bandwidthSchema.parse({}).options))
