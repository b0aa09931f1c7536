import type { MediaFrame } from '../media/frame.js'
import type { WireMessage } from '../media/wire.js'
import type { RecordingForm } from './dialect.js'
import { OBJECT_BYTES } from './held-message.js'

const BYTES_PER_SAMPLE = 2

/** What a recorder of headerless 16-bit audio takes: both parties interleaved, or both on one track. */
export const linearRecording: RecordingForm = {
  codecs: ['l16'],
  sampleRatesHz: [8000, 16_000, 24_000, 32_000, 48_000],
  tracksMax: 2,
  takesMixed: true,
}

/**
 * Headerless 16-bit audio, a message a frame, in protocols without counters: what the PBX loses or pauses leaves no trace,
 * so position is the number of samples received.
 */
export class LinearAudio {
  /** Whether the last message ended in the middle of a sample. */
  isOdd = false
  readonly #bytesPerPosition: number
  #endSample = 0

  /**
   * @param channelCount interleaved channels of a message
   * @param headBytes bytes of a message before its audio; each has them
   */
  constructor(
    channelCount: number,
    private readonly headBytes = 0,
  ) {
    this.#bytesPerPosition = BYTES_PER_SAMPLE * channelCount
  }

  /**
   * The message as a frame whose payload is a view of it; null when it holds no whole sample. Bytes behind the last whole
   * sample belong to nobody: they are silenced in place, and the message keeps its length. Hot.
   */
  frameOf(message: WireMessage, nowMs: number): MediaFrame | null {
    const { data } = message
    const { headBytes } = this
    const wholeEnd = data.length - ((data.length - headBytes) % this.#bytesPerPosition)
    this.isOdd = wholeEnd < data.length
    if (this.isOdd) data.fill(0, wholeEnd)
    if (wholeEnd === headBytes) return null
    const startSample = this.#endSample
    const sampleCount = (wholeEnd - headBytes) / this.#bytesPerPosition
    this.#endSample = startSample + sampleCount
    return {
      stream: 0,
      startSample,
      sampleCount,
      payload: this.isOdd || headBytes > 0 ? data.subarray(headBytes, wholeEnd) : data,
      envelope: message,
      receivedAtMs: nowMs,
      heldBytes: data.length + OBJECT_BYTES,
      message,
    }
  }
}
