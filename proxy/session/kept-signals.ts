/** Signals that outlive the moment: those that wait for their call, and what holds for a call while its streams come and go. */
import { OPEN_STEPS_PER_KIND_MAX, PENDING_SIGNALS_MAX } from '../base/limits.js'
import type { StepOrigin } from '../policy/ending.js'
import { stepKey } from '../policy/open-spans.js'
import type { CallSignal, StepSignal } from '../policy/signal.js'
import { aliasOf, type CallAddress, type LiveStream } from './call-registry.js'
import type { Signal } from './signal.js'

/** How long what names no time-to-live waits for its call, ms. A PBX forks within seconds of an answer. */
const PENDING_MS = 120_000

/** A signal that waits, or holds. `expiresAtMs` is monotonic. */
interface Kept<S extends CallSignal> {
  readonly signal: S
  expiresAtMs: number
}

/**
 * What is kept here as somebody else may keep it too: a step or a word on consent that holds for a call, or a signal that
 * waits for one. `slot` names it among those of the same call or address.
 */
export type KeptRecord =
  | { readonly kind: 'holds'; readonly ref: CallRef; readonly slot: string; readonly signal: CallSignal }
  | { readonly kind: 'waits'; readonly slot: string; readonly signal: Signal }

/** Told of everything that is kept, renewed or over, so that it outlives this process. What expires everybody sees alone. */
export interface KeptJournal {
  /** Kept, or its lease renewed, for `leftMs` from now. */
  kept(record: KeptRecord, leftMs: number): void
  over(record: KeptRecord): void
  /** A dated end found no step: an older start of it, that comes later, is over. Left out: no other process need know. */
  endedEarly?(end: Signal): void
}

/** For a process that shares nothing. */
export const noJournal: KeptJournal = { kept() {}, over() {} }

const waitMsOf = ({ ttlMs }: CallSignal): number => ttlMs ?? PENDING_MS

/** What a newer signal replaces: a start its own repetition, consent whatever was said of it before. */
const slotOf = (signal: CallSignal): string =>
  signal.kind === 'consent' ? signal.kind : `${signal.kind}:${stepKey(signal)}`

const callKey = (callId: string): string => `call:${callId}`
const aliasKey = (alias: string): string => `alias:${alias}`

export const addressKey = (address: CallAddress): string =>
  address.kind === 'call' ? callKey(address.callId) : aliasKey(aliasOf(address.key, address.value))

const isOf = ({ tenants }: Signal, tenant: string): boolean => tenants === null || tenants.includes(tenant)

/** Signals whose call is not here yet, by how they name it. A call takes only what is meant for its tenant. */
export class WaitingSignals {
  readonly #byAddress = new Map<string, Kept<Signal>[]>()
  #count = 0

  constructor(private readonly journal: KeptJournal = noJournal) {}

  get count(): number {
    return this.#count
  }

  /** False when too many wait already, and this one is not kept. */
  add(signal: Signal, nowMs: number): boolean {
    if (!this.adopt(signal, nowMs + waitMsOf(signal))) return false
    this.journal.kept(recordOf(signal), waitMsOf(signal))
    return true
  }

  /** Keeps what waits elsewhere as well; otherwise as `add`. */
  adopt(signal: Signal, expiresAtMs: number): boolean {
    const { key, waiting, others } = this.#beside(signal)
    if (this.#count >= PENDING_SIGNALS_MAX && others.length === waiting.length) return false
    this.#keep(key, [...others, { signal, expiresAtMs }])
    return true
  }

  /** Removes the start that this end is about; true when it waited. */
  withdraw(signal: Signal): boolean {
    const isWithdrawn = this.disown(signal)
    if (isWithdrawn) this.journal.over(recordOf(signal))
    return isWithdrawn
  }

  /** Removes what no longer waits elsewhere; true when it waited here. */
  disown(signal: Signal): boolean {
    const { key, waiting, others } = this.#beside(signal)
    this.#keep(key, others)
    return others.length < waiting.length
  }

  /** Everything that waits, with its time left. */
  *all(nowMs: number): Generator<readonly [KeptRecord, leftMs: number]> {
    for (const waiting of this.#byAddress.values())
      for (const { signal, expiresAtMs } of waiting) yield [recordOf(signal), expiresAtMs - nowMs]
  }

  /** Hands out what has waited for this stream's call, in order. */
  claim({ callId, aliases, tenant }: LiveStream, nowMs: number): Signal[] {
    return [callKey(callId), ...aliases.map(aliasKey)].flatMap((key) => {
      const waiting = this.#byAddress.get(key) ?? []
      this.#keep(
        key,
        waiting.filter(({ signal }) => !isOf(signal, tenant)),
      )
      const claimed = waiting.filter(({ signal }) => isOf(signal, tenant))
      for (const { signal } of claimed) this.journal.over(recordOf(signal))
      return claimed.filter(({ expiresAtMs }) => expiresAtMs > nowMs).map(({ signal }) => signal)
    })
  }

  expire(nowMs: number): void {
    for (const [key, waiting] of this.#byAddress)
      this.#keep(
        key,
        waiting.filter(({ expiresAtMs }) => expiresAtMs > nowMs),
      )
  }

  /** What waits at the address, and what of it is not this signal's: two tenants may name their calls alike. */
  #beside(signal: Signal) {
    const key = addressKey(signal.address)
    const waiting = this.#byAddress.get(key) ?? []
    const slot = slotOf(signal)
    const scope = scopeOf(signal)
    const others = waiting.filter(({ signal: other }) => slotOf(other) !== slot || scopeOf(other) !== scope)
    return { key, waiting, others }
  }

