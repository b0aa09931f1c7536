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

  get count(): number {
    return this.#count
  }

  /** False when too many wait already, and this one is not kept. */
  add(signal: Signal, nowMs: number): boolean {
    const { key, waiting, others } = this.#beside(signal)
    if (this.#count >= PENDING_SIGNALS_MAX && others.length === waiting.length) return false
    this.#keep(key, [...others, { signal, expiresAtMs: nowMs + waitMsOf(signal) }])
    return true
  }

  /** Removes the start that this end is about; true when it waited. */
  withdraw(signal: Signal): boolean {
    const { key, waiting, others } = this.#beside(signal)
    this.#keep(key, others)
    return others.length < waiting.length
  }

  /** Hands out what has waited for this stream's call, in order. */
  claim({ callId, aliases, tenant }: LiveStream, nowMs: number): Signal[] {
    return [callKey(callId), ...aliases.map(aliasKey)].flatMap((key) => {
      const waiting = this.#byAddress.get(key) ?? []
      this.#keep(
        key,
        waiting.filter(({ signal }) => !isOf(signal, tenant)),
      )
      return waiting
        .filter(({ signal, expiresAtMs }) => isOf(signal, tenant) && expiresAtMs > nowMs)
        .map(({ signal }) => signal)
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

/** Whose calls a signal may mean, as one word. Tenants' names have no commas. */
export const scopeOf = ({ tenants }: Signal): string => (tenants === null ? '*' : [...tenants].sort().join())

/** Which call: ids are unique within a tenant only. */
export interface CallRef {
  readonly tenant: string
  readonly callId: string
}

export const refKey = ({ tenant, callId }: CallRef): string => `${tenant}:${callId}`

type KeptOfCall = Map<string, Kept<CallSignal>>

/** What holds for a call, for streams of it that are still to come: open steps, and the last word on consent. */
export class CallMemory {
  /** By call id, then tenant, then what it is about. */
  readonly #byCallId = new Map<string, Map<string, KeptOfCall>>()

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
    const kept: KeptOfCall = this.#kept(ref) ?? new Map()
    const ofId = this.#byCallId.get(ref.callId) ?? new Map<string, KeptOfCall>()
    this.#byCallId.set(ref.callId, ofId.set(ref.tenant, kept))
    const slot = slotOf(signal)
    const known = kept.get(slot)
    const expiresAtMs = nowMs + waitMsOf(signal)
    if (signal.kind === 'consent') kept.set(slot, { signal, expiresAtMs })
    else if (known !== undefined) known.expiresAtMs = expiresAtMs
    else if (this.steps(ref, signal.kind).length < OPEN_STEPS_PER_KIND_MAX)
      kept.set(slot, { signal, expiresAtMs })
  }

  /** The step is over. True when it was kept. */
  drop(ref: CallRef, kind: StepSignal['kind'], step: StepOrigin): boolean {
    const kept = this.#kept(ref)
    const isDropped = kept?.delete(`${kind}:${stepKey(step)}`) ?? false
    if (kept?.size === 0) this.#forget(ref)
    return isDropped
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
