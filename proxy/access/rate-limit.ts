/** A bucket of tokens for each client: so many at once, so many a second thereafter. */
export class RateLimit {
  readonly #buckets = new Map<string, { level: number; atMs: number }>()

  /**
   * @param burst requests at once
   * @param perSecond requests a second thereafter
   * @param clientsMax clients remembered; the oldest are forgotten, and begin anew with a full bucket
   */
  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
    private readonly clientsMax: number,
  ) {}

  /** Takes one; false when the client's bucket is empty. */
  take(client: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(client) ?? { level: this.burst, atMs: nowMs }
    const level = Math.min(this.burst, bucket.level + ((nowMs - bucket.atMs) / 1000) * this.perSecond)
    this.#buckets.delete(client)
    this.#buckets.set(client, { level: level < 1 ? level : level - 1, atMs: nowMs })
    if (this.#buckets.size > this.clientsMax) this.#buckets.delete(this.#buckets.keys().next().value!)
    return level >= 1
  }
}
