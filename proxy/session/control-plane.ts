/**
 * Signals that do not come through the fork: from a payment page, an agent desktop, a back end.
 *
 * The answer is the truth, not "200": what is silent from which sample on, what had left, what waits, what is not known.
 * A step belongs to its call, not to one stream of it: a stream that begins while a step is open is silent from its first
 * sample. Signals are idempotent by their id, and an older one never undoes a newer one. A signal finds, and waits for,
 * calls of its own tenants alone.
 */
import { REMEMBERED_SIGNALS_MAX } from '../base/limits.js'
import { stepToEnd } from '../policy/ending.js'
import { stepKey } from '../policy/open-spans.js'
import type { CallSignal, ConsentSignal, StepSignal } from '../policy/signal.js'
import type { CallRegistry, LiveStream } from './call-registry.js'
import type { SignalOutcome } from './call-signals.js'
import {
  addressKey,
  CallMemory,
  type CallRef,
  type KeptJournal,
  type KeptRecord,
  noJournal,
  refKey,
  scopeOf,
  WaitingSignals,
} from './kept-signals.js'
import type { Signal, SignalAnswer, SignalResult, StreamAnswer } from './signal.js'

const ENDED_FIRST = 'the end of this step came first: no more than the look-back is silent'
const SEVERAL_CALLS_OPEN = 'several calls match and nothing has changed in any of them: name the call'

type Start = Signal & StepSignal
type Consent = Signal & ConsentSignal

/** What one stream made of a signal. */
interface Told {
  readonly stream: LiveStream
  readonly outcome: SignalOutcome
}

export class ControlPlane {
  readonly #waiting: WaitingSignals
  readonly #memory: CallMemory
  /** Answers given, by what was asked. */
  readonly #answers = new Map<string, SignalAnswer>()
  /** Dated ends that came before their start, by address and id. */
  readonly #earlyEnds = new Map<string, Signal>()
  /** Starts that matched several calls, until one is named: for each of the calls, and the step, all of them. */
  readonly #ambiguous = new Map<string, ReadonlyMap<string, CallRef>>()

  /** @param journal told of what outlives the moment, for other processes to `adopt` */
  constructor(
    private readonly registry: CallRegistry,
    private readonly journal: KeptJournal = noJournal,
  ) {
    this.#waiting = new WaitingSignals(journal)
    this.#memory = new CallMemory(journal)
  }

  get pendingCount(): number {
    return this.#waiting.count
  }

