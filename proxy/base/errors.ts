/**
 * Every error that the proxy raises on purpose. The code is stable and is listed in docs/errors.md; the message is
 * for people and says what to do. Bad input from a peer is never one of these: it is a violation, a value.
 */
export const errorCodes = [
  'REDACT_ERR_AUDIO_FILE',
  'REDACT_ERR_CODEC_UNKNOWN',
  'REDACT_ERR_CODEC_UNAVAILABLE',
  'REDACT_ERR_CONFIG_INVALID',
  'REDACT_ERR_INVARIANT',
  'REDACT_ERR_LEDGER',
  'REDACT_ERR_LISTEN',
  'REDACT_ERR_SPEECH',
  'REDACT_ERR_TIMELINE_FULL',
  'REDACT_ERR_TRACK_UNKNOWN',
  'REDACT_ERR_VERSION',
] as const

export type ErrorCode = (typeof errorCodes)[number]

export class RedactError extends Error {
  override readonly name = 'RedactError'
  /** @param message never carries digits, transcripts, payload bytes or a peer's text; mind `cause` */
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
