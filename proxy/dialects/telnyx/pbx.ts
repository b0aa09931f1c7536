import type { PbxScript } from '../dialect.js'
import { directionOf, narrowbandOr, type PbxVoice } from '../json-media/pbx.js'
import { TOKEN_NAME } from './messages.js'
import type { TelnyxAuth } from './options.js'

const encodings: Readonly<Record<string, string>> = { pcmu: 'PCMU', pcma: 'PCMA', l16be: 'L16' }

/** A simulated Telnyx: PCMU at 8,000 Hz, L16 at any other rate; `metadata` becomes custom_parameters. */
export function telnyxVoice({ callId, metadata, roles }: PbxScript, auth: TelnyxAuth): PbxVoice {
  const stream_id = `32de0dea-53cb-4b21-89a4-${callId.replaceAll(/[^0-9a-f]/g, '0').slice(0, 12)}`
  const ids = { user_id: '3e6f995f-85f7-4705-9741-53b116d28237', call_control_id: callId }
  const tracks = roles.map((role) => directionOf[role])
  const token = auth === 'none' || auth.type === 'bearer' ? null : { [TOKEN_NAME]: auth.token }
  /** `connected` is not counted. */
  const message = (event: string, sequence: number, body: object) => ({
    event,
    sequence_number: `${sequence - 1}`,
    stream_id,
    ...body,
  })
  return {
    formatOf: narrowbandOr('pcmu', 'l16be'),
    frameMs: 20,
    tracks,
    opening: ({ codec, clockRateHz }) => [
      { event: 'connected', version: '1.0.0', ...(token && { connected: token }) },
      message('start', 2, {
        start: {
          ...ids,
          call_session_id: 'ff55a038-6f5d-11ef-9692-02420aeffb1f',
          from: '+13125550100',
          to: '+13125550199',
          tags: [],
          client_state: '',
          custom_parameters: metadata,
          media_format: { encoding: encodings[codec], sample_rate: clockRateHz, channels: 1 },
        },
      }),
    ],
    media: ({ track, chunk, timestampMs, payload }, sequence) =>
      message('media', sequence, {
        media: { track, chunk: `${chunk}`, timestamp: `${timestampMs}`, payload },
      }),
    digit: (_role, digit, _durationMs, sequence) =>
      message('dtmf', sequence, { occurred_at: '2026-01-01T10:00:00.123456Z', dtmf: { digit } }),
    closing: (sequence) => [message('stop', sequence, { stop: ids })],
    answer: (value, sequence) =>
      value['event'] === 'mark' ? message('mark', sequence, { mark: value['mark'] }) : null,
  }
}
