import type { AudioFormat } from '../../media/frame.js'
import type { AudioDecoder } from '../codec.js'
import { OPUS_PCM_RATE_HZ, type WasmOpusDecoder } from './decoder-pool.io.js'
import { OpusPacket } from './packet.js'

/** Samples at Opus' 48 kHz clock for each that comes out. */
const CLOCK_PER_SAMPLE = 48_000 / OPUS_PCM_RATE_HZ

/**
 * Listens to one stream of Opus packets, mono or stereo in any order, at 8 kHz. A mono packet is heard on both channels
 * of a stereo stream; of a stereo packet in a mono stream the mean of both is heard, as a mono receiver plays it.
 */
export class OpusStreamDecoder implements AudioDecoder {
  readonly sampleRateHz = OPUS_PCM_RATE_HZ
  readonly #channelCount: number
  readonly #packet = new OpusPacket()
  #wasm: WasmOpusDecoder | null
  #hasFailed = false

  /**
   * @param wasm a stereo decoder, this stream's alone until close()
   * @param release called once, when the stream is closed
   */
  constructor(
    wasm: WasmOpusDecoder,
    format: AudioFormat,
    private readonly release: () => void,
  ) {
    this.#wasm = wasm
    this.#channelCount = format.channelCount
  }

  /** Malformed packets last as long as they claim, 120 ms at most; an empty payload lasts nothing. */
  decodeInto(payload: Uint8Array, target: Int16Array): number {
    const isReadable = this.#packet.read(payload)
    const claimed = this.#packet.sampleCount / CLOCK_PER_SAMPLE
    const sampleCount = Math.min(claimed, Math.floor(target.length / this.#channelCount))
    const decoded = isReadable ? this.#decode(payload) : null
    this.#hasFailed = decoded === null || decoded.samplesDecoded !== claimed
    if (decoded === null || this.#hasFailed) {
      target.fill(0, 0, sampleCount * this.#channelCount)
      return sampleCount
    }
    const [left, right] = decoded.channelData as [Float32Array, Float32Array]
    if (this.#channelCount === 2) interleave(left, right, target, sampleCount)
    else mix(left, right, target, sampleCount)
    return sampleCount
  }

  /** A decoder that traps is in no known state: the stream does without from then on. */
  #decode(payload: Uint8Array): ReturnType<WasmOpusDecoder['decodeFrame']> | null {
    try {
      return this.#wasm?.decodeFrame(payload) ?? null
    } catch {
      this.close()
      return null
    }
  }

  get hasFailed(): boolean {
    return this.#hasFailed
  }

  close(): void {
    if (this.#wasm === null) return
    this.#wasm = null
    this.release()
  }
}

const interleave = (
  left: Float32Array,
  right: Float32Array,
  target: Int16Array,
  sampleCount: number,
): void => {
  for (let i = 0; i < sampleCount; i++) {
    target[2 * i] = int16Of(left[i]!)
    target[2 * i + 1] = int16Of(right[i]!)
  }
}

const mix = (left: Float32Array, right: Float32Array, target: Int16Array, sampleCount: number): void => {
  for (let i = 0; i < sampleCount; i++) target[i] = int16Of((left[i]! + right[i]!) / 2)
}

/** Full scale is 1; louder is clipped, NaN becomes 0 when it is stored. */
const int16Of = (sample: number): number => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)))
