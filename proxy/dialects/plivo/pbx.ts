import type { PbxScript } from '../dialect.js'
import { directionOf, narrowbandOr, type PbxVoice } from '../json-media/pbx.js'

const encodings: Readonly<Record<string, string>> = { pcmu: 'audio/x-mulaw', l16: 'audio/x-l16' }

/** When the first audio is said to have been heard, ms since 1970. */
const EPOCH_MS = 1_767_225_600_000

/** A simulated Plivo: mu-law at 8,000 Hz, L16 at any other rate; `metadata` becomes extra_headers. It ends by closing. */
export function plivoVoice({ callId, metadata, roles }: PbxScript): PbxVoice {
  const streamId = '87654321-4321-4321-4321-cba987654321'
  const tracks = roles.map((role) => directionOf[role])
  const extra_headers = Object.entries(metadata)
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
  return {
    formatOf: narrowbandOr('pcmu', 'l16'),
    frameMs: 20,
    tracks,
    opening: ({ codec, clockRateHz }) => [
      {
        event: 'start',
        sequenceNumber: 1,
        start: {
          callId,
          streamId,
          accountId: 'MAEXAMPLE0000000000',
          tracks,
          mediaFormat: { encoding: encodings[codec], sampleRate: clockRateHz },
        },
        extra_headers,
      },
    ],
    media: ({ track, chunk, timestampMs, payload }, sequence) => ({
      event: 'media',
      sequenceNumber: sequence,
      streamId,
      media: { track, timestamp: `${EPOCH_MS + timestampMs}`, chunk, payload },
      extra_headers,
    }),
    digit: (role, digit, _durationMs, sequence) => ({
      event: 'dtmf',
      sequenceNumber: sequence,
      streamId,
      dtmf: { track: tracks[role], digit },
      extra_headers,
    }),
    closing: () => [],
    answer: (value) =>
      value['event'] === 'checkpoint' ? { event: 'playedStream', streamId, name: value['name'] } : null,
  }
}
