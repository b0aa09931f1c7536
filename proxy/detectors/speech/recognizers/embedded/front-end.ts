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

const WINDOW = 200
const HOP = 80
const BANDS = 32
const FFT = 256
const BINS = FFT / 2 + 1
const FULL_SCALE = 32_768
/** Added to every band before the logarithm, so that silence has one: as in training. */
const FLOOR = 1e-6

/** Tables and scratch, one per thread: features are computed to their end before another stream's turn. */
export class FrontEnd {
  readonly #window: Float32Array
  readonly #filters: Float32Array
  /** First and last bin of each band. */
  readonly #bounds = new Uint8Array(2 * BANDS)
  readonly #cos = new Float64Array(FFT / 2)
  readonly #sin = new Float64Array(FFT / 2)
  readonly #order = new Uint8Array(FFT / 2)
  readonly #re = new Float64Array(FFT / 2)
  readonly #im = new Float64Array(FFT / 2)
  readonly #power = new Float64Array(BINS)

  constructor(model: SpotterModel) {
    this.#window = model.tensor('win')
    this.#filters = model.tensor('fb')
    for (let band = 0; band < BANDS; band++) {
      const row = this.#filters.subarray(band * BINS, (band + 1) * BINS)
      this.#bounds[2 * band] = row.findIndex((weight) => weight > 0)
      this.#bounds[2 * band + 1] =
        BINS -
        1 -
        row
          .slice()
          .reverse()
          .findIndex((weight) => weight > 0)
    }
    for (let i = 0; i < FFT / 2; i++) {
      this.#cos[i] = Math.cos((2 * Math.PI * i) / FFT)
      this.#sin[i] = Math.sin((2 * Math.PI * i) / FFT)
      for (let bit = 0; bit < 7; bit++) if ((i >> bit) & 1) this.#order[i]! |= 64 >> bit
    }
  }

  /** Describes the step of `span` (STEP_SPAN_SAMPLES samples) in FEATURES values. Hot. */
  describe(span: Int16Array, out: Float32Array): void {
    this.#bandsOf(span, 0, out, 0)
    this.#bandsOf(span, HOP, out, BANDS)
  }

  #bandsOf(pcm: Int16Array, from: number, out: Float32Array, at: number): void {
    this.#transform(pcm, from)
    const filters = this.#filters
    const power = this.#power
    for (let band = 0; band < BANDS; band++) {
      let sum = FLOOR
      const last = this.#bounds[2 * band + 1]!
      for (let bin = this.#bounds[2 * band]!, w = band * BINS + bin; bin <= last; bin++, w++)
        sum += power[bin]! * filters[w]!
      out[at + band] = Math.log(sum)
    }
  }

  /** Power of 256 real samples by a complex transform of 128: even samples are its real part, odd ones its imaginary part. */
  #transform(pcm: Int16Array, from: number): void {
    const re = this.#re
    const im = this.#im
    const window = this.#window
    for (let i = 0; i < FFT / 2; i++) {
      const n = 2 * i
      const place = this.#order[i]!
      re[place] = n < WINDOW ? (pcm[from + n]! * window[n]!) / FULL_SCALE : 0
      im[place] = n < WINDOW ? (pcm[from + n + 1]! * window[n + 1]!) / FULL_SCALE : 0
    }
    for (let size = 1; size < FFT / 2; size <<= 1) this.#butterflies(size)
    this.#unfold()
  }

  #butterflies(size: number): void {
    const re = this.#re
    const im = this.#im
    const stride = FFT / 2 / size
    for (let block = 0; block < FFT / 2; block += 2 * size)
      for (let j = 0, t = 0; j < size; j++, t += stride) {
        const a = block + j
        const b = a + size
        const c = this.#cos[t]!
        const s = -this.#sin[t]!
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
    const half = FFT / 2
    this.#power[0] = (re[0]! + im[0]!) ** 2
    this.#power[half] = (re[0]! - im[0]!) ** 2
    for (let k = 1; k < half; k++) {
      const evenRe = (re[k]! + re[half - k]!) / 2
      const evenIm = (im[k]! - im[half - k]!) / 2
      const oddRe = (im[k]! + im[half - k]!) / 2
      const oddIm = (re[half - k]! - re[k]!) / 2
      const real = evenRe + this.#cos[k]! * oddRe + this.#sin[k]! * oddIm
      const imaginary = evenIm + this.#cos[k]! * oddIm - this.#sin[k]! * oddRe
      this.#power[k] = real * real + imaginary * imaginary
    }
  }
}
