/**
 * 8 kHz audio to what the net looks at: every 20 ms the logarithm of 32 mel bands (120 to 3,800 Hz) of two windows of
 * 25 ms, 10 ms apart, as the net was trained with.
 *
 *   step k   |<------ window 1, 200 ------>|
 *            |  80  |<------ window 2, 200 ------>|
 *            ^ 160 k                              ^ 160 k + 280: the step is complete
 */
import type { SpotterModel } from './model.js'

export const SPOTTER_RATE_HZ = 8_000
/** Samples between two steps: 20 ms. */
export const STEP_SAMPLES = 160
/** Samples that a step needs from its beginning on. */
export const STEP_SPAN_SAMPLES = 280
/** Values that describe a step. */
export const FEATURES = 64

/** What one of a feature stands for, as a logarithm: those of full scale (10.2 where all power is in one band) and of nothing (-13.8) fit. */
export const FEATURE_UNIT = 1 / 2_048

export const WINDOW = 200
export const HOP = 80
export const BANDS = 32
export const FFT = 256
const BINS = FFT / 2 + 1
const FULL_SCALE = 32_768
/** Added to every band before the logarithm, so that silence has one: as in training. */
const FLOOR = 1e-6

/** One per thread: features are computed to their end before another stream's turn. */
export interface FrontEnd {
  /** Describes the step of `span` (STEP_SPAN_SAMPLES samples) in FEATURES values of FEATURE_UNIT. Hot. */
  describe(span: Int16Array, out: Int16Array): void
}

/** What of a feature an octave of power is: ln 2 / FEATURE_UNIT. */
const OCTAVE = Math.fround(1_419.5654)
/** ln(1.5 + t) / FEATURE_UNIT for t from -0.5 to 0.5, to 0.021: Chebyshev's, from the constant on. */
const POLYNOMIAL = Float32Array.of(830.3755, 1_365.3682, -453.90475, 201.1782, -113.58067, 62.35956)
/** 1.5 * 2^23: a float32 added to it is rounded to a whole number, to an even one from halfway. */
const ROUNDING = 12_582_912
const single = new Float32Array(1)
const singleBits = new Int32Array(single.buffer)

/** The logarithm of a power as a feature, in single precision. */
export const featureOf = (power: number): number => {
  single[0] = power
  const exponent = (singleBits[0]! >> 23) - 127
  singleBits[0] = (singleBits[0]! & 0x7fffff) | 0x3f800000
  const t = single[0]! - 1.5
  let y = 0
  for (let i = POLYNOMIAL.length - 1; i >= 0; i--) y = Math.fround(Math.fround(y * t) + POLYNOMIAL[i]!)
  const whole = Math.fround(Math.fround(Math.fround(exponent * OCTAVE) + y) + ROUNDING) - ROUNDING
  return Math.max(-32_768, Math.min(32_767, whole))
}

/** What the transform and the bands need, the same for all who compute them. */
export interface FrontEndTables {
  /** Of WINDOW samples, over full scale. */
  readonly window: Float64Array
  /** First and last bin of each band. */
  readonly bounds: Uint8Array
  /** Of each band, of every bin. */
  readonly filters: readonly Float32Array[]
  readonly cosines: Float64Array
  readonly sines: Float64Array
  /** Where the transform wants each of its values. */
  readonly order: Uint8Array
}

export const frontEndTables = (model: SpotterModel): FrontEndTables => {
  const all = model.tensor('fb')
  const filters = Array.from({ length: BANDS }, (_, band) => all.subarray(band * BINS, (band + 1) * BINS))
  const half = FFT / 2
  return {
    window: Float64Array.from(model.tensor('win'), (weight) => weight / FULL_SCALE),
    bounds: Uint8Array.from(
      filters.flatMap((row) => [
        row.findIndex((weight) => weight > 0),
        BINS -
          1 -
          row
            .slice()
            .reverse()
            .findIndex((weight) => weight > 0),
      ]),
    ),
    filters,
    cosines: Float64Array.from({ length: half }, (_, i) => Math.cos((2 * Math.PI * i) / FFT)),
    sines: Float64Array.from({ length: half }, (_, i) => Math.sin((2 * Math.PI * i) / FFT)),
    order: Uint8Array.from({ length: half }, (_, i) => bitsReversed(i)),
  }
}

