import type { Clock } from '../../base/clock.js'
import { type Directory, LEASE_MS_MIN, RENEW_MS } from '../../directory/directory.js'
import type { KeptWord } from '../../directory/host.js'
import { JustEnded } from '../../directory/just-ended.js'
import { SplitSilence } from '../../directory/split-silence.js'
import type { LiveStream } from '../../session/call-registry.js'
import type { ControlPlane } from '../../session/control-plane.js'
import { addressKey, type KeptRecord, refKey, scopeOf } from '../../session/kept-signals.js'
import type { Signal } from '../../session/signal.js'
import type { FromWorker, HostState, WorkerSetup } from './messages.js'

/** A worker's directory is its primary, which is never split from it: they begin and end together. */
export class WorkerDirectory implements Directory {
  readonly state = 'ok'
  readonly #keys = new Map<LiveStream, number>()
  readonly #justEnded = new JustEnded()
  readonly #silence = new SplitSilence()
  #lastKey = 0
  #isSplit: boolean
  #control: ControlPlane | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly setup: Pick<WorkerSetup, 'kept' | 'earlyEnds' | 'state'>,
    private readonly clock: Clock,
    private readonly tell: (message: FromWorker) => void,
  ) {
    this.#isSplit = setup.state.isSplit
  }

  async start(control: ControlPlane): Promise<void> {
    this.#control = control
    for (const [record, leftMs] of this.setup.kept) this.hear({ kind: 'kept', record, leftMs })
    for (const end of this.setup.earlyEnds) control.noteEarlyEnd(end)
    this.#timer = setInterval(() => this.#renew(), RENEW_MS)
  }

  /** Somebody else says so. */
  hear(word: KeptWord): void {
    const nowMs = this.clock.nowMs()
    if (word.kind === 'ended-early') this.#control?.noteEarlyEnd(word.end)
    else if (word.kind === 'over') this.#control?.disown(word.record)
    else if (!this.#justEnded.has(nameOf(word.record), nowMs))
      this.#control?.adopt(word.record, nowMs + word.leftMs, nowMs)
  }

  stateIs({ isSplit }: HostState): void {
    this.#isSplit = isSplit
    if (isSplit) return
    this.#silence.end(this.clock.nowMs())
    this.#renew()
  }

  announce(stream: LiveStream, whenSplit: 'as-usual' | 'start-silent'): void {
    const { callId, streamId, tenant, aliases } = stream
    const key = ++this.#lastKey
    this.#keys.set(stream, key)
    this.tell({ kind: 'announced', stream: { callId, streamId, tenant, aliases, key } })
    if (whenSplit === 'start-silent' && this.#isSplit) this.#silence.begin(stream.session, this.clock.nowMs())
  }

  withdraw(stream: LiveStream): void {
    const key = this.#keys.get(stream)
    this.#keys.delete(stream)
    this.#silence.forget(stream.session)
    if (key !== undefined) this.tell({ kind: 'withdrawn', key })
  }

  kept(record: KeptRecord, leftMs: number): void {
    const leaseMs = record.kind === 'holds' ? Math.max(leftMs, LEASE_MS_MIN + RENEW_MS) : leftMs
    this.tell({ kind: 'kept', record, leftMs: leaseMs })
  }

  over(record: KeptRecord): void {
    this.#justEnded.note(nameOf(record), this.clock.nowMs())
    this.tell({ kind: 'over', record })
  }

  endedEarly(end: Signal): void {
    this.tell({ kind: 'ended-early', end })
  }

  find(): readonly [] {
    return []
  }

  async ask(): Promise<null> {
    return null
  }

  async calls(): Promise<readonly []> {
    return []
  }

  figures() {
    return { isTogether: true, backlog: 0 }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
  }

  /** Said again, what holds for calls that are here outlives this process by its lease, whenever it goes. */
  #renew(): void {
    const nowMs = this.clock.nowMs()
    this.#justEnded.expire(nowMs)
    for (const [record, leftMs] of this.#control?.held(nowMs) ?? []) this.kept(record, leftMs)
  }
}

const nameOf = (record: KeptRecord): string =>
  record.kind === 'holds'
    ? `holds ${refKey(record.ref)} ${record.slot}`
    : `waits ${scopeOf(record.signal)} ${addressKey(record.signal.address)} ${record.slot}`
