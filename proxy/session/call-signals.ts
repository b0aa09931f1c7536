/**
 * What signals do to one call stream: steps that open and close, consent, opening hours, leases that expire, and what there
 * is to tell about it. It decides nothing about audio itself: the policy places spans in the timeline, which judges.
 */
import type { Clock } from '../base/clock.js'
import type { CallStart } from '../media/frame.js'
import { msOf, samplesOf } from '../media/time.js'
import { Consent, type ConsentStanding } from '../policy/consent.js'
import type { EndRefusal, StepOrigin } from '../policy/ending.js'
import type { EndResult, StartResult } from '../policy/open-spans.js'
import { type HoursChange, OpeningHours } from '../policy/opening-hours.js'
import type { PolicyOptions } from '../policy/options.js'
import {
  type CallSignal,
  type ConsentSignal,
  isLiftable,
  type StepKind,
  type StepSignal,
} from '../policy/signal.js'
import { StandingSilence } from '../policy/standing-silence.js'
import { Steps } from '../policy/steps.js'
import type { Placement, Timeline } from '../timeline/timeline.js'
import type { CallTally } from './call-tally.js'
import type { Listeners } from './listeners.js'

/** A signal that says to have been longer on its way than a browser tries to send it, ms, was made by a clock that is wrong. */
const ON_ITS_WAY_MS_MAX = 10_000

/** When what a signal says is so. */
export interface SignalTime {
  /** Since when, where that is known: 0 for what was so when the call began, where the key began that said so. */
  readonly fromSample?: number | undefined
  /**
   * For how long audio may have come before the signal that nobody has read, ms: it belongs to what was so before, and where a signal
   * opens it is kept silent.
   */
  readonly unreadMs?: number
}

/** What came of a signal in one stream. */
export type SignalOutcome =
  | {
      readonly kind: 'applied' | 'late'
      readonly firstSilentSample: number
      readonly firstSilentEpochMs: number
      readonly lateMs: number
      readonly isLifted: boolean
    }
  /** What was silent for want of this is heard from here on: consent is given, an emergency lifts. */
  | { readonly kind: 'heard'; readonly clearFromSample: number }
  | { readonly kind: 'ended'; readonly clearFromSample: number; readonly step: StepOrigin }
  /** `noted`: nothing is silent or heard for it by itself. `not-asked`: the policy asks this call's parties for no consent. */
  | { readonly kind: EndRefusal | 'noted' | 'not-asked' }

export interface CallSignalsParts {
  readonly call: CallStart
  readonly policy: PolicyOptions
  readonly timeline: Timeline
  readonly clockRateHz: number
  readonly listeners: Listeners
  readonly tally: CallTally
  readonly clock: Clock
  /** Monotonic time at which the call begins. */
  readonly startMs: number
}

/** The PBX's own step: its messages have no ids, and ids from outside are never empty. */
export const inStream = (kind: StepKind, state: StepSignal['state']): StepSignal => ({
  kind,
  state,
  signalId: '',
  ttlMs: null,
  actor: null,
  issuedAtMs: null,
  origin: 'stream',
  mayEnd: 'own',
})

export class CallSignals {
  readonly #steps: Steps
  readonly #consent: Consent
  readonly #hours: OpeningHours
  readonly #split: StandingSilence
  #paymentClearSample = 0

  constructor(private readonly parts: CallSignalsParts) {
    const { policy, timeline, clockRateHz, clock, startMs } = parts
    this.#steps = new Steps(policy, timeline, clockRateHz)
    this.#consent = new Consent(policy.consent, timeline, clockRateHz)
    this.#split = new StandingSilence('split', timeline)
    this.#hours = new OpeningHours(policy, timeline, clock.epochMs(), startMs)
  }

  get consentStanding(): ConsentStanding {
    return this.#consent.standing
  }

  /** Monotonic ms since when a step of this kind, or of any, has been open; Infinity when none is. */
  openSinceMs(kind?: StepKind): number {
    return this.#steps.oldestStartMs(kind)
  }

