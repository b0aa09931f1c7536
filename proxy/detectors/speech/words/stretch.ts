/**
 * What was understood, without a word of it: stretches of a track that are sensitive, and why. This is all that leaves the
 * folder; digits and words stay here until they are forgotten.
 */
import { type Category, categories } from './categories/category.js'

/** What a spoken number is taken for. `digits`: it says too little of itself. */
export const numberLabels = [
  'card-number',
  'security-code',
  'expiry-date',
  'sort-code',
  'account-number',
  'national-id',
  'digits',
] as const
export type NumberLabel = (typeof numberLabels)[number]

/** Everything that can be understood: numbers, the window that a phrase opens, and special categories. */
export const stretchLabels = [...numberLabels, 'payment-window', ...categories] as const
export type StretchLabel = (typeof stretchLabels)[number]

export const isCategory = (label: string): label is Category =>
  (categories as readonly string[]).includes(label)

export interface Stretch {
  readonly track: number
  /** Positions at the call's clock rate; half-open. */
  readonly startSample: number
  readonly endSample: number
  readonly label: StretchLabel
  /** False where it goes on with the last one. */
  readonly isOnset: boolean
}

interface Range {
  startSample: number
  endSample: number
}

/** Ranges remembered per track and kind of label; beyond it the oldest two become one, which silences more and never less. */
const RANGES_MAX = 64

/** What has been told already: a stretch is told once, and what is added to it as what goes on. */
export class Coverage {
  readonly #ranges = new Map<string, Range[]>()

  /** The part of a stretch that is new, or null. */
  add(track: number, startSample: number, endSample: number, label: StretchLabel): Stretch | null {
    const ranges = this.#rangesOf(track, label)
    const before = ranges.find((range) => range.startSample <= startSample && startSample <= range.endSample)
    const fromSample = before?.endSample ?? startSample
    if (fromSample >= endSample) return null
    this.#unite(ranges, { startSample: before?.startSample ?? startSample, endSample })
    return { track, startSample: fromSample, endSample, label, isOnset: before === undefined }
  }

  prune(beforeSample: number): void {
    for (const [key, ranges] of this.#ranges) {
      const kept = ranges.filter(({ endSample }) => endSample >= beforeSample)
      if (kept.length === 0) this.#ranges.delete(key)
      else if (kept.length < ranges.length) this.#ranges.set(key, kept)
    }
  }

  /** A number that turns out to be a card's is told no second time. */
  #rangesOf(track: number, label: StretchLabel): Range[] {
    const kind = (numberLabels as readonly string[]).includes(label) ? 'number' : label
    const key = `${track}:${kind}`
    const ranges = this.#ranges.get(key) ?? []
    this.#ranges.set(key, ranges)
    return ranges
  }

  #unite(ranges: Range[], added: Range): void {
    const apart = ranges.filter(
      (range) => range.endSample < added.startSample || range.startSample > added.endSample,
    )
    for (const range of ranges)
      if (!apart.includes(range)) {
        added.startSample = Math.min(added.startSample, range.startSample)
        added.endSample = Math.max(added.endSample, range.endSample)
      }
    apart.push(added)
    apart.sort((a, b) => a.startSample - b.startSample)
    if (apart.length > RANGES_MAX) {
      const [first, second, ...rest] = apart as [Range, Range, ...Range[]]
      apart.splice(0, apart.length, { ...first, endSample: second.endSample }, ...rest)
    }
    ranges.splice(0, ranges.length, ...apart)
  }
}
