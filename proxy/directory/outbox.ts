/** What has to be told to a bucket, the newest word for each key: what was said before it need not be said any more. */

/** Steps of 4,000 calls and their addresses, several times over; 500 bytes each. At the limit the oldest goes, and is counted. */
export const OUTBOX_MAX = 50_000

/** `null`: the key is to go. */
export type Word = Uint8Array | null

export class Outbox {
  readonly #words = new Map<string, Word>()

  /** @param lost told of every word that is given up */
  constructor(private readonly lost: () => void) {}

  get size(): number {
    return this.#words.size
  }

  put(key: string, word: Word): void {
    this.#words.set(key, word)
    if (this.#words.size <= OUTBOX_MAX) return
    const oldest = this.#words.keys().next().value
    if (oldest === undefined) return
    this.#words.delete(oldest)
    this.lost()
  }

  /** The oldest words, which stay until they are `done`. */
  first(count: number): (readonly [string, Word])[] {
    const first: (readonly [string, Word])[] = []
    for (const entry of this.#words) {
      if (first.length === count) break
      first.push(entry)
    }
    return first
  }

  /** The word has been taken. A newer one for the same key stays. */
  done(key: string, word: Word): void {
    if (this.#words.get(key) === word) this.#words.delete(key)
  }
}
