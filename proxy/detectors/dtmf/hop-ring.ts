import { ENERGY, SLOT_COUNT, SLOT_FLOATS } from './layout.js'
import type { ToneBank } from './tone-bank.js'

/** Nobody's slots: those of a ring that is closed. */
const NOWHERE = 0

/**
 * The newest hops of one track: their tone bins and energies, which is all that is kept of the audio, 160 ms. A window is some
 * hops that follow one another. The hop numbered h lies in the slot h modulo the number of slots:
 *
 *      count = 13, eight slots    |  8 |  9 | 10 | 11 | 12 |  5 |  6 |  7 |
 *                                                  newest   oldest
 */
export class HopRing {
  /** Hops so far, silence included; the newest is count - 1. */
  count = 0
  /** Address of the slots in tone memory, and where they begin among its floats. */
  private track: number
  private floatsBegin: number

  constructor(readonly bank: ToneBank) {
    this.track = bank.memory.openTrack()
    this.floatsBegin = this.track / Float32Array.BYTES_PER_ELEMENT
  }

  /**
   * Analyses the hops that the bank has in hand, HOPS_MAX at most, and leaves it to the caller to count them one by one. Where
   * nothing has been put, they are digital silence. Bit n of the result is set when a window that ends with the nth may show a
   * pair. Hot.
   */
  hear(hopCount: number): number {
    const { bank, track } = this
    return bank.memory.hearHops(bank.address, track, this.count & (SLOT_COUNT - 1), hopCount)
  }

  /** Whether everything kept is silence, so that more of it needs to be counted only. */
  get isSilent(): boolean {
    for (let hop = 0; hop < SLOT_COUNT; hop += 1) if (this.energy(hop) > 0) return false
    return true
  }

  /** What is kept of all hops, read at `at(hop)`. */
  get bins(): Float32Array {
    return this.bank.memory.floats
  }

  /** Where a hop's bins begin. */
  at(hop: number): number {
    return this.floatsBegin + (hop & (SLOT_COUNT - 1)) * SLOT_FLOATS
  }

  energy(hop: number): number {
    return this.bins[this.at(hop) + ENERGY]!
  }

  /** What may end with the newest hop, or NONE: a pair in a window whose length has that `field`, or a tone that has been steady. */
  candidate(field: number): number {
    return this.bins[this.at(this.count - 1) + field]! - 1
  }

  /** Forgets everything heard, and gives its room back. */
  close(): void {
    if (this.track !== NOWHERE) this.bank.memory.closeTrack(this.track)
    this.track = NOWHERE
    this.floatsBegin = NOWHERE
  }
}
