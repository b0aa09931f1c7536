import type { AudioFormat } from '../../media/frame.js'
import type { AudioCodec, AudioDecoder } from '../codec.js'
import { loopsOf } from '../fill-loop.js'
import type { FramePcm } from '../frame-pcm.js'
import { SampleSilencer } from '../sample-silencer.js'

const BYTES_PER_SAMPLE = 2

/** Where in a sample's two bytes the low one lies; the high one is the other. */
type LowByte = 0 | 1

/**
 * Where in sixteen bytes of a payload those of its samples lie, as wasm/frame-pcm.ts wants it: low byte first, and of two channels
 * all those on the left first.
 */
const orderOf = (lowByte: LowByte, channelCount: 1 | 2): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, i) => {
    const sample = i >> 1
    const place = channelCount === 1 ? sample : sample < 4 ? 2 * sample : 2 * (sample - 4) + 1
    return BYTES_PER_SAMPLE * place + ((i & 1) ^ lowByte)
  })

const ORDERS = {
  0: { 1: orderOf(0, 1), 2: orderOf(0, 2) },
  1: { 1: orderOf(1, 1), 2: orderOf(1, 2) },
} as const

const linear16 = (lowByte: LowByte): Required<AudioCodec> => {
  const encode = (pcm: Int16Array): Uint8Array => {
    const payload = new Uint8Array(pcm.length * BYTES_PER_SAMPLE)
    pcm.forEach((sample, i) => {
      payload[BYTES_PER_SAMPLE * i + lowByte] = sample
      payload[BYTES_PER_SAMPLE * i + 1 - lowByte] = sample >> 8
    })
    return payload
  }
  const loops = loopsOf(encode)
  return {
    granularity: 'sample',
    createDecoder: (format) => new L16Decoder(lowByte, format),
    sampleCount: (payload, format) => Math.floor(payload.length / (BYTES_PER_SAMPLE * format.channelCount)),
    createSilencer: ({ clockRateHz, channelCount }, fill = 'silence') =>
      new SampleSilencer(loops(fill, clockRateHz), BYTES_PER_SAMPLE, channelCount),
    encode,
  }
}

class L16Decoder implements AudioDecoder {
  readonly sampleRateHz: number
  readonly #channelCount: 1 | 2
  readonly #order: Uint8Array

  constructor(
    private readonly lowByte: LowByte,
    format: AudioFormat,
  ) {
    this.sampleRateHz = format.clockRateHz
    this.#channelCount = format.channelCount
    this.#order = ORDERS[lowByte][format.channelCount]
  }

  /** Bytes behind the last whole sample are left out; never writes beyond `target`. */
  decodeInto(payload: Uint8Array, target: Int16Array): number {
    const samples = Math.min(payload.length / BYTES_PER_SAMPLE, target.length)
    const sampleCount = Math.floor(samples / this.#channelCount)
    const end = sampleCount * this.#channelCount
    const low = this.lowByte
    const high = 1 - low
    for (let i = 0; i < end; i++) target[i] = (payload[2 * i + high]! << 8) | payload[2 * i + low]!
    return sampleCount
  }

  /** Whole samples, by vectors. */
  decodeFrame(payload: Uint8Array, pcm: FramePcm): number {
    const channelCount = this.#channelCount
    const bytesPerInstant = BYTES_PER_SAMPLE * channelCount
    const sampleCount = Math.min(Math.floor(payload.length / bytesPerInstant), pcm.left.length)
    const isWhole = payload.length === sampleCount * bytesPerInstant
    return isWhole && pcm.arrange(payload, this.#order, channelCount) ? sampleCount : -1
  }

  close(): void {}
}

/** Linear 16-bit PCM, low byte first, as WAV files and nearly every WebSocket fork have it. */
export const l16 = linear16(0)

/** Linear 16-bit PCM in network order, as RTP has it (RFC 3551 section 4.5.11). */
export const l16be = linear16(1)
