/**
 * The ADPCM of one sub-band of ITU-T G.722 at 64 kbit/s: at every sample a code, the quantized difference from what the
 * predictor expects, in steps that grow and shrink with the codes. Decoder and encoder keep the same state, so that one
 * that has followed a stream's codes can go on encoding it.
 */
import { Predictor } from './predictor.js'

/** What tells the lower band (6 bits a sample) from the higher one (2 bits). Steps are 32,768 to one scale. */
export interface BandLaw {
  /** By code: the difference that it stands for. */
  readonly differences: Int16Array
  /** Low bits of a code that neither predictor nor scale looks at, so that they could be stolen for data (modes 2 and 3). */
  readonly refinementBits: number
  /** By the rest of the code: the difference for the predictor, and what the scale's logarithm moves by. */
  readonly coarseDifferences: Int16Array
  readonly logSteps: Int16Array
  /** Largest logarithm of the scale, 2,048 to a factor of two. */
  readonly logScaleMax: number
  /** Doublings from the table of mantissas to the scale at logarithm zero. */
  readonly scaleShift: number
  /** Upper bounds of all magnitudes but the largest, 4,096 to one scale, and the codes of each magnitude by sign. */
  readonly thresholds: Int16Array
  readonly positiveCodes: Uint8Array
  readonly negativeCodes: Uint8Array
}

/** 2,048 x 2 ** (i / 32) (G.722 table 13, ILB). */
const MANTISSAS = Int16Array.from({ length: 32 }, (_, i) => Math.round(2048 * 2 ** (i / 32)))

/** Largest magnitude of a reconstructed sub-band sample: 15 bits. */
const SAMPLE_MAX = 16_383

export class SubBand {
  private readonly predictor = new Predictor()
  private logScale = 0
  private scale: number

  constructor(private readonly law: BandLaw) {
    this.scale = this.scaleNow()
  }

  /** The sample that a code stands for, -16,384..16,383. Hot. */
  decode(code: number): number {
    const sample = this.predictor.predicted + ((this.scale * this.law.differences[code]!) >> 15)
    this.follow(code)
    return sample > SAMPLE_MAX ? SAMPLE_MAX : sample < ~SAMPLE_MAX ? ~SAMPLE_MAX : sample
  }

  /** The code that is nearest to a sample. */
  encode(sample: number): number {
    const { thresholds, positiveCodes, negativeCodes } = this.law
    const difference = sample - this.predictor.predicted
    const magnitude = difference < 0 ? ~difference : difference
    let level = 0
    while (level < thresholds.length && magnitude >= (thresholds[level]! * this.scale) >> 12) level++
    const code = (difference < 0 ? negativeCodes : positiveCodes)[level]!
    this.follow(code)
    return code
  }

  /** Takes note of a code that somebody else decodes. Hot. */
  follow(code: number): void {
    const { law } = this
    const coarse = code >> law.refinementBits
    this.predictor.update((this.scale * law.coarseDifferences[coarse]!) >> 15)
    const logScale = ((this.logScale * 127) >> 7) + law.logSteps[coarse]!
    this.logScale = logScale < 0 ? 0 : logScale > law.logScaleMax ? law.logScaleMax : logScale
    this.scale = this.scaleNow()
  }

  private scaleNow(): number {
    const mantissa = MANTISSAS[(this.logScale >> 6) & 31]!
    const shift = this.law.scaleShift - (this.logScale >> 11)
    return (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2
  }
}
