/** What has to be told to a bucket, the newest word for each key: what was said before it need not be said any more. */

/** Steps of 4,000 calls and their addresses, several times over; 500 bytes each. At the limit the oldest goes, and is counted. */
export const OUTBOX_MAX = 50_000

/** `null`: the key is to go. */
export type Word = Uint8Array | null

interface Untold {
  readonly word: Word
  /** Since when the others have not known the last of this key, monotonic, ms. */
  readonly sinceMs: number
}

export class Outbox {
  readonly #words = new Map<string, Untold>()

  /** @param lost told of every word that is given up */
  constructor(private readonly lost: () => void) {}

  get size(): number {
    return this.#words.size
  }

  /** Since when the oldest has waited, monotonic, ms; Infinity when nothing waits. */
  get sinceMs(): number {
    const oldest = this.#words.values().next().value
    return oldest === undefined ? Infinity : oldest.sinceMs
  }

  put(key: string, word: Word, nowMs: number): void {
    this.#words.set(key, { word, sinceMs: this.#words.get(key)?.sinceMs ?? nowMs })
    if (this.#words.size <= OUTBOX_MAX) return
    const oldest = this.#words.keys().next().value
    if (oldest === undefined) return
    this.#words.delete(oldest)
    this.lost()
  }

  /** The oldest words, which stay until they are `done`. */
  first(count: number): (readonly [string, Word])[] {
    const first: (readonly [string, Word])[] = []
    for (const [key, { word }] of this.#words) {
      if (first.length === count) break
      first.push([key, word])
    }
    return first
  }

  /** The word has been taken. A newer one for the same key stays, behind those that wait already. */
  done(key: string, word: Word, nowMs: number): void {
    const untold = this.#words.get(key)
    this.#words.delete(key)
    if (untold !== undefined && untold.word !== word)
      this.#words.set(key, { word: untold.word, sinceMs: nowMs })
  }
}
