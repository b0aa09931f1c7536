/**
 * The connection to NATS and the two buckets: dials for ever, opens the buckets and reads them anew whenever it is back, and
 * writes what is in their outboxes, each by itself: where steps never cease, calls are told all the same. What the entries
 * mean is not known here.
 *
 *   PREFIX_calls   in memory: which process has which call; gone after an hour unless said again
 *   PREFIX_steps   on disk:   open steps, words on consent, waiting signals, early ends; gone after a day
 *   PREFIX_used    on disk:   tokens and deliveries that have been used; gone when nobody could show them any more. It is asked
 *                             where something is shown, and not read as a whole
 */
import { JetStreamApiCodes, JetStreamApiError, jetstream } from '@nats-io/jetstream'
import { type KV, Kvm, type KvOptions } from '@nats-io/kv'
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node'
import type { Clock } from '../base/clock.js'
import { SIGNAL_TTL_SECONDS_MAX } from '../base/limits.js'
import { credentialsOf } from '../nats/credentials.io.js'
import type { NatsOptions } from './options.js'
import { Outbox } from './outbox.js'

export const buckets = ['calls', 'steps'] as const
export type BucketName = (typeof buckets)[number]

/** A token lives an hour, and a delivery that is dated an hour ahead may be shown for two; one more for clocks. */
const USED_TTL_MS = 3 * 3_600_000
/** Longest wait for a word on what has been used, ms: as for another process' answer. */
const USED_MS_MAX = 1_000
/** Calls are said again three times an hour; a process that has died is forgotten by its silence, long before. */
const CALLS_TTL_MS = 3_600_000
/** Of a beat, between two dials, and up to as much again by chance, so that a fleet does not come back at once: 250 ms. */
const REDIAL_BEATS = 1 / 8
/** A server that does not answer so many pings, one a beat, is given up: 2 to 4 s. */
const PINGS_UNANSWERED_MAX = 1
/** Longest wait for the server's word on anything, ms. */
const ANSWER_MS_MAX = 2_000
/** Writes under way at once: an answer takes two looks at the sockets, and a busy minute has thousands of words. */
const WRITES_MAX = 512
/** A sealed signal is 1 kB at most, with its longest names; larger values are not ours. */
const VALUE_BYTES_MAX = 16 * 1024

/** The server says that the name has another revision. */
const outrun: readonly number[] = [
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
]

export interface NatsLinkHandler {
  /** The buckets are open and their content comes; `connection` is there for requests. */
  opened(connection: NatsConnection): void
  /** The connection is gone, or has gone and come back. */
  lost(): void
  /** A key has this value, or no longer has one. */
  entry(bucket: BucketName, key: string, value: Uint8Array | null): void
  /** Something has been written that waited. */
  written(): void
  /** Too much waits to be written: the oldest of it is given up. */
  wordLost(): void
}

export class NatsLink {
  readonly outboxes: Readonly<Record<BucketName, Outbox>>
  #connection: NatsConnection | null = null
  #open: Readonly<Record<BucketName, KV>> | null = null
  #used: KV | null = null
  /** Counts openings: what an older one still says is not heard. */
  #opening = 0
  readonly #writing = new Set<BucketName>()
  readonly #writers: Partial<Record<BucketName, Promise<void>>> = {}
  #isClosed = false

  /** @param beatMs the pace of pings and redials, ms */
  constructor(
    private readonly options: NatsOptions,
    private readonly clock: Pick<Clock, 'nowMs'>,
    private readonly beatMs: number,
    private readonly handler: NatsLinkHandler,
  ) {
    const lost = (): void => handler.wordLost()
    this.outboxes = { calls: new Outbox(lost), steps: new Outbox(lost) }
  }

