/** Two's complement arithmetic of G.722 section 6: sums saturate at 16 bits, products of two 16-bit values lose 15. */
const saturate = (value: number): number => (value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value)
const times = (a: number, b: number): number => (a * b) >> 15

/** How fast coefficients forget, of 32,768: the second pole 1/128, the first pole and the zeros 1/256 a sample. */
const SECOND_POLE_LEAK = 32_512
const FIRST_POLE_LEAK = 32_640
const ZERO_LEAK = 32_640

/** What a coefficient moves by when signs agree: 2 ** -7 for the second pole, then 192 and 128 of 32,768. */
const SECOND_POLE_STEP = 128
const FIRST_POLE_STEP = 192
const ZERO_STEP = 128

/** The poles stay stable: |second| <= 0.375, |first| <= 15/32 - second, at 16,384 to one. */
const SECOND_POLE_MAX = 12_288
const POLE_SUM_MAX = 15_360

const ZEROS = 6

/**
 * The adaptive predictor of one sub-band (ITU-T G.722 sections 3.6.3 to 3.6.5, blocks 4L and 4H): two poles over what was
 * reconstructed, six zeros over the quantized differences, all adapted by signs alone. Encoder and decoder run the same one.
 */
export class Predictor {
  /** What the next sample is expected to be. */
  predicted = 0
  /** The zeros' share of it. */
  private fromZeros = 0
  private firstPole = 0
  private secondPole = 0
  /** The last reconstructed sample, and the last two without the poles' share. */
  private sample1 = 0
  private partial1 = 0
  private partial2 = 0
  private readonly zeros = new Int32Array(ZEROS)
  /** The last six differences, the newest first. */
  private readonly differences = new Int32Array(ZEROS)

  /** The quantized difference between a sample and its prediction. Hot: 16,000 times a second and stream. */
  update(difference: number): void {
    const sample = saturate(this.predicted + difference)
    const partial = saturate(this.fromZeros + difference)
    this.adaptPoles(partial)
    this.fromZeros = this.adaptZeros(difference)
    const fromPoles = saturate(
      times(this.firstPole, saturate(2 * sample)) + times(this.secondPole, saturate(2 * this.sample1)),
    )
    this.predicted = saturate(fromPoles + this.fromZeros)
    this.sample1 = sample
    this.partial2 = this.partial1
    this.partial1 = partial
  }

  private adaptPoles(partial: number): void {
    const agreesWithLast = (partial ^ this.partial1) >= 0
    const agreesWithSecond = (partial ^ this.partial2) >= 0
    const coupled = saturate(4 * this.firstPole)
    const second =
      (agreesWithSecond ? SECOND_POLE_STEP : -SECOND_POLE_STEP) +
      (saturate(agreesWithLast ? -coupled : coupled) >> 7) +
      times(this.secondPole, SECOND_POLE_LEAK)
    this.secondPole = clamp(second, SECOND_POLE_MAX)
    const first =
      (agreesWithLast ? FIRST_POLE_STEP : -FIRST_POLE_STEP) + times(this.firstPole, FIRST_POLE_LEAK)
    this.firstPole = clamp(saturate(first), POLE_SUM_MAX - this.secondPole)
  }

  /** Moves every zero by its difference's sign, takes the new difference in, and returns the zeros' next share. */
  private adaptZeros(difference: number): number {
    const { zeros, differences } = this
    const step = difference === 0 ? 0 : ZERO_STEP
    let sum = 0
    let newer = difference
    for (let i = 0; i < ZEROS; i++) {
      const older = differences[i]!
      const zero = saturate(
        (older ^ difference) >= 0 ? step + times(zeros[i]!, ZERO_LEAK) : times(zeros[i]!, ZERO_LEAK) - step,
      )
      zeros[i] = zero
      differences[i] = newer
      sum += times(zero, saturate(2 * newer))
      newer = older
    }
    return saturate(sum)
  }
}

const clamp = (value: number, most: number): number => (value > most ? most : value < -most ? -most : value)
