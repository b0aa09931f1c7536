import type { AudioFormat } from '../media/frame.js'
import type { AudioCodec, AudioDecoder } from './codec.js'
import { loopsOf } from './fill-loop.js'
import type { FramePcm } from './frame-pcm.js'
import { SampleSilencer } from './sample-silencer.js'

/** What tells the two laws of ITU-T G.711 apart. */
export interface CompandingLaw {
  /** A byte's sample on the 16-bit scale. */
  expand(byte: number): number
  /** The byte, 0..255, nearest to a signed 16-bit sample. */
  compress(sample: number): number
  /** Bits that the line inverts. Without that, codes that share their upper four bits lie on a straight line, in their order. */
  readonly invertedBits: number
}

/** G.711: one byte a sample, no state, 8,000 Hz in telephony; any other rate of the format is honoured. */
export const g711 = (law: CompandingLaw): Required<AudioCodec> => {
  const samples = Int16Array.from({ length: 256 }, (_, byte) => law.expand(byte))
  const lines = linesOf(law)
  const encode = (pcm: Int16Array): Uint8Array => Uint8Array.from(pcm, law.compress)
  const loops = loopsOf(encode)
  return {
    granularity: 'sample',
    createDecoder: (format) => new G711Decoder(samples, lines, format),
    sampleCount: (payload, format) => Math.floor(payload.length / format.channelCount),
    createSilencer: ({ clockRateHz, channelCount }, fill = 'silence') =>
      new SampleSilencer(loops(fill, clockRateHz), 1, channelCount),
    encode,
  }
}

/** Codes of a line: as many as its number leaves bits. */
const LINE_CODES = 16

/**
 * A law as wasm/frame-pcm.ts wants it, five rows of sixteen bytes: the inverted bits; and of each of its sixteen lines the step from
 * sample to sample and the first sample, both as a row of low bytes and a row of high ones.
 */
const linesOf = ({ expand, invertedBits }: CompandingLaw): Uint8Array => {
  const lines = new Uint8Array(5 * LINE_CODES).fill(invertedBits, 0, LINE_CODES)
  for (let line = 0; line < LINE_CODES; line++) {
    const base = expand((line * LINE_CODES) ^ invertedBits)
    const step = expand((line * LINE_CODES + 1) ^ invertedBits) - base
    for (const [row, value] of [step, step >> 8, base, base >> 8].entries())
      lines[(row + 1) * LINE_CODES + line] = value
  }
  return lines
}

class G711Decoder implements AudioDecoder {
  readonly sampleRateHz: number
  readonly #channelCount: 1 | 2

  constructor(
    private readonly samples: Int16Array,
    private readonly lines: Uint8Array,
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

  /** Whole samples, by vectors. */
  decodeFrame(payload: Uint8Array, pcm: FramePcm): number {
    const channelCount = this.#channelCount
    const sampleCount = Math.min(Math.floor(payload.length / channelCount), pcm.left.length)
    const isWhole = payload.length === sampleCount * channelCount
    return isWhole && pcm.expand(payload, this.lines, channelCount) ? sampleCount : -1
  }

  close(): void {}
}
