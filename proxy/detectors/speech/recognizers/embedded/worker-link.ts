/**
 * The media loop's side of one worker: what is asked of it, what it answers, and whether it is there, in time, or neither.
 * Never waits. A worker that falls behind is asked nothing more until it has caught up; what is not asked is not judged.
 */
import { RecordRing } from './record-ring.js'
import { ANSWER, REQUEST } from './spotter-service.js'

/** A second of 500 tracks of 8 kHz: 500 x 16 kB, and a sixth for the heads of the records. */
const REQUEST_BYTES = 1 << 23
/** A batch of 4,000 watermarks and as many words is 0.26 MB. */
const ANSWER_BYTES = 1 << 19
/** A worker that is further behind than this is asked nothing more, ms; well below a hold-back, so that what it does is of use. */
const BEHIND_MS = 1_000
/** It is asked again when it is no further behind than this, ms: two batches. */
const CAUGHT_UP_MS = 200
/** A worker that reads nothing for so long although it is asked is not alive, ms. */
const FROZEN_MS = 3_000

/** What a thread does; one that is lost is starting again. */
export type ThreadState = 'starting' | 'listening' | 'behind'

/** Whoever asked, and is told. */
export interface LinkClient {
  /** What ANSWER.word packs. */
  heard(packed: number, startSample: number, endSample: number): void
  /** Class `word`, a word of payment, may have been said. */
  suspected(word: number, startSample: number, endSample: number): void
  judged(sample: number): void
  /** The worker is gone; nothing that it has not told yet will come. */
  lost(): void
}

/** Up to where something had been asked, and when. */
interface Mark {
  readonly writtenBytes: number
  readonly atMs: number
}

export class WorkerLink {
  readonly requests = RecordRing.create(REQUEST_BYTES)
  readonly answers = RecordRing.create(ANSWER_BYTES)
  readonly #clients = new Map<number, LinkClient>()
  /** Streams that are over, but of which the worker does not know yet: there was no room. */
  readonly #unclosed = new Set<number>()
  #marks: Mark[] = []
  #isReady = false
  #isBehind = false
  #lastReadBytes = 0
  #lastReadAtMs = 0
  #isGone = false

  /** @param worked told of every batch: how much audio it was, and how long it took */
  constructor(
    nowMs: number,
    private readonly worked: (audioMs: number, busyMs: number) => void = () => {},
  ) {
    this.#lastReadAtMs = nowMs
  }

  get streamCount(): number {
    return this.#clients.size
  }

  /** `starting` until the worker says that it listens; what it is asked before waits for it. */
  get state(): ThreadState {
    if (!this.#isReady) return 'starting'
    return this.#isBehind ? 'behind' : 'listening'
  }

  /** Whether more may be asked now. */
  get isOpen(): boolean {
    return !this.#isGone && !this.#isBehind
  }

  /** False when there was no room; the worker then counts as behind until it has caught up. Hot. */
  ask(kind: number, stream: number, a: number, b = 0, count = 0, samples?: Int16Array): boolean {
    if (!this.isOpen) return false
    if (this.requests.write(kind, stream, a, b, count, samples)) return true
    this.#isBehind = true
    return false
  }

  /** False when the worker is behind, or gone. */
  open(
    stream: number,
    client: LinkClient,
    fromSample: number,
    sampleRateHz: number,
    clockRateHz: number,
  ): boolean {
    if (!this.ask(REQUEST.open, stream, fromSample, clockRateHz, sampleRateHz)) return false
    this.#clients.set(stream, client)
    return true
  }

  close(stream: number): void {
    this.#clients.delete(stream)
    if (!this.#isGone && !this.requests.write(REQUEST.close, stream, 0, 0, 0)) this.#unclosed.add(stream)
  }

  /** Hands what has been answered to whom it concerns. Hot. */
  collect(): void {
    if (this.answers.waitingBytes === 0) return
    this.answers.readAll(({ kind, stream, count, a, b }) => {
      if (kind === ANSWER.ready) this.#isReady = true
      else if (kind === ANSWER.batch) this.worked(a, b)
      else if (kind === ANSWER.word) this.#clients.get(stream)?.heard(count, a, b)
      else if (kind === ANSWER.suspected) this.#clients.get(stream)?.suspected(count, a, b)
      else this.#clients.get(stream)?.judged(a)
    })
  }

  /** How long ago the oldest thing that it has not read was asked, ms. */
  lagMs(nowMs: number): number {
    return this.#marks[0] === undefined ? 0 : nowMs - this.#marks[0].atMs
  }

  /** Time passes, about every batch; returns false when the worker does not live. */
  tick(nowMs: number): boolean {
    const { readBytes, writtenBytes } = this.requests
    const isRead = ({ writtenBytes }: Mark): boolean => ((readBytes - writtenBytes) | 0) >= 0
    this.#marks = this.#marks.filter((mark) => !isRead(mark))
    if (readBytes !== writtenBytes) this.#marks.push({ writtenBytes, atMs: nowMs })
    this.#isBehind = this.lagMs(nowMs) > (this.#isBehind ? CAUGHT_UP_MS : BEHIND_MS)
    if (readBytes !== this.#lastReadBytes || readBytes === writtenBytes) {
      this.#lastReadBytes = readBytes
      this.#lastReadAtMs = nowMs
    }
    for (const stream of this.#unclosed)
      if (this.requests.write(REQUEST.close, stream, 0, 0, 0)) this.#unclosed.delete(stream)
    this.collect()
    return nowMs - this.#lastReadAtMs < FROZEN_MS
  }

  /** The worker is gone: everybody is told, and what it had been given is overwritten. */
  lose(): void {
    this.collect()
    this.#isGone = true
    this.requests.wipe()
    this.answers.wipe()
    const clients = [...this.#clients.values()]
    this.#clients.clear()
    for (const client of clients) client.lost()
  }
}
