/**
 * The processes of one host, as their primary knows them: which of them has which call, and what holds for calls. Everything
 * that outlives a process is kept here and in every worker, so that a call whose process has gone is silent from its first
 * sample wherever it comes back; a worker tells of a step before it answers for it, and no answer overtakes that.
 */
import { type CallAddress, CallRegistry, type CallStream } from '../session/call-registry.js'
import { ControlPlane } from '../session/control-plane.js'
import type { CallRef, KeptJournal, KeptRecord } from '../session/kept-signals.js'
import type { Signal, SignalAnswer } from '../session/signal.js'
import type { CallPlace } from './call-map.js'
import { DirectoryRouter, type HereControl } from './router.js'

/** A stream at a worker, which has numbered it. */
export interface HostStream extends CallStream {
  readonly worker: number
  readonly key: number
}

/** What is kept for calls, or no longer, or has ended before it began. */
export type KeptWord =
  | { readonly kind: 'ended-early'; readonly end: Signal }
  | { readonly kind: 'kept'; readonly record: KeptRecord; readonly leftMs: number }
  | { readonly kind: 'over'; readonly record: KeptRecord }

export interface HostParts {
  /** The workers: all of them but one are told, one is asked. Null: it has not answered in time. */
  readonly workers: {
    tell(word: KeptWord, except: number | null): void
    ask(worker: number, signal: Signal): Promise<SignalAnswer | null>
  }
  /** Who tells other hosts. */
  readonly outside: KeptJournal & { tell(stream: CallStream): void; untell(stream: CallStream): void }
  /** Monotonic, ms. */
  nowMs(): number
}

export class Host implements HereControl {
  readonly #calls = new CallRegistry<HostStream>()
  readonly #byWorker = new Map<number, Map<number, HostStream>>()
  readonly #kept: ControlPlane
  readonly #router: DirectoryRouter

  constructor(private readonly parts: HostParts) {
    this.#kept = new ControlPlane(new CallRegistry(), {
      kept: (record, leftMs) => this.#spread({ kind: 'kept', record, leftMs }, null),
      over: (record) => this.#spread({ kind: 'over', record }, null),
      endedEarly: (end) => this.#spread({ kind: 'ended-early', end }, null),
    })
    this.#router = new DirectoryRouter({
      registry: { find: () => [] },
      control: this.#kept,
      peers: {
        state: 'ok',
        find: ({ address, tenants }) => this.#calls.find(address, tenants).map(placeOf),
        ask: (worker, signal) => parts.workers.ask(Number(worker), signal),
      },
      nowMs: () => parts.nowMs(),
    })
  }

  // Calls.

  get streams(): ReadonlySet<HostStream> {
    return this.#calls.streams
  }

  find(address: CallAddress, tenants: readonly string[] | null): readonly HostStream[] {
    return this.#calls.find(address, tenants)
  }

  announced(stream: HostStream): void {
    const { worker, key } = stream
    this.#calls.add(stream)
    this.#byWorker.set(worker, (this.#byWorker.get(worker) ?? new Map<number, HostStream>()).set(key, stream))
    this.parts.outside.tell(stream)
  }

  withdrawn(worker: number, key: number): void {
    const streams = this.#byWorker.get(worker)
    const stream = streams?.get(key)
    if (stream === undefined) return
    streams?.delete(key)
    this.#calls.remove(stream)
    this.parts.outside.untell(stream)
  }

  /** A worker has gone, and its calls with it. What holds for them holds on. */
  gone(worker: number): void {
    for (const key of [...(this.#byWorker.get(worker)?.keys() ?? [])]) this.withdrawn(worker, key)
    this.#byWorker.delete(worker)
  }

  // Signals.

  async signal(signal: Signal): Promise<SignalAnswer> {
    return this.#router.signal(signal)
  }

  keepOrWithdraw(signal: Signal, nowMs: number): void {
    this.#kept.keepOrWithdraw(signal, nowMs)
  }

  hasStep(ref: CallRef, signal: Signal): boolean {
    return this.#kept.hasStep(ref, signal)
  }

  // What outlives a process.

  /** A worker says so. */
  heard(word: KeptWord, worker: number): void {
    this.#note(word)
    this.#spread(word, worker)
  }

  /** Another host says so. */
  adopt(record: KeptRecord, expiresAtMs: number, nowMs: number): void {
    this.#learn({ kind: 'kept', record, leftMs: expiresAtMs - nowMs })
  }

  disown(record: KeptRecord): void {
    this.#learn({ kind: 'over', record })
  }

  noteEarlyEnd(end: Signal): void {
    this.#learn({ kind: 'ended-early', end })
  }

  /** Workers say again by themselves what holds for the calls that they have. */
  *held(): Generator<readonly [KeptRecord, leftMs: number]> {}

  /** For a worker that begins. */
  all(): (readonly [KeptRecord, leftMs: number])[] {
    return [...this.#kept.all(this.parts.nowMs())]
  }

  /** For a worker that begins. */
  get earlyEnds(): Signal[] {
    return this.#kept.earlyEnds
  }

  /** Called about once a second. */
  expire(): void {
    this.#kept.expire(this.parts.nowMs())
  }

  #learn(word: KeptWord): void {
    this.#note(word)
    this.parts.workers.tell(word, null)
  }

  #note(word: KeptWord): void {
    const nowMs = this.parts.nowMs()
    if (word.kind === 'kept') this.#kept.adopt(word.record, nowMs + word.leftMs, nowMs)
    else if (word.kind === 'over') this.#kept.disown(word.record)
    else this.#kept.noteEarlyEnd(word.end)
  }

  #spread(word: KeptWord, except: number | null): void {
    const { workers, outside } = this.parts
    workers.tell(word, except)
    if (word.kind === 'kept') outside.kept(word.record, word.leftMs)
    else if (word.kind === 'over') outside.over(word.record)
    else outside.endedEarly?.(word.end)
  }
}

const placeOf = (stream: HostStream): CallPlace => ({ instance: `${stream.worker}`, ref: stream })
