/**
 * Refusals on their way into the ledger. A stranger can be refused as often as they like, and the disk is not theirs to
 * fill: of each kind (where, why, whose name, which tenant) the first few of an interval are written as they come, with the
 * call that they were about; the rest of it is one entry with their number.
 */
import type { RefusalEntry } from './entry.js'

/** Told one by one in an interval: enough to see a mistaken key and its calls, and some 800 bytes a second under the worst flood. */
export const REFUSALS_TOLD_MAX = 5
/** Length of an interval, ms. */
export const REFUSALS_INTERVAL_MS = 60_000
/** Kinds told apart: names come from the configuration. Beyond it refusals are told apart by where and why alone. */
const KINDS_MAX = 1_000

interface Seen {
  /** What is the same in all of them. */
  readonly entry: RefusalEntry
  count: number
}

export class Refusals {
  readonly #kinds = new Map<string, Seen>()

  constructor(private readonly append: (entry: RefusalEntry) => void) {}

  add(entry: RefusalEntry): void {
    const seen = this.#seen(entry)
    seen.count++
    if (seen.count <= REFUSALS_TOLD_MAX) this.append(entry)
  }

  /** The interval is over: tells how many more there were of each kind, and begins anew. */
  sum(): void {
    for (const { entry, count } of this.#kinds.values())
      if (count > REFUSALS_TOLD_MAX) this.append({ ...entry, count: count - REFUSALS_TOLD_MAX })
    this.#kinds.clear()
  }

  #seen({ source, reason, apiKey, tenant }: RefusalEntry): Seen {
    const named = JSON.stringify([source, reason, apiKey, tenant])
    const isNamed = this.#kinds.has(named) || this.#kinds.size < KINDS_MAX
    const kind = isNamed ? named : JSON.stringify([source, reason])
    const seen = this.#kinds.get(kind) ?? {
      entry: {
        kind: 'refusal',
        source,
        reason,
        ...(isNamed && apiKey !== undefined && { apiKey }),
        ...(isNamed && tenant !== undefined && { tenant }),
      },
      count: 0,
    }
    this.#kinds.set(kind, seen)
    return seen
  }
}
