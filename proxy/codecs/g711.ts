import type { AudioFormat } from '../media/frame.js'
import type { AudioCodec, AudioDecoder } from './codec.js'
import { loopsOf } from './fill-loop.js'
import { SampleSilencer } from './sample-silencer.js'

/** What tells the two laws of ITU-T G.711 apart. */
export interface CompandingLaw {
  /** A byte's sample on the 16-bit scale. */
  expand(byte: number): number
  /** The byte, 0..255, nearest to a signed 16-bit sample. */
  compress(sample: number): number
}

/** G.711: one byte a sample, no state, 8,000 Hz in telephony; any other rate of the format is honoured. */
export const g711 = (law: CompandingLaw): Required<AudioCodec> => {
  const samples = Int16Array.from({ length: 256 }, (_, byte) => law.expand(byte))
  const encode = (pcm: Int16Array): Uint8Array => Uint8Array.from(pcm, law.compress)
  const loops = loopsOf(encode)
  return {
    granularity: 'sample',
    createDecoder: (format) => new G711Decoder(samples, format),
    sampleCount: (payload, format) => Math.floor(payload.length / format.channelCount),
    createSilencer: ({ clockRateHz, channelCount }, fill = 'silence') =>
      new SampleSilencer(loops(fill, clockRateHz), 1, channelCount),
    encode,
  }
}

class G711Decoder implements AudioDecoder {
  readonly sampleRateHz: number
  readonly #channelCount: number

  constructor(
    private readonly samples: Int16Array,
    format: AudioFormat,
  ) {
    this.sampleRateHz = format.clockRateHz
    this.#channelCount = format.channelCount
  }

  /** Bytes behind the last whole sample are left out; never writes beyond `target`. */
  decodeInto(payload: Uint8Array, target: Int16Array): number {
    const sampleCount = Math.floor(Math.min(payload.length, target.length) / this.#channelCount)
    const end = sampleCount * this.#channelCount
    for (let i = 0; i < end; i++) target[i] = this.samples[payload[i]!]!
    return sampleCount
  }

  /** Bytes behind the last whole sample are left out; never writes beyond `left`, or `right`. */
  decodeApart(payload: Uint8Array, left: Int16Array, right: Int16Array): number {
    const { samples } = this
    const sampleCount = Math.min(payload.length >> 1, left.length, right.length)
    for (let i = 0; i < sampleCount; i++) {
      left[i] = samples[payload[2 * i]!]!
      right[i] = samples[payload[2 * i + 1]!]!
    }
    return sampleCount
  }

  close(): void {}
}
