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

const ENDED_FIRST = 'the end of this step came first: no more than the look-back is silent'

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
  /** Ends that came before their start, by address and id: when they were made. */
  readonly #earlyEnds = new Map<string, number>()
  /** Starts that matched several calls, until one is named: for each of the calls, and the id, all of them. */
  readonly #ambiguous = new Map<string, ReadonlySet<string>>()
  #pendingCount = 0

  constructor(private readonly registry: CallRegistry) {}

  get pendingCount(): number {
    return this.#pendingCount
  }

  signal(signal: PaymentSignal, nowMs: number): SignalAnswer {
    const key = answerKey(signal)
    const given = this.#answers.get(key)
    if (given !== undefined && this.#isRepeat(signal, given)) return repeated(signal, given)
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
      const isHere = this.registry.find({ kind: 'call', callId }).length > 0
      for (const [id, step] of steps)
        if (isHere) step.expiresAtMs = Math.max(step.expiresAtMs, nowMs + waitMsOf(step))
        else if (step.expiresAtMs <= nowMs) steps.delete(id)
      if (steps.size === 0) this.#open.delete(callId)
    }
  }

  /**
   * Whether the answer given still answers. It does not when an alias means another call by now, nor for the start of a
   * step that is open: that is its heartbeat.
   */
  #isRepeat({ state, signalId, address }: PaymentSignal, { streams }: SignalAnswer): boolean {
    const answered = new Set(streams.map(({ callId }) => callId))
    if (this.registry.find(address).some(({ callId }) => !answered.has(callId))) return false
    return state === 'ended' || ![...answered].some((callId) => this.#open.get(callId)?.has(signalId))
  }

  #start(signal: PaymentSignal, nowMs: number): SignalAnswer {
    const streams = this.registry.find(signal.address)
    const step = stepOf(signal, nowMs)
    if (streams.length === 0)
      return this.#hasEndedAlready(signal) ? unknown(ENDED_FIRST) : this.#wait(signal.address, step)
    const answers: StreamAnswer[] = []
    for (const stream of streams) {
      this.#keepOpen(stream.callId, step)
      answers.push(answerOf(stream, stream.session.startPayment(signal.signalId, signal.ttlMs, nowMs)))
    }
    if (this.#hasEndedAlready(signal)) {
      this.#finish(streams, signal.signalId, nowMs)
      return { ...told(answers), detail: ENDED_FIRST }
    }
    this.#resolve(signal, nowMs)
    const callIds = new Set(streams.map(({ callId }) => callId))
    if (callIds.size > 1) {
      for (const callId of callIds) remember(this.#ambiguous, stepKey(callId, signal.signalId), callIds)
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
    if (streams.length === 0) {
      if (withdrawn) return unknown('the call is not here; its waiting start is withdrawn')
      this.#noteEarly(signal)
      return unknown('no such call is here')
    }
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
    this.#noteEarly(signal)
    return unknown(
      endable.length < streams.length
        ? "the open step is newer, or another actor's"
        : 'no payment step is open',
    )
  }

  /** Whether the signal may end what is open in the call: its own step, or the only one, unless that is newer or another's. */
  #mayEnd(callId: string, signal: PaymentSignal): boolean {
    const steps = this.#open.get(callId)
    const own = steps?.get(signal.signalId)
    const step = own ?? (steps?.size === 1 ? steps.values().next().value : undefined)
    if (step === undefined) return true
    const isNewer =
      step.issuedAtMs !== null && signal.issuedAtMs !== null && step.issuedAtMs > signal.issuedAtMs
    const isAnothers = step.actor !== null && signal.actor !== null && step.actor !== signal.actor
    return !isNewer && (own !== undefined || !isAnothers)
  }

  #noteEarly(signal: PaymentSignal): void {
    if (signal.issuedAtMs !== null) remember(this.#earlyEnds, addressedId(signal), signal.issuedAtMs)
  }

  #hasEndedAlready(signal: PaymentSignal): boolean {
    const endedAtMs = this.#earlyEnds.get(addressedId(signal))
    return endedAtMs !== undefined && signal.issuedAtMs !== null && signal.issuedAtMs < endedAtMs
  }

  #finish(streams: readonly LiveStream[], signalId: string, nowMs: number): void {
    for (const { session, callId } of streams) {
      session.endPayment(signalId, nowMs)
      this.#drop(callId, signalId)
    }
  }

  /** A start that names one call settles an ambiguous one of the same id: the other calls that it matched are let go. */
  #resolve({ address, signalId }: PaymentSignal, nowMs: number): void {
    if (address.kind !== 'call') return
    const matched = this.#ambiguous.get(stepKey(address.callId, signalId)) ?? []
    for (const callId of matched) {
      this.#ambiguous.delete(stepKey(callId, signalId))
      if (callId !== address.callId)
        this.#finish(this.registry.find({ kind: 'call', callId }), signalId, nowMs)
    }
  }

  #wait(address: CallAddress, step: Step): SignalAnswer {
    const key = addressKey(address)
    const waiting = this.#pending.get(key) ?? []
    const others = waiting.filter(({ signalId }) => signalId !== step.signalId)
    if (this.#pendingCount >= PENDING_SIGNALS_MAX && others.length === waiting.length)
      return unknown('too many signals wait for their calls: this one was not kept')
    this.#keepPending(key, [...others, step])
    return {
      result: 'pending',
      detail: 'kept until the call is here or its time is up',
      streams: [],
      isRepeated: false,
    }
  }

  /** Removes the start that this end is about when it waits for a call, or for a further stream of one; true when it did. */
  #withdraw(signal: PaymentSignal): boolean {
    const key = addressKey(signal.address)
    const waiting = this.#pending.get(key) ?? []
    const kept = waiting.filter(({ signalId }) => signalId !== signal.signalId)
    this.#keepPending(key, kept)
    return this.#dropBetweenStreams(signal) || kept.length < waiting.length
  }

  #dropBetweenStreams(signal: PaymentSignal): boolean {
    const { address, signalId } = signal
    if (address.kind !== 'call' || this.registry.find(address).length > 0) return false
    return this.#mayEnd(address.callId, signal) && this.#drop(address.callId, signalId)
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

  /** The step of that id is over; an id that no step has has ended the only one. True when a step is over. */
  #drop(callId: string, signalId: string): boolean {
    const steps = this.#open.get(callId)
    if (steps === undefined) return false
    const id = steps.has(signalId) || steps.size > 1 ? signalId : steps.keys().next().value!
    const isOver = steps.delete(id)
    if (steps.size === 0) this.#open.delete(callId)
    return isOver
  }
}

const callKey = (callId: string): string => `call:${callId}`
const aliasKey = (alias: string): string => `alias:${alias}`

const addressKey = (address: CallAddress): string =>
  address.kind === 'call' ? callKey(address.callId) : aliasKey(aliasOf(address.key, address.value))

/** Ids are unique within their call only: two pages that both say "payment" must not answer for each other. */
const addressedId = ({ address, signalId }: PaymentSignal): string => `${addressKey(address)}:${signalId}`
const answerKey = (signal: PaymentSignal): string => `${signal.state}:${addressedId(signal)}`
const stepKey = (callId: string, signalId: string): string => `${callKey(callId)}:${signalId}`

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
  expiresAtMs: nowMs + waitMsOf(signal),
})

const waitMsOf = ({ ttlMs }: { readonly ttlMs: number | null }): number => ttlMs ?? PENDING_MS

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

/** Keeps the newest; the oldest go first. */
const remember = <V>(map: Map<string, V>, key: string, value: V): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= REMEMBERED_SIGNALS_MAX) return
  const oldest = map.keys().next().value
  if (oldest !== undefined) map.delete(oldest)
}
