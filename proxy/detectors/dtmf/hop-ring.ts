import { BINS_PER_HOP, BOUND, ENERGY, type ToneBank } from './tone-bank.js'

/**
 * The newest hops of one track: their tone bins and energies, which is all that is kept of the audio, 4.6 KB for 160 ms.
 * A window is some hops that follow one another. The hop numbered h lies in the slot h modulo the number of slots:
 *
 *      count = 13, eight slots    |  8 |  9 | 10 | 11 | 12 |  5 |  6 |  7 |
 *                                                  newest   oldest
 */
export class HopRing {
  /** Hops so far, silence included; the newest is count - 1. */
  count = 0
  readonly bins: Float64Array
  /** Slots less one; slots are a power of two, and hops before the first read as silence. */
  private readonly mask: number
  /** Hops of digital silence since the last other one. */
  private silentCount: number

  /** @param hopsMin hops that must be kept */
  constructor(
    readonly bank: ToneBank,
    hopsMin: number,
  ) {
    const slotCount = 2 ** Math.ceil(Math.log2(hopsMin))
    this.bins = new Float64Array(slotCount * BINS_PER_HOP)
    this.mask = slotCount - 1
    this.silentCount = slotCount
  }

  /** Analyses one hop at pcm[offset]. Refuses one whose energy is not a finite number; 16-bit audio has none. Hot. */
  push(pcm: Int16Array, offset: number): boolean {
    const at = this.at(this.count)
    this.bank.analyse(pcm, offset, this.bins, at)
    const energy = this.bins[at + ENERGY]!
    if (!Number.isFinite(energy)) return false
    this.silentCount = energy === 0 ? this.silentCount + 1 : 0
    this.count += 1
    return true
  }

  /** One hop of digital silence. */
  pushSilence(): void {
    const at = this.at(this.count)
    this.bins.fill(0, at, at + BINS_PER_HOP)
    this.silentCount += 1
    this.count += 1
  }

  /** Advances by hops of silence when all that is kept is silence already, so that nothing needs to be written. */
  jump(hopCount: number): void {
    this.silentCount += hopCount
    this.count += hopCount
  }

  /** Whether everything kept is silence. */
  get isSilent(): boolean {
    return this.silentCount > this.mask
  }

  /** Where a hop's bins begin. */
  at(hop: number): number {
    return (hop & this.mask) * BINS_PER_HOP
  }

  energy(hop: number): number {
    return this.bins[this.at(hop) + ENERGY]!
  }

  /** The most of a hop's energy that a pair can hold. */
  bound(hop: number): number {
    return this.bins[this.at(hop) + BOUND]!
  }

  /** Forgets everything heard. */
  clear(): void {
    this.bins.fill(0)
    this.silentCount = this.mask + 1
  }
}