  /** Dials until there is a connection, which then redials by itself. */
  async start(): Promise<void> {
    while (!this.#isClosed) {
      try {
        const connection = await connect(connectionOptionsOf(this.options, this.beatMs))
        this.#connection = connection
        void this.#follow(connection)
        await this.open()
        return
      } catch {
        const pauseMs = this.beatMs * REDIAL_BEATS * (1 + Math.random())
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
  }

  /** Opens the buckets, makes them when they are not there, and reads them from the beginning. */
  async open(): Promise<void> {
    const connection = this.#connection
    if (connection === null || this.#isClosed) return
    const opening = ++this.#opening
    this.#open = null
    try {
      const manager = new Kvm(jetstream(connection, { timeout: ANSWER_MS_MAX }))
      const quick = new Kvm(jetstream(connection, { timeout: USED_MS_MAX }))
      const [calls, steps, used] = await Promise.all([
        bucketOf(manager, `${this.options.bucketPrefix}_calls`, this.#limits('calls')),
        bucketOf(manager, `${this.options.bucketPrefix}_steps`, this.#limits('steps')),
        bucketOf(quick, `${this.options.bucketPrefix}_used`, this.#limits('used')),
      ])
      if (opening !== this.#opening) return
      this.#open = { calls, steps }
      this.#used = used
      this.handler.opened(connection)
      for (const bucket of buckets) void this.#watch(bucket, this.#open[bucket], opening)
      this.write()
    } catch {
      // No word from JetStream: whoever watches for it tries again.
    }
  }

  /** Writes what is in the outboxes, as long as it is taken. */
  write(): void {
    for (const bucket of buckets)
      if (!this.#writing.has(bucket)) this.#writers[bucket] = this.#writeAll(bucket)
  }

  /** Writes past what waits. What is not taken is not tried again. */
  async writeNow(bucket: BucketName, key: string, word: Uint8Array): Promise<void> {
    try {
      await this.#open?.[bucket].put(key, word)
    } catch {
      // Whoever needs it says it again.
    }
  }

  /** What stands under this name among what has been used, and in which revision; null: nothing. Rejects without an answer. */
  async used(key: string): Promise<{ readonly value: Uint8Array; readonly revision: number } | null> {
    if (this.#used === null) throw new Error('the directory is not open')
    return this.#used.get(key)
  }

  /**
   * Writes it unless the name has another revision by now, 0: any. Returns the new revision; null: somebody else was first.
   * Rejects without an answer, and then it may have been written or not.
   */
  async use(key: string, value: Uint8Array, revision: number): Promise<number | null> {
    if (this.#used === null) throw new Error('the directory is not open')
    try {
      return await this.#used.put(key, value, { previousSeq: revision })
    } catch (error) {
      if (error instanceof JetStreamApiError && outrun.includes(error.code)) return null
      throw error
    }
  }

  async #writeAll(bucket: BucketName): Promise<void> {
    const open = this.#open
    if (open === null) return
    const outbox = this.outboxes[bucket]
    this.#writing.add(bucket)
    try {
      while (outbox.size > 0 && open === this.#open) {
        await this.#writeSome(outbox, open[bucket])
        this.handler.written()
      }
    } catch {
      // What was not taken stays, and is tried again with the next beat.
    } finally {
      this.#writing.delete(bucket)
    }
  }

  async #writeSome(outbox: Outbox, bucket: KV): Promise<void> {
    await Promise.all(
      outbox.first(WRITES_MAX).map(async ([key, word]) => {
        await (word === null ? bucket.purge(key) : bucket.put(key, word))
        outbox.done(key, word, this.clock.nowMs())
      }),
    )
  }

  async close(): Promise<void> {
    this.write()
    await Promise.all(Object.values(this.#writers))
    this.#isClosed = true
    this.#opening++
    await this.#connection?.close().catch(() => {})
  }

  #limits(bucket: BucketName | 'used'): Partial<KvOptions> {
    const common = { replicas: this.options.replicas, history: 1, maxValueSize: VALUE_BYTES_MAX }
    switch (bucket) {
      case 'calls':
        return { ...common, ttl: CALLS_TTL_MS, storage: 'memory' }
      case 'steps':
        return { ...common, ttl: SIGNAL_TTL_SECONDS_MAX * 1000, storage: 'file' }
      case 'used':
        // The leader alone answers: a replica may not have heard yet.
        return { ...common, ttl: USED_TTL_MS, storage: 'file', allow_direct: false }
    }
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect' || type === 'staleConnection') this.#lost()
      else if (type === 'reconnect') {
        this.#lost()
        void this.open()
      }
    }
  }

  #lost(): void {
    this.#opening++
    this.#open = null
    this.#used = null
    this.handler.lost()
  }

  async #watch(bucket: BucketName, kv: KV, opening: number): Promise<void> {
    try {
      const entries = await kv.watch()
      for await (const { key, value, operation } of entries) {
        if (opening !== this.#opening) return entries.stop()
        this.handler.entry(bucket, key, operation === 'PUT' ? value : null)
      }
    } catch {
      // The beat that does not come back says so.
    }
  }
}

const bucketOf = async (manager: Kvm, name: string, limits: Partial<KvOptions>): Promise<KV> => {
  try {
    return await manager.create(name, limits)
  } catch {
    // There already, with limits of another version or an operator: those hold.
    return manager.open(name)
  }
}

const connectionOptionsOf = (options: NatsOptions, beatMs: number): NodeConnectionOptions => ({
  ...credentialsOf(options),
  maxReconnectAttempts: -1,
  reconnectTimeWait: beatMs * REDIAL_BEATS,
  reconnectJitter: beatMs * REDIAL_BEATS,
  reconnectJitterTLS: beatMs * REDIAL_BEATS,
  ignoreAuthErrorAbort: true,
  pingInterval: beatMs,
  maxPingOut: PINGS_UNANSWERED_MAX,
  timeout: ANSWER_MS_MAX,
})