  signal(signal: Signal, nowMs: number): SignalAnswer {
    const key = answerKey(signal)
    const given = this.#answers.get(key)
    if (given !== undefined && this.#isRepeat(signal, given)) return repeated(signal, given)
    const answer = this.#answer(signal, nowMs)
    if (answer.streams.length > 0) remember(this.#answers, key, answer)
    return { ...answer, isRepeated: given !== undefined }
  }

  /** A stream has begun: what holds for its call, or has waited for it, holds from its first sample on. */
  streamStarted(stream: LiveStream, nowMs: number): void {
    for (const signal of this.#waiting.claim(stream, nowMs)) this.#memory.keep(stream, signal, nowMs)
    for (const signal of this.#memory.of(stream)) stream.session.signal(signal, nowMs, true)
  }

  /** A key of this stream has said so, and it holds there: it holds for the call's other streams too, and those to come. */
  streamSignalled(stream: LiveStream, signal: CallSignal, outcome: SignalOutcome, nowMs: number): void {
    for (const other of this.#streamsOf(stream)) if (other !== stream) other.session.signal(signal, nowMs)
    if (signal.state !== 'ended') this.#memory.keep(stream, signal, nowMs)
    else if (outcome.kind === 'ended') this.#memory.drop(stream, signal.kind, outcome.step)
  }

  /**
   * What another process keeps is kept here as well, until `expiresAtMs`. A call that is here takes what
   * waited for it at once; of what holds for it, it is told what silences: what opens a call is said by its signal alone.
   */
  adopt(record: KeptRecord, expiresAtMs: number, nowMs: number): void {
    const { signal } = record
    if (record.kind === 'waits') {
      if (this.#find(record.signal).length === 0) {
        this.#waiting.adopt(record.signal, expiresAtMs)
        return
      }
      this.signal(record.signal, nowMs)
      this.journal.over(record)
      return
    }
    const isKnown = this.#memory
      .of(record.ref)
      .some(
        ({ kind, state, origin, signalId }) =>
          kind === signal.kind &&
          state === signal.state &&
          origin === signal.origin &&
          signalId === signal.signalId,
      )
    if (!this.#memory.adopt(record.ref, signal, expiresAtMs) || isKnown || !isSilencing(signal)) return
    for (const stream of this.#streamsOf(record.ref)) stream.session.signal(signal, nowMs)
  }

  /** What another process says is over holds for no stream to come. A stream that is here goes on as it is. */
  disown(record: KeptRecord): void {
    if (record.kind === 'waits') this.#waiting.disown(record.signal)
    else if (this.#streamsOf(record.ref).length === 0) this.#memory.disown(record.ref, record.slot)
  }

  /** Keeps for its call what silences, when nobody can say where the call is; withdraws the start that an end is about. */
  keepOrWithdraw(signal: Signal, nowMs: number): void {
    if (isSilencing(signal)) this.#waiting.add(signal, nowMs)
    else if (signal.kind !== 'consent' && signal.state === 'ended')
      this.#waiting.withdraw({ ...signal, state: 'started' })
  }

  /** A dated end has found no step, here or in another process: an older start that comes later does not undo it. */
  noteEarlyEnd(end: Signal): void {
    if (end.kind !== 'consent' && end.issuedAtMs !== null) remember(this.#earlyEnds, addressedKey(end), end)
  }

  /** Ends that are known to have come before their start: for a process that begins. */
  get earlyEnds(): Signal[] {
    return [...this.#earlyEnds.values()]
  }

  /** Whether the call has this very step open, as far as is known here. */
  hasStep(ref: CallRef, { kind, signalId }: Signal): boolean {
    return kind !== 'consent' && this.#memory.steps(ref, kind).some((step) => step.signalId === signalId)
  }

  /** What this process answers for: what holds for the calls that are here. */
  *held(nowMs: number): Generator<readonly [KeptRecord, leftMs: number]> {
    for (const entry of this.#memory.all(nowMs)) {
      const [record] = entry
      if (record.kind === 'holds' && this.#streamsOf(record.ref).length > 0) yield entry
    }
  }

  /** Everything that outlives the moment, with its time left: for a process that begins. */
  *all(nowMs: number): Generator<readonly [KeptRecord, leftMs: number]> {
    yield* this.#memory.all(nowMs)
    yield* this.#waiting.all(nowMs)
  }

  /** Forgets what has waited too long. Called about once a second. */
  expire(nowMs: number): void {
    this.#waiting.expire(nowMs)
    this.#memory.expire(nowMs, (ref) => this.#streamsOf(ref).length > 0)
  }

  #answer(signal: Signal, nowMs: number): SignalAnswer {
    if (signal.kind === 'consent') return this.#agree(signal, nowMs)
    return signal.state === 'started' ? this.#start(signal, nowMs) : this.#end(signal, nowMs)
  }

  #find({ address, tenants }: Signal): readonly LiveStream[] {
    return this.registry.find(address, tenants)
  }

  #streamsOf({ tenant, callId }: CallRef): readonly LiveStream[] {
    return this.registry.find({ kind: 'call', callId }, [tenant])
  }

  /**
   * Whether the answer given still answers. It does not when an alias means another call by now, nor for the start of a
   * step that is open: that is its heartbeat.
   */
  #isRepeat(signal: Signal, { streams }: SignalAnswer): boolean {
    const answered = new Set(streams.map(({ callId }) => callId))
    if (this.#find(signal).some(({ callId }) => !answered.has(callId))) return false
    if (signal.state !== 'started') return true
    const refs = [...answered].flatMap((callId) => this.#memory.refs(callId, signal.tenants))
    return !refs.some((ref) => this.#memory.isOpen(ref, signal))
  }

  #start(signal: Start, nowMs: number): SignalAnswer {
    const streams = this.#find(signal)
    const hasEnded = this.#hasEndedAlready(signal)
    if (streams.length === 0) return hasEnded ? unknown(ENDED_FIRST) : this.#wait(signal, nowMs)
    const calls = callsOf(streams)
    if (calls.size > 1 && signal.kind === 'emergency') return ambiguous(SEVERAL_CALLS_OPEN)
    const told = this.#tell(streams, signal, nowMs)
    if (told.every(({ outcome }) => outcome.kind === 'forbidden')) return forbidden
    for (const stream of streams) this.#memory.keep(stream, signal, nowMs)
    if (hasEnded) {
      this.#finish(streams, signal, nowMs)
      return { ...answerOf(told), detail: ENDED_FIRST }
    }
    this.#resolve(signal, nowMs)
    if (calls.size === 1) return answerOf(told)
    for (const ref of calls.values()) remember(this.#ambiguous, ambiguityKey(ref, signal), calls)
    return {
      ...answerOf(told),
      result: 'ambiguous',
      detail: 'several calls match and all are silent: name the call with the same signalId, or end it',
    }
  }

  #end(signal: Start, nowMs: number): SignalAnswer {
    const streams = this.#find(signal)
    const isWithdrawn = this.#withdraw(signal)
    if (streams.length === 0) {
      if (isWithdrawn) return unknown('the call is not here; its waiting start is withdrawn')
      this.#noteEarly(signal)
      return unknown('no such call is here')
    }
    const meant = this.#meantBy(signal, streams)
    if (meant.length === 0)
      return ambiguous('several calls match and none has a step of this signalId: nothing has ended')
    const told = this.#tell(meant, signal, nowMs)
    for (const { stream, outcome } of told)
      if (outcome.kind === 'ended') this.#memory.drop(stream, signal.kind, outcome.step)
    const has = (kind: SignalOutcome['kind']): boolean => told.some(({ outcome }) => outcome.kind === kind)
    if (has('ended')) return answerOf(told)
    if (has('several-open'))
      return ambiguous('several steps are open and none has this signalId: all stay as they are')
    if (has('forbidden')) return forbidden
    this.#noteEarly(signal)
    return unknown(has('newer') ? 'the open step is newer' : 'no such step is open')
  }

  /** An end that names several calls ends in those that have its very step: guessing would open another's. */
  #meantBy(signal: Start, streams: readonly LiveStream[]): readonly LiveStream[] {
    if (callsOf(streams).size === 1) return streams
    return streams.filter((stream) =>
      this.#memory.steps(stream, signal.kind).some(({ signalId }) => signalId === signal.signalId),
    )
  }

  /** What opens a call is said to one call only; what silences may be said to several. */
  #agree(signal: Consent, nowMs: number): SignalAnswer {
    const streams = this.#find(signal)
    if (streams.length === 0)
      return signal.state === 'asked' ? unknown('no such call is here') : this.#wait(signal, nowMs)
    const isSeveral = callsOf(streams).size > 1
    if (isSeveral && signal.state !== 'refused' && signal.state !== 'withdrawn')
      return ambiguous(SEVERAL_CALLS_OPEN)
    const told = this.#tell(streams, signal, nowMs)
    if (told.every(({ outcome }) => outcome.kind === 'not-asked'))
      return unknown("this call's policy asks for no consent")
    if (told.every(({ outcome }) => outcome.kind === 'newer'))
      return unknown('something newer has been said about consent')
    if (signal.state !== 'asked') for (const stream of streams) this.#memory.keep(stream, signal, nowMs)
    const answer = answerOf(told)
    return isSeveral
      ? { ...answer, result: 'ambiguous', detail: 'several calls match and all are silent' }
      : answer
  }

  #tell(streams: readonly LiveStream[], signal: CallSignal, nowMs: number): Told[] {
    return streams.map((stream) => ({ stream, outcome: stream.session.signal(signal, nowMs) }))
  }

  #noteEarly(signal: Start): void {
    if (signal.issuedAtMs === null) return
    this.noteEarlyEnd(signal)
    this.journal.endedEarly?.(signal)
  }

  #hasEndedAlready(signal: Start): boolean {
    const endedAtMs = this.#earlyEnds.get(addressedKey(signal))?.issuedAtMs ?? null
    return endedAtMs !== null && signal.issuedAtMs !== null && signal.issuedAtMs < endedAtMs
  }

  /** Takes a start back where it was made, whoever may end it otherwise. */
  #finish(streams: readonly LiveStream[], signal: Start, nowMs: number): void {
    const end: StepSignal = { ...signal, state: 'ended', mayEnd: 'any', issuedAtMs: null }
    for (const stream of streams) {
      stream.session.signal(end, nowMs)
      this.#memory.drop(stream, signal.kind, signal)
    }
  }

  /** A start that names one call settles an ambiguous one of the same id: the other calls that it matched are let go. */
  #resolve(signal: Start, nowMs: number): void {
    const { address, tenants } = signal
    if (address.kind !== 'call') return
    for (const named of callsOf(this.registry.find(address, tenants)).values()) {
      const matched = this.#ambiguous.get(ambiguityKey(named, signal))
      for (const ref of matched?.values() ?? []) {
        this.#ambiguous.delete(ambiguityKey(ref, signal))
        if (refKey(ref) !== refKey(named)) this.#finish(this.#streamsOf(ref), signal, nowMs)
      }
    }
  }

  #wait(signal: Signal, nowMs: number): SignalAnswer {
    if (!this.#waiting.add(signal, nowMs))
      return unknown('too many signals wait for their calls: this one was not kept')
    return { ...nothing('pending'), detail: 'kept until the call is here or its time is up' }
  }

  /** Removes the start that this end is about when it waits for a call, or for a further stream of one; true when it did. */
  #withdraw(signal: Start): boolean {
    const hasWaited = this.#waiting.withdraw({ ...signal, state: 'started' })
    return this.#dropBetweenStreams(signal) || hasWaited
  }

  #dropBetweenStreams(signal: Start): boolean {
    const { address, tenants } = signal
    if (address.kind !== 'call' || this.#find(signal).length > 0) return false
    let isDropped = false
    for (const ref of this.#memory.refs(address.callId, tenants)) {
      // The call's policy is not at hand between its streams: nobody ends what came another way.
      const step = stepToEnd(this.#memory.steps(ref, signal.kind), signal, [])
      if (typeof step !== 'string' && this.#memory.drop(ref, signal.kind, step)) isDropped = true
    }
    return isDropped
  }
}

/** Whether it can only close. An emergency lifts, an agreement is heard, an end opens. */
export const isSilencing = ({ kind, state }: CallSignal): boolean =>
  kind === 'consent'
    ? state === 'refused' || state === 'withdrawn'
    : state === 'started' && kind !== 'emergency'

const callsOf = (streams: readonly LiveStream[]): ReadonlyMap<string, CallRef> =>
  new Map(streams.map((stream) => [refKey(stream), stream]))

/** Ids are unique within their call only: two pages that both say "payment" must not answer for each other. */
const addressedKey = (signal: Signal): string =>
  `${signal.kind}:${scopeOf(signal)}:${addressKey(signal.address)}:${stepKey(signal)}`
const answerKey = (signal: Signal): string => `${signal.state}:${addressedKey(signal)}`
const ambiguityKey = (ref: CallRef, signal: Start): string =>
  `${signal.kind}:${refKey(ref)}:${stepKey(signal)}`

/** A repeated signal gets its first answer; a start whose step has ended since opens nothing, and says so. */
const repeated = ({ state }: Signal, given: SignalAnswer): SignalAnswer =>
  state === 'started'
    ? { ...unknown('this step has ended: a new step needs a new signalId'), isRepeated: true }
    : { ...given, isRepeated: true }

const streamAnswerOf = ({ stream: { callId, streamId }, outcome }: Told): StreamAnswer => {
  switch (outcome.kind) {
    case 'applied':
    case 'late': {
      const { firstSilentSample, firstSilentEpochMs, lateMs, isLifted } = outcome
      const silent = { callId, streamId, firstSilentSample, firstSilentEpochMs, lateMs }
      return isLifted ? { ...silent, isLifted } : silent
    }
    case 'ended':
    case 'heard':
      return { callId, streamId, clearFromSample: outcome.clearFromSample }
    default:
      return { callId, streamId }
  }
}

const answerOf = (told: readonly Told[]): SignalAnswer => {
  const streams = told.map(streamAnswerOf)
  const isLifted = streams.some((stream) => stream.isLifted === true)
  return {
    result: streams.some(({ lateMs }) => (lateMs ?? 0) > 0) ? 'late' : 'applied',
    ...(isLifted && { detail: 'an emergency is open: this is silent when the emergency ends' }),
    streams,
    isRepeated: false,
  }
}

const nothing = (result: SignalResult): SignalAnswer => ({ result, streams: [], isRepeated: false })
const unknown = (detail: string): SignalAnswer => ({ ...nothing('unknown'), detail })
const ambiguous = (detail: string): SignalAnswer => ({ ...nothing('ambiguous'), detail })
const forbidden: SignalAnswer = {
  ...nothing('forbidden'),
  detail: 'this sender may not do that in this call: it stays as it is',
}

/** Keeps the newest; the oldest go first. */
const remember = <V>(map: Map<string, V>, key: string, value: V): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= REMEMBERED_SIGNALS_MAX) return
  const oldest = map.keys().next().value
  if (oldest !== undefined) map.delete(oldest)
}
