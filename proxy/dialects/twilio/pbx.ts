import type { PbxScript } from '../dialect.js'
import { directionOf, narrowbandOr, type PbxVoice } from '../json-media/pbx.js'

/** A simulated Twilio; `metadata` becomes customParameters, `metadata.direction` 'connect' a bidirectional stream. 8,000 Hz only. */
export function twilioVoice({ callId, metadata, roles }: PbxScript): PbxVoice {
  const streamSid = `MZ${callId}`
  const tracks = roles.map((role) => directionOf[role])
  const isBidirectional = metadata['direction'] === 'connect'
  /** `connected` is not counted. */
  const message = (event: string, sequence: number, body: object) => ({
    event,
    sequenceNumber: `${sequence - 1}`,
    ...body,
    streamSid,
  })
  return {
    formatOf: narrowbandOr('pcmu', null),
    frameMs: 20,
    tracks,
    opening: ({ clockRateHz }) => [
      { event: 'connected', protocol: 'Call', version: '1.0.0' },
      message('start', 2, {
        start: {
          accountSid: 'AC00000000000000000000000000000000',
          streamSid,
          callSid: callId,
          tracks,
          mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: clockRateHz, channels: 1 },
          customParameters: metadata,
        },
      }),
    ],
    media: ({ track, chunk, timestampMs, payload }, sequence) =>
      message('media', sequence, {
        media: { track, chunk: `${chunk}`, timestamp: `${timestampMs}`, payload },
      }),
    /** Only a bidirectional stream tells keys; a fork has their tones and nothing else. */
    digit: (role, digit, _durationMs, sequence) =>
      isBidirectional ? message('dtmf', sequence, { dtmf: { track: `${tracks[role]}_track`, digit } }) : null,
    closing: (sequence) => [message('stop', sequence, { stop: { callSid: callId } })],
    /** A mark comes back once what was played before it has been; here at once. */
    answer: (value, sequence) =>
      isBidirectional && value['event'] === 'mark'
        ? message('mark', sequence, { mark: value['mark'] })
        : null,
  }
}
