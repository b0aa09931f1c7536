/**
 * The recorder's erasure hook: audio that should not have left is asked back, over HTTPS, signed, until the recorder confirms
 * or the tries are used up. One request at a time per process: this is an alarm, not a stream.
 *
 *   POST url   x-hushfork-timestamp: seconds since 1970     x-hushfork-delivery: the same for every try of one request
 *              x-hushfork-signature: v1=HMAC-SHA-256(key, timestamp "." body), hex
 *   body       {"callId", "endSample", "reason", "sampleRate", "startEpochMs", "startSample", "streamId", "tracks"}
 *
 * Any 2xx confirms. Everything else, a redirect too, is tried again later: a recorder may not have filed the call yet.
 */
import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../base/clock.js'
import { canonical } from '../ledger/chain.js'
import type { StreamRef } from '../ledger/entry.js'
import type { Ledger } from '../ledger/ledger.js'
import type { ErasureState } from '../metrics/metrics.js'
import type { TrackRange } from '../policy/audit.js'
import { randomUuid } from './auth-context.js'
import type { Log } from './log.js'

/** Requests that wait: a late detector on every call of a full process. What finds no room counts as failed, loudly. */
const WAITING_MAX = 4_000
/** Tries of one request, pauses doubling from one second to five minutes: about an hour in all. */
const TRIES_MAX = 20
const PAUSE_MS_MIN = 1_000
const PAUSE_MS_MAX = 300_000
/** An answer that takes longer is none, ms. */
const ANSWER_MS_MAX = 10_000
/** Ranges of one reason that are this close are asked for at once, seconds. */
const MERGE_SECONDS = 1

/** Where a recorder takes requests. */
export interface ErasureTarget {
  readonly url: URL
  /** Shared with the recorder; never logged. */
  readonly key: string
}

/** What is to be erased. */
export interface ErasureRange extends TrackRange {
  readonly ref: StreamRef
  readonly reason: string
  readonly sampleRate: number
  /** Instant of `startSample`, ms since 1970. */
  readonly startEpochMs: number
}

export interface ErasureClientParts {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly log: Log
  readonly metrics: { erasure(state: ErasureState): void }
  /** Pause before the first further try, ms. */
  readonly pauseMs?: number
}

interface Waiting {
  readonly target: ErasureTarget
  range: ErasureRange
  readonly delivery: string
  tries: number
  dueMs: number
}

export class ErasureClient {
  #waiting: Waiting[] = []
  #running: Promise<void> | null = null
  readonly #stop = new AbortController()

  constructor(private readonly parts: ErasureClientParts) {}

  /** Asks the recorder behind `target` to erase a range. Never throws, never waits. */
  ask(target: ErasureTarget, range: ErasureRange): void {
    const open = this.#waiting.find((waiting) => waiting.tries === 0 && isNext(waiting.range, range))
    if (open !== undefined) {
      open.range = joined(open.range, range)
      return
    }
    if (this.#waiting.length >= WAITING_MAX || this.#stop.signal.aborted) {
      noteErasure(this.parts, 'failed', range, 0)
      return
    }
    const dueMs = this.parts.clock.nowMs()
    this.#waiting.push({ target, range, delivery: randomUuid(), tries: 0, dueMs })
    this.#start()
  }

  /** Tries what waits once more, then gives up on it: the process must go. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
    for (const waiting of this.#waiting) await this.#try(waiting, true)
    this.#waiting = []
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = null
      if (this.#waiting.length > 0 && !this.#stop.signal.aborted) this.#start()
    })
  }

  async #run(): Promise<void> {
    // The call goes on first: more of the same may be on its way.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0 && !this.#stop.signal.aborted) {
      const next = this.#waiting.reduce((a, b) => (b.dueMs < a.dueMs ? b : a))
      const pauseMs = next.dueMs - this.parts.clock.nowMs()
      if (pauseMs > 0) await this.#pause(Math.min(pauseMs, PAUSE_MS_MIN))
      else await this.#try(next, false)
    }
  }

  /** Looks up now and then: a newer request may be due before an older one's next try. */
  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { ref: false, signal: this.#stop.signal }).catch(() => undefined)
  }

  async #try(waiting: Waiting, isLast: boolean): Promise<void> {
    if (waiting.tries++ === 0) noteErasure(this.parts, 'asked', waiting.range, 0)
    const isDone = await this.#post(waiting)
    const isOver = isDone || isLast || waiting.tries >= TRIES_MAX
    if (isOver) {
      this.#waiting = this.#waiting.filter((other) => other !== waiting)
      noteErasure(this.parts, isDone ? 'confirmed' : 'failed', waiting.range, waiting.tries)
      return
    }
    const pauseMs = (this.parts.pauseMs ?? PAUSE_MS_MIN) * 2 ** (waiting.tries - 1)
    waiting.dueMs = this.parts.clock.nowMs() + Math.min(PAUSE_MS_MAX, pauseMs)
  }

  async #post({ target: { url, key }, range, delivery }: Waiting): Promise<boolean> {
    const body = erasureBody(range)
    const timestamp = String(Math.floor(this.parts.clock.epochMs() / 1000))
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
        headers: {
          'content-type': 'application/json',
          'x-hushfork-timestamp': timestamp,
          'x-hushfork-delivery': delivery,
          'x-hushfork-signature': erasureSignature(key, timestamp, body),
        },
        body,
      })
      await response.body?.cancel()
      return response.ok
    } catch {
      return false
    }
  }
}

/** What is signed and sent: canonical JSON (RFC 8785). */
const erasureBody = ({ ref: { callId, streamId }, ...range }: ErasureRange): string =>
  canonical({ callId, streamId, ...range })

/** The value of `x-hushfork-signature`. */
const erasureSignature = (key: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', key).update(`${timestamp}.${body}`, 'utf8').digest('hex')}`

/** Counts what became of an erasure, and tells the log and the ledger. */
export const noteErasure = (
  { ledger, log, metrics }: Omit<ErasureClientParts, 'clock'>,
  state: ErasureState,
  { ref, reason, sampleRate, tracks, startSample, endSample }: ErasureRange,
  attempts: number,
): void => {
  metrics.erasure(state)
  ledger.append({
    kind: 'erasure',
    ...ref,
    state,
    reason,
    sampleRate,
    tracks,
    startSample,
    endSample,
    ...(attempts > 0 && { attempts }),
  })
  if (state === 'failed') log.error({ reason, attempts }, 'what had left could not be erased')
  else log.warn({ reason, state }, 'erasure')
}

const isNext = (a: ErasureRange, b: ErasureRange): boolean =>
  a.ref.callId === b.ref.callId &&
  a.ref.streamId === b.ref.streamId &&
  a.reason === b.reason &&
  b.startSample <= a.endSample + MERGE_SECONDS * a.sampleRate &&
  a.startSample <= b.endSample + MERGE_SECONDS * a.sampleRate

const joined = (a: ErasureRange, b: ErasureRange): ErasureRange => ({
  ...(a.startSample <= b.startSample ? a : b),
  tracks: [...new Set([...a.tracks, ...b.tracks])].sort((x, y) => x - y),
  endSample: Math.max(a.endSample, b.endSample),
})
