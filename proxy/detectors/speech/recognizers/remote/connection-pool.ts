/** A connection, and how many streams are on it. */
export interface Pooled<C> {
  readonly connection: C
  readonly key: string
  streams: number
}

/**
 * Streams on one connection: peers and what lies before them allow 100, and the library would let further ones wait
 * (grpc.io/docs/guides/performance: a pool of channels).
 */
export const STREAMS_PER_CONNECTION_MAX = 90

/** Connections to recognisers, shared by all calls: several to a place where one cannot carry its streams. */
export class ConnectionPool<C> {
  readonly #pools = new Map<string, Pooled<C>[]>()

  constructor(private readonly close: (connection: C) => void) {}

  /** A connection to the place of this key with room for one more stream, which is counted at once; `release` takes it off. */
  acquire(key: string, make: () => C): Pooled<C> {
    const pool = this.#pools.get(key) ?? []
    this.#pools.set(key, pool)
    let pooled = pool.find(({ streams }) => streams < STREAMS_PER_CONNECTION_MAX)
    if (pooled === undefined) {
      pooled = { connection: make(), key, streams: 0 }
      pool.push(pooled)
    }
    pooled.streams++
    return pooled
  }

  /** A stream is over. The last one closes the connection, unless that is the only one of its place: it is kept for the next. */
  release(pooled: Pooled<C>): void {
    pooled.streams--
    const pool = this.#pools.get(pooled.key) ?? []
    if (pooled.streams > 0 || pool[0] === pooled) return
    this.retire(pooled)
    this.close(pooled.connection)
  }

  /** Takes no more streams: one on it was given up, and another way may be better. */
  retire(pooled: Pooled<C>): void {
    const pool = this.#pools.get(pooled.key) ?? []
    this.#pools.set(
      pooled.key,
      pool.filter((other) => other !== pooled),
    )
  }

  closeAll(): void {
    for (const { connection } of [...this.#pools.values()].flat()) this.close(connection)
    this.#pools.clear()
  }
}