  #keep(key: string, waiting: Kept<Signal>[]): void {
    this.#count += waiting.length - (this.#byAddress.get(key)?.length ?? 0)
    if (waiting.length === 0) this.#byAddress.delete(key)
    else this.#byAddress.set(key, waiting)
  }
}

const recordOf = (signal: Signal): KeptRecord => ({ kind: 'waits', slot: slotOf(signal), signal })

/** Whose calls a signal may mean, as one word. Tenants' names have no commas. */
export const scopeOf = ({ tenants }: Signal): string => (tenants === null ? '*' : [...tenants].sort().join())

/** Which call: ids are unique within a tenant only. */
export interface CallRef {
  readonly tenant: string
  readonly callId: string
}

export const refKey = ({ tenant, callId }: CallRef): string => `${tenant}:${callId}`

const holding = ({ tenant, callId }: CallRef, slot: string, signal: CallSignal): KeptRecord => ({
  kind: 'holds',
  ref: { tenant, callId },
  slot,
  signal,
})

type KeptOfCall = Map<string, Kept<CallSignal>>

/** What holds for a call, for streams of it that are still to come: open steps, and the last word on consent. */
export class CallMemory {
  /** By call id, then tenant, then what it is about. */
  readonly #byCallId = new Map<string, Map<string, KeptOfCall>>()

  constructor(private readonly journal: KeptJournal = noJournal) {}

  /** Everything that holds for the call. */
  of(ref: CallRef): CallSignal[] {
    return [...(this.#kept(ref)?.values() ?? [])].map(({ signal }) => signal)
  }

  /** The calls of these tenants with this id for which anything holds, whether a stream of them is here or not. */
  refs(callId: string, tenants: readonly string[] | null): CallRef[] {
    return [...(this.#byCallId.get(callId)?.keys() ?? [])]
      .filter((tenant) => tenants === null || tenants.includes(tenant))
      .map((tenant) => ({ tenant, callId }))
  }

  /** Open steps of one kind. */
  steps(ref: CallRef, kind: StepSignal['kind']): StepSignal[] {
    return this.of(ref).filter((signal): signal is StepSignal => signal.kind === kind)
  }

  isOpen(ref: CallRef, signal: CallSignal): boolean {
    return this.#kept(ref)?.has(slotOf(signal)) ?? false
  }

  keep(ref: CallRef, signal: CallSignal, nowMs: number): void {
    if (!this.adopt(ref, signal, nowMs + waitMsOf(signal))) return
    this.journal.kept(holding(ref, slotOf(signal), signal), waitMsOf(signal))
  }

  /** Keeps what is kept elsewhere as well; otherwise as `keep`. False when too many steps of the kind are open. */
  adopt(ref: CallRef, signal: CallSignal, expiresAtMs: number): boolean {
    const kept: KeptOfCall = this.#kept(ref) ?? new Map()
    const slot = slotOf(signal)
    const known = kept.get(slot)
    if (signal.kind !== 'consent' && known !== undefined) known.expiresAtMs = expiresAtMs
    else if (signal.kind === 'consent' || this.steps(ref, signal.kind).length < OPEN_STEPS_PER_KIND_MAX)
      kept.set(slot, { signal, expiresAtMs })
    else return false
    const ofId = this.#byCallId.get(ref.callId) ?? new Map<string, KeptOfCall>()
    this.#byCallId.set(ref.callId, ofId.set(ref.tenant, kept))
    return true
  }

  /** The step is over. True when it was kept. */
  drop(ref: CallRef, kind: StepSignal['kind'], step: StepOrigin): boolean {
    const slot = `${kind}:${stepKey(step)}`
    const signal = this.disown(ref, slot)
    if (signal !== null) this.journal.over(holding(ref, slot, signal))
    return signal !== null
  }

  /** Forgets what is over elsewhere; what it was, if it was kept here. */
  disown(ref: CallRef, slot: string): CallSignal | null {
    const kept = this.#kept(ref)
    const entry = kept?.get(slot)
    kept?.delete(slot)
    if (kept?.size === 0) this.#forget(ref)
    return entry?.signal ?? null
  }

  /** Everything that holds, with its time left. */
  *all(nowMs: number): Generator<readonly [KeptRecord, leftMs: number]> {
    for (const [callId, ofId] of this.#byCallId)
      for (const [tenant, kept] of ofId)
        for (const [slot, { signal, expiresAtMs }] of kept)
          yield [holding({ tenant, callId }, slot, signal), expiresAtMs - nowMs]
  }

  /** What holds for a call that is here holds on; what holds for one that does not come back is forgotten. */
  expire(nowMs: number, isHere: (ref: CallRef) => boolean): void {
    for (const [callId, ofId] of this.#byCallId)
      for (const [tenant, kept] of ofId) {
        const ref = { tenant, callId }
        const isLive = isHere(ref)
        for (const [slot, entry] of kept)
          if (isLive) entry.expiresAtMs = Math.max(entry.expiresAtMs, nowMs + waitMsOf(entry.signal))
          else if (entry.expiresAtMs <= nowMs) kept.delete(slot)
        if (kept.size === 0) this.#forget(ref)
      }
  }

  #kept({ callId, tenant }: CallRef): KeptOfCall | undefined {
    return this.#byCallId.get(callId)?.get(tenant)
  }

  #forget({ callId, tenant }: CallRef): void {
    const ofId = this.#byCallId.get(callId)
    ofId?.delete(tenant)
    if (ofId?.size === 0) this.#byCallId.delete(callId)
  }
}
