import type { LabelSet } from './label-set.js'

/** The labels of one family: none, one or two. */
export type LabelSets = readonly [] | readonly [LabelSet] | readonly [LabelSet, LabelSet]

/** Numbers the combinations of none, one or two labels, so that an array can hold something for each. */
export class LabelGrid {
  /** Combinations that there can be; every slot is below it. */
  readonly slotCount: number
  /** Slots to show before they first count: a family without labels, and the known values of a single label. */
  readonly knownSlots: readonly number[]
  readonly #sets: LabelSets

  constructor(...sets: LabelSets) {
    const [first, second] = sets
    this.#sets = sets
    this.slotCount = (first?.size ?? 1) * (second?.size ?? 1)
    this.knownSlots = first === undefined ? [0] : second === undefined ? knownIndexes(first) : []
  }

  /** Slot of a combination; values in the order of the sets. Hot. */
  slotOf(first?: string, second?: string): number {
    if (first === undefined) return 0
    const slot = this.#sets[0]!.indexOf(first)
    return second === undefined ? slot : slot * this.#sets[1]!.size + this.#sets[1]!.indexOf(second)
  }

  /** Label values of a slot, in the order of the sets. */
  valuesAt(slot: number): string[] {
    const [first, second] = this.#sets
    if (first === undefined) return []
    if (second === undefined) return [first.nameAt(slot)]
    return [first.nameAt(Math.floor(slot / second.size)), second.nameAt(slot % second.size)]
  }
}

const knownIndexes = (set: LabelSet): number[] => Array.from({ length: set.knownCount }, (_, i) => i + 1)
