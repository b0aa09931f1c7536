/**
 * Payment signals that do not come through the fork: from a payment page, an agent desktop, a back end.
 *
 * The answer is the truth, not "200": what is silent from which sample on, what had left, what waits, what is not known.
 * A payment step belongs to its call, not to one stream of it: a stream that begins while a step is open is silent from
 * its first sample. Signals are idempotent by their id, and an older one never undoes a newer one.
 */
import { OPEN_STEPS_PER_CALL_MAX, PENDING_SIGNALS_MAX, REMEMBERED_SIGNALS_MAX } from '../base/limits.js'
import type { CallAddress, CallRegistry, LiveStream } from './call-registry.js'
import { aliasOf } from './call-registry.js'
import type { PaymentOutcome } from './call-session.js'

export interface PaymentSignal {
  readonly address: CallAddress
  readonly state: 'started' | 'ended'
  /** Names the payment step; the signal that ends it carries the same id, or one that no step has. */
  readonly signalId: string
  /** Lease of a start and longest wait for its call, ms; null: the policy's lease, and PENDING_MS. */
  readonly ttlMs: number | null
  /** Who signals; compared, never logged. */
  readonly actor: string | null
  /** When the signal was made, ms since 1970, if its sender says so: what tells an older signal from a newer one. */
  readonly issuedAtMs: number | null
}

export type SignalResult = 'applied' | 'pending' | 'late' | 'ambiguous' | 'unknown'

/** What one stream made of a signal. */
export interface StreamAnswer {
  readonly callId: string
  readonly streamId: string
  readonly firstSilentSample?: number
  /** Instant of that sample, ms since 1970. */
  readonly firstSilentEpochMs?: number
  readonly lateMs?: number
  /** After an end: from here on the call is heard again, unless something else keeps it silent. */
  readonly clearFromSample?: number
}

export interface SignalAnswer {
  readonly result: SignalResult
  /** Static words that say what happened and what to do, where the result alone does not. */
  readonly detail?: string
  readonly streams: readonly StreamAnswer[]
  /** True when this id had been answered before, and this is that answer or a renewed lease. */
  readonly isRepeated: boolean
}

/** How long a start that names no time-to-live waits for its call, ms. A PBX forks within seconds of an answer. */
const PENDING_MS = 120_000

interface Step {
  readonly signalId: string
  readonly actor: string | null
  readonly issuedAtMs: number | null
  readonly ttlMs: number | null
  /** Monotonic: until then the step waits for further streams of its call. */
  expiresAtMs: number
}

export class ControlPlane {
  /** Steps that wait for a call, by `call:<id>` or `alias:<key=value>`. */
  readonly #pending = new Map<string, Step[]>()
  /** Open steps by call id, for streams of the call that are still to come. */
  readonly #open = new Map<string, Map<string, Step>>()
  /** Answers given, by state and id. */
  readonly #answers = new Map<string, SignalAnswer>()
  /** Ends that came before their start, by id: when they were made. */
  readonly #earlyEnds = new Map<string, number>()
  /** Ids of starts that matched several calls, until one is named. */
  readonly #ambiguous = new Map<string, true>()
  #pendingCount = 0

  constructor(private readonly registry: CallRegistry) {}

  get pendingCount(): number {
    return this.#pendingCount
  }

