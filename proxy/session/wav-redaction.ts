import { type WavFormat, type WavPart, WavScanner } from '../media/wav.js'
import { RecordedCall, type RecordedCallOptions, type RecordedCallSummary } from './recorded-call.js'

/** What became of one WAV file. */
export interface WavSummary extends RecordedCallSummary {
  readonly format: WavFormat
  /** Bytes behind the last chunk: copied as they are, and nobody knows what they mean. */
  readonly strayBytes: number
}

/**
 * One WAV file, bytes in and bytes out: its samples go through a session, all else (header, chunks, padding, stray bytes)
 * leaves as it came, in its place. Holds no more than the policy's hold-back.
 */
export class WavRedaction {
  readonly #scanner = new WavScanner()
  readonly #parts: WavPart[] = []
  #call: RecordedCall | null = null
  #hasCallEnded = false

  constructor(private readonly options: RecordedCallOptions) {}

  /**
   * The next bytes of the file; appends what may leave by now to `out`, in part as views of `bytes`.
   * @throws RedactError REDACT_ERR_AUDIO_FILE for what cannot be redacted
   */
  push(bytes: Uint8Array, out: Uint8Array[]): void {
    this.#parts.length = 0
    this.#scanner.push(bytes, this.#parts)
    for (const part of this.#parts) {
      if (part.kind === 'samples') this.#callOf(this.#scanner.format!).push(part.bytes, out)
      else {
        this.#endCall(out)
        out.push(part.bytes)
      }
    }
  }

  /** The file has ended; appends the rest. @throws RedactError REDACT_ERR_AUDIO_FILE as `push` */
  end(out: Uint8Array[]): WavSummary {
    this.#scanner.end()
    const format = this.#scanner.format!
    const call = this.#callOf(format)
    this.#endCall(out)
    return { ...call.summary(), format, strayBytes: this.#scanner.strayBytes }
  }

  #callOf(format: WavFormat): RecordedCall {
    this.#call ??= new RecordedCall(format, format.blockBytes, this.options)
    return this.#call
  }

  /** Nothing overtakes: what is held leaves before the first byte behind the samples. */
  #endCall(out: Uint8Array[]): void {
    if (this.#call === null || this.#hasCallEnded) return
    this.#hasCallEnded = true
    this.#call.end(out)
  }
}
