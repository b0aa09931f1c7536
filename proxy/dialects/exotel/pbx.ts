import type { PbxScript } from '../dialect.js'
import { narrowbandOr, type PbxVoice } from '../json-media/pbx.js'

/** A simulated Exotel: linear audio of all parties as one, 100 ms a message; `metadata` becomes custom_parameters. */
export function exotelVoice({ callId, metadata }: PbxScript): PbxVoice {
  const stream_sid = `MZ${callId}`
  /** `connected` is not counted. */
  const message = (event: string, sequence: number, body: object) => ({
    event,
    sequence_number: `${sequence - 1}`,
    stream_sid,
    ...body,
  })
  return {
    formatOf: narrowbandOr('l16', 'l16'),
    frameMs: 100,
    tracks: ['inbound'],
    opening: ({ clockRateHz }) => [
      { event: 'connected' },
      message('start', 2, {
        start: {
          stream_sid,
          call_sid: callId,
          account_sid: 'example1',
          from: '+919812345678',
          to: '+918012345678',
          custom_parameters: metadata,
          media_format: { encoding: 'audio/x-raw', sample_rate: `${clockRateHz}`, bit_rate: '16' },
        },
      }),
    ],
    media: ({ chunk, timestampMs, payload }, sequence) =>
      message('media', sequence, { media: { chunk: `${chunk}`, timestamp: `${timestampMs}`, payload } }),
    digit: (_role, digit, durationMs, sequence) =>
      message('dtmf', sequence, { dtmf: { digit, duration: `${durationMs}` } }),
    closing: (sequence) => [message('stop', sequence, { stop: { call_sid: callId, reason: 'callended' } })],
    answer: (value, sequence) =>
      value['event'] === 'mark' ? message('mark', sequence, { mark: value['mark'] }) : null,
  }
}