  signal(signal: PaymentSignal, nowMs: number): SignalAnswer {
    const key = answerKey(signal)
    const given = this.#answers.get(key)
    if (given !== undefined && !this.#isHeartbeat(signal)) return repeated(signal, given)
    const answer = signal.state === 'started' ? this.#start(signal, nowMs) : this.#end(signal, nowMs)
    if (answer.streams.length > 0) remember(this.#answers, key, answer)
    return { ...answer, isRepeated: given !== undefined }
  }

  /** A stream has begun: it is silent from its first sample while a step of its call is open or waits for it. */
  streamStarted(stream: LiveStream, nowMs: number): void {
    const waiting = [callKey(stream.callId), ...stream.aliases.map(aliasKey)].flatMap((key) =>
      this.#claim(key, nowMs),
    )
    for (const step of waiting) this.#keepOpen(stream.callId, step)
    for (const step of this.#open.get(stream.callId)?.values() ?? [])
      stream.session.startPayment(step.signalId, step.ttlMs, nowMs, true)
  }

  /** Forgets what has waited too long. Called about once a second. */
  expire(nowMs: number): void {
    for (const [key, steps] of this.#pending)
      this.#keepPending(
        key,
        steps.filter((step) => step.expiresAtMs > nowMs),
      )
    for (const [callId, steps] of this.#open) {
      if (this.registry.find({ kind: 'call', callId }).length > 0) continue
      for (const [id, step] of steps) if (step.expiresAtMs <= nowMs) steps.delete(id)
      if (steps.size === 0) this.#open.delete(callId)
    }
  }

  /** A repeated start renews its lease as long as its step is open. */
  #isHeartbeat({ state, signalId, address }: PaymentSignal): boolean {
    if (state !== 'started') return false
    return this.registry.find(address).some(({ callId }) => this.#open.get(callId)?.has(signalId))
  }

  #start(signal: PaymentSignal, nowMs: number): SignalAnswer {
    const streams = this.registry.find(signal.address)
    const step = stepOf(signal, nowMs)
    if (streams.length === 0) return this.#wait(signal.address, step)
    const answers: StreamAnswer[] = []
    for (const stream of streams) {
      this.#keepOpen(stream.callId, step)
      answers.push(answerOf(stream, stream.session.startPayment(signal.signalId, signal.ttlMs, nowMs)))
    }
    if (this.#hasEndedAlready(signal)) {
      this.#finish(streams, signal.signalId, nowMs)
      return { ...told(answers), detail: 'the end of this step came first: the look-back alone is silent' }
    }
    this.#resolve(signal, streams, nowMs)
    if (countCalls(streams) > 1) {
      remember(this.#ambiguous, signal.signalId, true)
      return {
        ...told(answers),
        result: 'ambiguous',
        detail: 'several calls match and all are silent: name the call with the same signalId, or end it',
      }
    }
    return told(answers)
  }

  #end(signal: PaymentSignal, nowMs: number): SignalAnswer {
    const streams = this.registry.find(signal.address)
    const withdrawn = this.#withdraw(signal)
    if (streams.length === 0)
      return unknown(
        withdrawn ? 'the call is not here; its waiting start is withdrawn' : 'no such call is here',
      )
    const endable = streams.filter((stream) => this.#mayEnd(stream.callId, signal))
    const outcomes = endable.map((stream) => ({
      stream,
      outcome: stream.session.endPayment(signal.signalId, nowMs),
    }))
    for (const { stream, outcome } of outcomes)
      if (outcome.kind === 'ended') this.#drop(stream.callId, signal.signalId)
    if (outcomes.some(({ outcome }) => outcome.kind === 'ended'))
      return told(outcomes.map(({ stream, outcome }) => answerOf(stream, outcome)))
    if (outcomes.some(({ outcome }) => outcome.kind === 'several-open'))
      return {
        result: 'ambiguous',
        detail: 'several steps are open and none has this signalId: all stay silent',
        streams: [],
        isRepeated: false,
      }
    if (signal.issuedAtMs !== null) remember(this.#earlyEnds, signal.signalId, signal.issuedAtMs)
    return unknown(
      endable.length < streams.length
        ? "the open step is newer, or another actor's"
        : 'no payment step is open',
    )
  }

  /** Whether the signal may end what is open in the call: its own step, or the only one, unless that is newer or another's. */
  #mayEnd(callId: string, signal: PaymentSignal): boolean {
    const steps = this.#open.get(callId)
    if (steps === undefined || steps.has(signal.signalId) || steps.size > 1) return true
    const [step] = steps.values()
    if (step === undefined) return true
    const isNewer =
      step.issuedAtMs !== null && signal.issuedAtMs !== null && step.issuedAtMs > signal.issuedAtMs
    const isAnothers = step.actor !== null && signal.actor !== null && step.actor !== signal.actor
    return !isNewer && !isAnothers
  }

  #hasEndedAlready(signal: PaymentSignal): boolean {
    const endedAtMs = this.#earlyEnds.get(signal.signalId)
    return endedAtMs !== undefined && signal.issuedAtMs !== null && signal.issuedAtMs < endedAtMs
  }

  #finish(streams: readonly LiveStream[], signalId: string, nowMs: number): void {
    for (const { session, callId } of streams) {
      session.endPayment(signalId, nowMs)
      this.#drop(callId, signalId)
    }
  }

  /** A start that names one call settles an ambiguous one of the same id: the other calls are let go. */
  #resolve(signal: PaymentSignal, streams: readonly LiveStream[], nowMs: number): void {
    if (signal.address.kind !== 'call' || !this.#ambiguous.has(signal.signalId)) return
    const named = new Set(streams.map(({ callId }) => callId))
    const others = [...this.registry.streams].filter(
      ({ callId }) => !named.has(callId) && this.#open.get(callId)?.has(signal.signalId),
    )
    this.#finish(others, signal.signalId, nowMs)
    this.#ambiguous.delete(signal.signalId)
  }

  #wait(address: CallAddress, step: Step): SignalAnswer {
    const key =
      address.kind === 'call' ? callKey(address.callId) : aliasKey(aliasOf(address.key, address.value))
    const others = (this.#pending.get(key) ?? []).filter(({ signalId }) => signalId !== step.signalId)
    if (this.#pendingCount >= PENDING_SIGNALS_MAX && others.length === this.#pending.get(key)?.length)
      return unknown('too many signals wait for their calls: this one was not kept')
    this.#keepPending(key, [...others, step])
    return {
      result: 'pending',
      detail: 'kept until the call is here or its time is up',
      streams: [],
      isRepeated: false,
    }
  }

  /** Removes the waiting start that this end is about; true when there was one. */
  #withdraw(signal: PaymentSignal): boolean {
    const { address } = signal
    const key =
      address.kind === 'call' ? callKey(address.callId) : aliasKey(aliasOf(address.key, address.value))
    const steps = this.#pending.get(key)
    const kept = steps?.filter(({ signalId }) => signalId !== signal.signalId)
    if (address.kind === 'call') this.#drop(address.callId, signal.signalId)
    if (steps === undefined || kept!.length === steps.length) return false
    this.#keepPending(key, kept!)
    return true
  }

  #claim(key: string, nowMs: number): Step[] {
    const steps = this.#pending.get(key) ?? []
    this.#keepPending(key, [])
    return steps.filter((step) => step.expiresAtMs > nowMs)
  }

