/**
 * Any rate to 8 kHz: a windowed sinc that keeps what lies below 3.6 kHz, computed for each of the phases in which the two
 * grids of samples meet. Positions are absolute, so that any split of the audio gives the same samples.
 */
import { SPOTTER_RATE_HZ } from './front-end.js'

/** Zero crossings of the sinc on either side: 60 dB down from 4.4 kHz on. */
const CROSSINGS = 12
/** Half of the spotter's rate is 4 kHz; it looks at nothing above 3.8. */
const CUTOFF_HZ = 3_900

export class Resampler {
  readonly #taps: number
  /** Input samples per `phases` output samples. */
  readonly #stride: number
  readonly #phases: number
  readonly #weights: Float32Array
  /** The newest `taps` input samples. */
  readonly #recent: Float32Array
  #inputCount = 0
  #outputCount = 0

  /** @param rateHz of the input, a whole number of Hz, 8,000 at least: lower ones hold less than a telephone, and are not heard */
  constructor(rateHz: number) {
    const divisor = greatestCommonDivisor(rateHz, SPOTTER_RATE_HZ)
    this.#stride = rateHz / divisor
    this.#phases = SPOTTER_RATE_HZ / divisor
    this.#taps = 2 * Math.ceil((CROSSINGS * rateHz) / (2 * CUTOFF_HZ))
    this.#weights = weightsOf(this.#phases, this.#stride, this.#taps, CUTOFF_HZ / rateHz)
    this.#recent = new Float32Array(2 * this.#taps)
  }

  /** Output samples that `inputCount` more samples of input make at most. */
  outputCountMax(inputCount: number): number {
    return Math.ceil((inputCount * this.#phases) / this.#stride) + 1
  }

  /** Appends to `out` from index 0 on; returns how many. Behind the input by half of the taps. Hot. */
  push(pcm: Int16Array, out: Int16Array): number {
    let count = 0
    for (const sample of pcm) {
      this.#keep(sample)
      while (this.#nextInput < this.#inputCount) out[count++] = this.#output()
    }
    return count
  }

  /** The newest input sample that the next output needs. */
  get #nextInput(): number {
    return Math.floor((this.#outputCount * this.#stride) / this.#phases) + this.#taps / 2
  }

  /** Every sample is written twice, half a buffer apart, so that the newest `taps` lie side by side. */
  #keep(sample: number): void {
    const at = this.#inputCount % this.#taps
    this.#recent[at] = sample
    this.#recent[at + this.#taps] = sample
    this.#inputCount++
  }

  #output(): number {
    const phase = (this.#outputCount * this.#stride) % this.#phases
    const recent = this.#recent
    const weights = this.#weights
    let sum = 0
    for (let i = 0, at = this.#inputCount % this.#taps, w = phase * this.#taps; i < this.#taps; i++)
      sum += recent[at + i]! * weights[w + i]!
    this.#outputCount++
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)))
  }
}

const weightsOf = (phases: number, stride: number, taps: number, cutoff: number): Float32Array => {
  const weights = new Float32Array(phases * taps)
  for (let phase = 0; phase < phases; phase++) {
    const offset = ((phase * stride) % phases) / phases
    const row = weights.subarray(
      ((phase * stride) % phases) * taps,
      ((phase * stride) % phases) * taps + taps,
    )
    for (let i = 0; i < taps; i++) row[i] = tap(i - taps / 2 + 1 - offset, taps, cutoff)
    const sum = row.reduce((a, b) => a + b, 0)
    for (let i = 0; i < taps; i++) row[i]! /= sum
  }
  return weights
}

/** Hann-windowed sinc at `x` input samples from its middle. */
const tap = (x: number, taps: number, cutoff: number): number => {
  const sinc = x === 0 ? 1 : Math.sin(2 * Math.PI * cutoff * x) / (2 * Math.PI * cutoff * x)
  return sinc * (0.5 + 0.5 * Math.cos((2 * Math.PI * x) / taps))
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b)
