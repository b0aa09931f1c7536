import type { PbxScript } from '../dialect.js'
import { directionOf, narrowbandOr, type PbxVoice } from '../json-media/pbx.js'

const encodings: Readonly<Record<string, string>> = { pcmu: 'audio/x-mulaw', l16: 'audio/x-L16' }

/** A simulated SignalWire: PCMU at 8,000 Hz, L16 at any other rate; `metadata` becomes customParameters. One way: no streamSid. */
export function signalwireVoice({ callId, metadata, roles }: PbxScript): PbxVoice {
  const tracks = roles.map((role) => directionOf[role])
  /** `connected` is not counted. */
  const message = (event: string, sequence: number, body: object) => ({
    event,
    sequenceNumber: `${sequence - 1}`,
    ...body,
  })
  return {
    formatOf: narrowbandOr('pcmu', 'l16'),
    frameMs: 20,
    tracks,
    opening: ({ codec, clockRateHz }) => [
      { event: 'connected', protocol: 'Call', version: '0.2.0' },
      message('start', 2, {
        start: {
          streamSid: '7d56cc11-536d-4a45-b4fb-ed3d55be843b',
          accountSid: 'b08dacad-2f6c-4de1-93d6-cc732e0c69c5',
          callSid: callId,
          tracks,
          customParameters: metadata,
          mediaFormat: { encoding: encodings[codec], sampleRate: clockRateHz, channels: 1 },
        },
      }),
    ],
    media: ({ track, chunk, timestampMs, payload }, sequence) =>
      message('media', sequence, {
        media: { track, chunk: `${chunk}`, timestamp: `${timestampMs}`, payload },
      }),
    digit: (_role, digit, durationMs, sequence) =>
      message('dtmf', sequence, { dtmf: { digit, duration: durationMs } }),
    closing: (sequence) => [message('stop', sequence, {})],
    answer: () => null,
  }
}
