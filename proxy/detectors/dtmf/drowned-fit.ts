import type { HopRing } from './hop-ring.js'
import { FIRST_COLUMN, STEADY_HOPS, TONE_COUNT } from './layout.js'
import type { PairFit } from './pair-fit.js'
import { NONE } from './tone-bank.js'

/**
 * A steady tone, and what lies beside it under a voice. A harmonic next to a tone, as strong as the tone, turns its phase about, so
 * that PairFit finds it off its frequency. But what makes a telephone's tones deviate makes both deviate alike: the steady one
 * tells at which frequency the other must be, and turned back by that its hops add up in step. 40 ms tell 25 Hz apart where a
 * hop tells 200, so the harmonic cancels and the tone stays.
 */
export class DrownedFit {
  /** The pair that the steady tone is most likely half of. */
  pair = NONE
  /** How far the steady tone is off its frequency, as a share. */
  deviation = 0
  /** Mean squared amplitude of the steady tone. */
  steadyPower = 0
  /** Its later half's over its earlier one's. */
  drift = 0
  /** Squared amplitude of the other tone, in step. */
  otherPower = 0
  /** The same over what its hops hold one by one, 0 to 1. */
  otherShare = 0
  /** Amplitudes of the other tone, hop by hop. */
  private readonly other = new Float64Array(2 * STEADY_HOPS)
  private otherMagnitude = 0
  private earlier = 0
  private later = 0
  private turnRe = 0
  private turnIm = 0
  private inStep = 0

  constructor(private readonly fit: PairFit) {}

  /** Fits all pairs of a tone to the window that ends with the newest hop; what is told is that of the strongest. */
  measure(ring: HopRing, tone: number): void {
    const isRow = tone < FIRST_COLUMN
    this.otherPower = -1
    for (let other = isRow ? FIRST_COLUMN : 0; other < (isRow ? TONE_COUNT : FIRST_COLUMN); other += 1) {
      const pair = isRow
        ? tone * FIRST_COLUMN + other - FIRST_COLUMN
        : other * FIRST_COLUMN + tone - FIRST_COLUMN
      this.solve(ring, pair, tone, other)
      const deviation = this.steadyDeviation(ring, tone)
      this.addInStep(ring.bank.advance[other]! * (1 + deviation))
      if (this.inStep > this.otherPower) this.keep(pair, deviation)
    }
  }

  private keep(pair: number, deviation: number): void {
    this.pair = pair
    this.deviation = Math.abs(deviation)
    this.steadyPower = (this.earlier + this.later) / STEADY_HOPS
    this.drift = this.later / this.earlier
    this.otherPower = this.inStep
    this.otherShare = (this.inStep * STEADY_HOPS) / this.otherMagnitude
  }

  /** Hop by hop: the other tone's amplitudes, and how the steady one turns and lasts. */
  private solve(ring: HopRing, pair: number, tone: number, other: number): void {
    const { fit } = this
    this.otherMagnitude = 0
    this.earlier = 0
    this.later = 0
    this.turnRe = 0
    this.turnIm = 0
    let previousRe = 0
    let previousIm = 0
    for (let n = 0; n < STEADY_HOPS; n += 1) {
      const hop = ring.count - STEADY_HOPS + n
      fit.solve(ring, pair, tone, hop)
      if (2 * n < STEADY_HOPS) this.earlier += fit.re * fit.re + fit.im * fit.im
      else this.later += fit.re * fit.re + fit.im * fit.im
      this.turnRe += previousRe * fit.re + previousIm * fit.im
      this.turnIm += previousRe * fit.im - previousIm * fit.re
      previousRe = fit.re
      previousIm = fit.im
      fit.solve(ring, pair, other, hop)
      this.otherMagnitude += fit.re * fit.re + fit.im * fit.im
      this.other[2 * n] = fit.re
      this.other[2 * n + 1] = fit.im
    }
  }

  /** How far the steady tone is off its frequency, as a share, with its sign. */
  private steadyDeviation({ bank }: HopRing, tone: number): number {
    const re = this.turnRe * bank.unturnRe[tone]! - this.turnIm * bank.unturnIm[tone]!
    const im = this.turnRe * bank.unturnIm[tone]! + this.turnIm * bank.unturnRe[tone]!
    return Math.atan2(im, re) / bank.advance[tone]!
  }

  /** The other tone's hops, turned back by an advance per hop and added up. */
  private addInStep(advance: number): void {
    const unturnRe = Math.cos(advance)
    const unturnIm = -Math.sin(advance)
    let re = 0
    let im = 0
    for (let n = STEADY_HOPS - 1; n >= 0; n -= 1) {
      const turned = re * unturnRe - im * unturnIm
      im = im * unturnRe + re * unturnIm + this.other[2 * n + 1]!
      re = turned + this.other[2 * n]!
    }
    this.inStep = (re * re + im * im) / STEADY_HOPS ** 2
  }
}