  #keepPending(key: string, steps: Step[]): void {
    this.#pendingCount += steps.length - (this.#pending.get(key)?.length ?? 0)
    if (steps.length === 0) this.#pending.delete(key)
    else this.#pending.set(key, steps)
  }

  #keepOpen(callId: string, step: Step): void {
    const steps = this.#open.get(callId) ?? new Map<string, Step>()
    const known = steps.get(step.signalId)
    if (known !== undefined) known.expiresAtMs = step.expiresAtMs
    else if (steps.size < OPEN_STEPS_PER_CALL_MAX) steps.set(step.signalId, step)
    this.#open.set(callId, steps)
  }

  /** The step of that id is over; an id that no step has has ended the only one. */
  #drop(callId: string, signalId: string): void {
    const steps = this.#open.get(callId)
    if (steps === undefined) return
    if (!steps.delete(signalId) && steps.size === 1) steps.clear()
    if (steps.size === 0) this.#open.delete(callId)
  }
}

const callKey = (callId: string): string => `call:${callId}`
const aliasKey = (alias: string): string => `alias:${alias}`

const addressKey = (address: CallAddress): string =>
  address.kind === 'call' ? callKey(address.callId) : aliasKey(aliasOf(address.key, address.value))

/** Ids are unique within their call only: two pages that both say "payment" must not answer for each other. */
const answerKey = ({ state, address, signalId }: PaymentSignal): string =>
  `${state}:${addressKey(address)}:${signalId}`

/** A repeated signal gets its first answer; a start whose step has ended since opens nothing, and says so. */
const repeated = ({ state }: PaymentSignal, given: SignalAnswer): SignalAnswer =>
  state === 'ended'
    ? { ...given, isRepeated: true }
    : { ...unknown('this step has ended: a new step needs a new signalId'), isRepeated: true }

const stepOf = (signal: PaymentSignal, nowMs: number): Step => ({
  signalId: signal.signalId,
  actor: signal.actor,
  issuedAtMs: signal.issuedAtMs,
  ttlMs: signal.ttlMs,
  expiresAtMs: nowMs + (signal.ttlMs ?? PENDING_MS),
})

const answerOf = ({ callId, streamId }: LiveStream, outcome: PaymentOutcome): StreamAnswer => {
  if (outcome.kind === 'ended') return { callId, streamId, clearFromSample: outcome.clearFromSample }
  if (outcome.kind !== 'applied' && outcome.kind !== 'late') return { callId, streamId }
  const { firstSilentSample, firstSilentEpochMs, lateMs } = outcome
  return { callId, streamId, firstSilentSample, firstSilentEpochMs, lateMs }
}

const told = (streams: readonly StreamAnswer[]): SignalAnswer => ({
  result: streams.some(({ lateMs }) => (lateMs ?? 0) > 0) ? 'late' : 'applied',
  streams,
  isRepeated: false,
})

const unknown = (detail: string): SignalAnswer => ({
  result: 'unknown',
  detail,
  streams: [],
  isRepeated: false,
})

const countCalls = (streams: readonly LiveStream[]): number =>
  new Set(streams.map(({ callId }) => callId)).size

/** Keeps the newest; the oldest go first. */
const remember = <V>(map: Map<string, V>, key: string, value: V): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= REMEMBERED_SIGNALS_MAX) return
  const oldest = map.keys().next().value
  if (oldest !== undefined) map.delete(oldest)
}
