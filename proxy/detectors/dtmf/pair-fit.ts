import type { HopRing } from './hop-ring.js'
import { FIRST_COLUMN, IMAGINARY, UNMIX_IMAGINARY, UNMIX_PER_PAIR } from './layout.js'
import { columnOf, rowOf, type ToneBank } from './tone-bank.js'

/**
 * How well two steady tones, a pair's row and column, explain a window.
 *
 * In 5 ms the tones leak into each other's bins, by up to a fifth of the amplitude; a key twisted by 12 dB would lose the
 * phase of its weaker tone, and a clean key 5 % of its share. So the bins of each hop are solved for the two amplitudes
 * first (least squares; the folded sums make it two pairs of real equations). Each tone's phase advance from hop to hop
 * then says how far it is off its frequency, and turned back by that advance the hops add up in step.
 *
 * The ring's numbers are read, never written. A `last` is the window's last hop.
 */
export class PairFit {
  /** Energy of each tone by itself. */
  rowPower = 0
  columnPower = 0
  /** The part of the window's energy that the two explain together. */
  power = 0
  /** Whether both tones turn from hop to hop as their frequencies demand. */
  isOnFrequency = false
  /** By tone of the pair, the phase advance over the nominal one, as the direction of (re, im). */
  private readonly excess = new Float64Array(4)
  /** Energy of the tone in hand. */
  private tonePower = 0
  /** Amplitude of the tone solved for last. */
  re = 0
  im = 0

  /** Fits the pair to a window. Hot. */
  measure(ring: HopRing, pair: number, last: number, hopCount: number): void {
    this.power = 0
    this.isOnFrequency = true
    this.measureTone(ring, pair, rowOf(pair), last, hopCount)
    this.rowPower = this.tonePower
    this.measureTone(ring, pair, columnOf(pair), last, hopCount)
    this.columnPower = this.tonePower
  }

  /** The stronger tone's power over the weaker one's. */
  get twist(): number {
    return Math.max(this.rowPower / this.columnPower, this.columnPower / this.rowPower)
  }

  /** How far the row is off its frequency, as a share. */
  rowDeviation(bank: ToneBank, pair: number): number {
    return Math.abs(Math.atan2(this.excess[1]!, this.excess[0]!)) / bank.advance[rowOf(pair)]!
  }

  /** The same for the column. */
  columnDeviation(bank: ToneBank, pair: number): number {
    return Math.abs(Math.atan2(this.excess[3]!, this.excess[2]!)) / bank.advance[columnOf(pair)]!
  }

  /** Sum over a window of the squared amplitudes of both tones. */
  netPower(ring: HopRing, pair: number, last: number, hopCount: number): number {
    return (
      this.netMagnitude(ring, pair, rowOf(pair), last, hopCount) +
      this.netMagnitude(ring, pair, columnOf(pair), last, hopCount)
    )
  }

  /** Sum over a window of a tone's squared amplitude, net of what the pair's other tone leaks. */
  netMagnitude(ring: HopRing, pair: number, tone: number, last: number, hopCount: number): number {
    let sum = 0
    for (let hop = last - hopCount + 1; hop <= last; hop += 1) {
      this.solve(ring, pair, tone, hop)
      sum += this.re * this.re + this.im * this.im
    }
    return sum
  }

  /** One tone of the pair: its phase advance, then the sum of its hops in step. Sets its energy, adds what it explains. */
  private measureTone(ring: HopRing, pair: number, tone: number, last: number, hopCount: number): void {
    const { bins, bank } = ring
    let turnRe = 0
    let turnIm = 0
    let previousRe = 0
    let previousIm = 0
    for (let hop = last - hopCount + 1; hop <= last; hop += 1) {
      this.solve(ring, pair, tone, hop)
      turnRe += previousRe * this.re + previousIm * this.im
      turnIm += previousRe * this.im - previousIm * this.re
      previousRe = this.re
      previousIm = this.im
    }
    const length = Math.sqrt(turnRe * turnRe + turnIm * turnIm)
    const excessRe = turnRe * bank.unturnRe[tone]! - turnIm * bank.unturnIm[tone]!
    if (length === 0 || excessRe < bank.deviationCos[tone]! * length) this.isOnFrequency = false
    const at = tone < FIRST_COLUMN ? 0 : 2
    this.excess[at] = excessRe
    this.excess[at + 1] = turnRe * bank.unturnIm[tone]! + turnIm * bank.unturnRe[tone]!
    const unitRe = length > 0 ? turnRe / length : 1
    const unitIm = length > 0 ? turnIm / length : 0
    let sumRe = 0
    let sumIm = 0
    let binRe = 0
    let binIm = 0
    for (let hop = last; hop > last - hopCount; hop -= 1) {
      const slot = ring.at(hop) + tone
      this.solve(ring, pair, tone, hop)
      const turnedSum = sumRe * unitRe + sumIm * unitIm
      sumIm = sumIm * unitRe - sumRe * unitIm + this.im
      sumRe = turnedSum + this.re
      const turnedBin = binRe * unitRe + binIm * unitIm
      binIm = binIm * unitRe - binRe * unitIm + bins[slot + IMAGINARY]!
      binRe = turnedBin + bins[slot]!
    }
    this.power += (sumRe * binRe + sumIm * binIm) / hopCount
    this.tonePower = ((sumRe * sumRe + sumIm * sumIm) * bank.hopSamples) / (2 * hopCount)
  }

  /** The amplitude of one of the pair's tones in one hop, into `re` and `im`. */
  solve(ring: HopRing, pair: number, tone: number, hop: number): void {
    const { bins, bank } = ring
    const isRow = tone < FIRST_COLUMN
    const slot = ring.at(hop)
    const other = slot + (isRow ? columnOf(pair) : rowOf(pair))
    const across = pair * UNMIX_PER_PAIR + 1
    const own = isRow ? across - 1 : across + 1
    this.re = bank.unmix[own]! * bins[slot + tone]! + bank.unmix[across]! * bins[other]!
    this.im =
      bank.unmix[own + UNMIX_IMAGINARY]! * bins[slot + IMAGINARY + tone]! +
      bank.unmix[across + UNMIX_IMAGINARY]! * bins[other + IMAGINARY]!
  }
}