/** Of seven bits. */
const bitsReversed = (value: number): number => {
  let reversed = 0
  for (let bit = 0; bit < 7; bit++) if ((value >> bit) & 1) reversed |= 64 >> bit
  return reversed
}

/** In TypeScript: how kernel-front-end.ts, which does the same in WebAssembly six times as fast, is checked. */
export class PlainFrontEnd implements FrontEnd {
  readonly #tables: FrontEndTables
  readonly #re = new Float64Array(FFT / 2)
  readonly #im = new Float64Array(FFT / 2)
  readonly #power = new Float64Array(BINS)

  constructor(model: SpotterModel) {
    this.#tables = frontEndTables(model)
  }

  describe(span: Int16Array, out: Int16Array): void {
    this.#bandsOf(span, 0, out, 0)
    this.#bandsOf(span, HOP, out, BANDS)
  }

  #bandsOf(pcm: Int16Array, from: number, out: Int16Array, at: number): void {
    this.#transform(pcm, from)
    const { filters, bounds } = this.#tables
    const power = this.#power
    for (let band = 0; band < BANDS; band++) {
      let sum = FLOOR
      const filter = filters[band]!
      for (let bin = bounds[2 * band]!; bin <= bounds[2 * band + 1]!; bin++) sum += power[bin]! * filter[bin]!
      out[at + band] = featureOf(sum)
    }
  }

  /** Power of 256 real samples by a complex transform of 128: even samples are its real part, odd ones its imaginary part. */
  #transform(pcm: Int16Array, from: number): void {
    const re = this.#re
    const im = this.#im
    const { window, order } = this.#tables
    for (let i = 0; i < FFT / 2; i++) {
      const n = 2 * i
      const place = order[i]!
      re[place] = n < WINDOW ? pcm[from + n]! * window[n]! : 0
      im[place] = n < WINDOW ? pcm[from + n + 1]! * window[n + 1]! : 0
    }
    for (let size = 1; size < FFT / 2; size <<= 1) this.#butterflies(size)
    this.#unfold()
  }

  #butterflies(size: number): void {
    const re = this.#re
    const im = this.#im
    const { cosines, sines } = this.#tables
    const stride = FFT / 2 / size
    for (let block = 0; block < FFT / 2; block += 2 * size)
      for (let j = 0, t = 0; j < size; j++, t += stride) {
        const a = block + j
        const b = a + size
        const c = cosines[t]!
        const s = -sines[t]!
        const xr = re[b]! * c - im[b]! * s
        const xi = re[b]! * s + im[b]! * c
        re[b] = re[a]! - xr
        im[b] = im[a]! - xi
        re[a] = re[a]! + xr
        im[a] = im[a]! + xi
      }
  }

  #unfold(): void {
    const re = this.#re
    const im = this.#im
    const { cosines, sines } = this.#tables
    const half = FFT / 2
    this.#power[0] = (re[0]! + im[0]!) ** 2
    this.#power[half] = (re[0]! - im[0]!) ** 2
    for (let k = 1; k < half; k++) {
      const evenRe = (re[k]! + re[half - k]!) / 2
      const evenIm = (im[k]! - im[half - k]!) / 2
      const oddRe = (im[k]! + im[half - k]!) / 2
      const oddIm = (re[half - k]! - re[k]!) / 2
      const real = evenRe + cosines[k]! * oddRe + sines[k]! * oddIm
      const imaginary = evenIm + cosines[k]! * oddIm - sines[k]! * oddRe
      this.#power[k] = real * real + imaginary * imaginary
    }
  }
}
