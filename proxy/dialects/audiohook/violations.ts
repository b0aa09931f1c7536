/**
 * Every violation that a peer of this dialect can commit: its code for the counter, and the static sentence that a
 * `disconnect` caused by it carries. WIRE.md lists them with their answers.
 */
export const violations = {
  'text-too-long': 'Text message too long',
  'not-json': 'Text message not valid JSON',
  envelope: 'Message not well-formed',
  seq: 'Invalid seq value',
  'peer-seq': 'Invalid serverseq value',
  'session-id': 'Session identifier mismatch',
  'unknown-type': 'Message type not supported',
  parameters: 'Invalid or missing parameters',
  'out-of-state': 'Message not expected now',
  organization: 'Organization identifier mismatch',
  'open-missing': 'No open message',
  'close-missing': 'No close message',
  'audio-not-active': 'Audio not expected now',
  'audio-no-media': 'No media selected',
  'audio-length': 'Audio not in whole samples',
  'opened-missing': 'Recorder did not open',
  'media-not-offered': 'Recorder selected media not offered',
  pong: 'Pong does not match a ping',
  'pong-missing': 'Recorder did not answer a ping',
  'audio-from-recorder': 'Recorder sent audio',
  'event-dropped': 'Event could not be scrubbed',
} as const

export type ViolationCode = keyof typeof violations