  /** The call begins: what the policy, its metadata and the hour say of it holds from its first sample. */
  begin(): void {
    const { call, policy, startMs, tally } = this.parts
    if (policy.consent.mode !== 'none') tally.consent(this.#consent.standing, 'policy', 0)
    this.#noteHours(this.#hours.begin())
    for (const { key, value, starts } of policy.metadataSignals)
      if (call.metadata[key] === value) this.receive(inStream(starts, 'started'), startMs, { fromSample: 0 })
  }

  /** Carries a signal out. A start looks back as its policy says, and never begins behind `fromSample`. */
  receive(signal: CallSignal, nowMs: number, time: SignalTime = {}): SignalOutcome {
    const outcome = this.#carryOut(signal, nowMs, time)
    if (outcome.kind === 'forbidden') this.parts.tally.refused(signal)
    return outcome
  }

  /** While this process is cut off from the others, nobody knows what holds for a call: silent from its first sample. */
  setSplit(isSplit: boolean): void {
    if (isSplit === this.#split.isOpen) return
    if (isSplit) this.parts.tally.stepOpened('split', 'policy', this.#split.open(0))
    else this.parts.tally.stepClosed('split', this.#split.close())
  }

  /** Time passes: leases expire, hours change, nobody has answered. */
  tick(nowMs: number): void {
    for (const steps of this.#steps.begun) {
      if (!steps.isOpen) continue
      const { expired, clearFromSamples } = steps.checkLeases(nowMs)
      if (expired > 0) this.parts.tally.leasesExpired(steps.kind, expired)
      for (const clearFromSample of clearFromSamples) this.#noteClosed(steps.kind, clearFromSample)
    }
    this.#noteHours(this.#hours.tick(nowMs))
    if (this.#consent.expire())
      this.parts.tally.consent(this.#consent.standing, 'policy', this.parts.timeline.leadSample)
  }

  /** Whether the caller's key at this sample may belong to a card: such a key says nothing else. */
  isCardKey(sample: number): boolean {
    return this.#steps.isOpen('payment') || sample < this.#paymentClearSample
  }

  /** What policy makes of a key of the caller's. */
  get consent(): Pick<Consent, 'answerOf'> {
    return this.#consent
  }

  #carryOut(signal: CallSignal, nowMs: number, time: SignalTime): SignalOutcome {
    if (signal.kind === 'consent') return this.#agree(signal, time)
    if (signal.origin === 'caller-key') return { kind: 'forbidden' }
    return signal.state === 'started' ? this.#start(signal, nowMs, time) : this.#end(signal, time)
  }

  #start(signal: StepSignal, nowMs: number, time: SignalTime): SignalOutcome {
    const onItsWayMs = this.#onItsWayMs(signal)
    const result = this.#steps.of(signal.kind).start(signal, nowMs, { ...time, onItsWayMs })
    const outcome = this.#outcomeOf(signal.kind, result)
    if (result.kind === 'opened') {
      this.parts.tally.stepOpened(signal.kind, signal.origin, result.placement)
      this.#alert()
    }
    return outcome
  }

  /** How long ago a signal that silences was made, ms: 0 where it does not say, or where its clock is another than ours. */
  #onItsWayMs({ kind, issuedAtMs }: StepSignal): number {
    if (issuedAtMs === null || kind === 'emergency') return 0
    const ms = this.parts.clock.epochMs() - issuedAtMs
    return ms > 0 && ms <= ON_ITS_WAY_MS_MAX ? ms : 0
  }

  #end(signal: StepSignal, { unreadMs }: SignalTime): EndResult {
    const result = this.#steps.of(signal.kind).end(signal, unreadMs)
    if (result.kind === 'ended') this.#noteClosed(signal.kind, result.clearFromSample)
    return result
  }

  /** It holds from where it was said: that is now, unless it is known. */
  #agree({ state, origin, issuedAtMs }: ConsentSignal, time: SignalTime): SignalOutcome {
    const { timeline, tally, clockRateHz } = this.parts
    const { leadSample } = timeline
    const unreadSamples = state === 'given' ? samplesOf(time.unreadMs ?? 0, clockRateHz) : 0
    const result = this.#consent.say(state, issuedAtMs, time.fromSample ?? leadSample + unreadSamples)
    switch (result.kind) {
      case 'newer':
      case 'not-asked':
        return result
      case 'noted':
        tally.consent(state, origin, leadSample)
        return result
      case 'heard':
        tally.consent(state, origin, result.clearFromSample)
        return result
      case 'silent':
        tally.placed('consent', result.placement)
        if (result.recalled !== undefined) tally.recalled('consent', result.recalled)
        tally.consent(state, origin, result.placement.firstSilentSample)
        return this.#silent('consent', result.placement)
    }
  }

  #noteClosed(kind: StepKind, atSample: number): void {
    this.parts.tally.stepClosed(kind, atSample)
    if (kind === 'payment') this.#paymentClearSample = atSample
    this.#alert()
  }

  #noteHours(change: HoursChange | null): void {
    if (change?.kind === 'closed') this.parts.tally.stepOpened('schedule', 'policy', change.placement)
    if (change?.kind === 'opened') this.parts.tally.stepClosed('schedule', change.clearFromSample)
  }

  /** While a number is being keyed, detectors trade speech lost for keys found. */
  #alert(): void {
    this.parts.listeners.setAlertness(this.#steps.isOpen('payment') ? 'armed' : 'calm')
  }

  #outcomeOf(kind: StepKind, result: StartResult): SignalOutcome {
    const placement: Placement = result.kind === 'opened' ? result.placement : { ...result, lateSamples: 0 }
    return kind === 'emergency'
      ? { kind: 'heard', clearFromSample: placement.firstSilentSample }
      : this.#silent(kind, placement)
  }

  #silent(reason: string, { lateSamples, firstSilentSample }: Placement): SignalOutcome {
    const { timeline, clock, clockRateHz } = this.parts
    const lateMs = msOf(lateSamples, clockRateHz)
    const agoMs = msOf(timeline.leadSample - firstSilentSample, clockRateHz)
    return {
      kind: lateMs > 0 ? 'late' : 'applied',
      firstSilentSample,
      firstSilentEpochMs: clock.epochMs() - agoMs,
      lateMs,
      isLifted: isLiftable(reason) && timeline.isLifted,
    }
  }
}
