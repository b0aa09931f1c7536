/**
 * What signals do to one call stream: steps that open and close, leases that expire, and what there is to tell about it.
 * It decides nothing about audio itself: the policy's steps place spans in the timeline, and the timeline judges.
 */
import type { Clock } from '../base/clock.js'
import { msOf } from '../media/time.js'
import type { EndRefusal, StepOrigin } from '../policy/ending.js'
import type { EndResult, StartResult } from '../policy/open-spans.js'
import type { PolicyOptions } from '../policy/options.js'
import { type CallSignal, isLiftable, type StepKind, type StepSignal, stepKinds } from '../policy/signal.js'
import { createSteps, type Steps } from '../policy/steps.js'
import type { Placement, Timeline } from '../timeline/timeline.js'
import type { CallTally } from './call-tally.js'
import type { Listeners } from './listeners.js'

/** What came of a signal in one stream. */
export type SignalOutcome =
  | {
      readonly kind: 'applied' | 'late'
      readonly firstSilentSample: number
      readonly firstSilentEpochMs: number
      readonly lateMs: number
      readonly isLifted: boolean
    }
  /** An emergency has begun: what it lifts is heard from here on. */
  | { readonly kind: 'lifted'; readonly clearFromSample: number }
  | { readonly kind: 'ended'; readonly clearFromSample: number; readonly step: StepOrigin }
  /** `not-asked`: the policy asks this call's parties for no consent. */
  | { readonly kind: EndRefusal | 'not-asked' }

export interface CallSignalsParts {
  readonly policy: PolicyOptions
  readonly timeline: Timeline
  readonly clockRateHz: number
  readonly listeners: Listeners
  readonly tally: CallTally
  readonly clock: Clock
}

/** The one step of the PBX's own messages: they have no ids, and ids from outside are never empty. */
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

  constructor(private readonly parts: CallSignalsParts) {
    this.#steps = createSteps(parts.policy, parts.timeline, parts.clockRateHz)
  }

  /** Monotonic ms since when a step of this kind has been open; Infinity when none is. */
  openSinceMs(kind: StepKind): number {
    return this.#steps[kind].oldestStartMs
  }

  /** `isFromFirstSample`: the call has begun with it, and nothing of it has been heard. */
  receive(signal: CallSignal, nowMs: number, isFromFirstSample: boolean): SignalOutcome {
    const outcome = this.#carryOut(signal, nowMs, isFromFirstSample)
    if (outcome.kind === 'forbidden') this.parts.tally.refused(signal)
    return outcome
  }

  /** Time passes: leases expire. */
  tick(nowMs: number): void {
    for (const kind of stepKinds) {
      const steps = this.#steps[kind]
      if (!steps.isOpen) continue
      const { expired, clearFromSamples } = steps.checkLeases(nowMs)
      if (expired > 0) this.parts.tally.leasesExpired(kind, expired)
      for (const clearFromSample of clearFromSamples) this.#noteClosed(kind, clearFromSample)
    }
  }

  #carryOut(signal: CallSignal, nowMs: number, isFromFirstSample: boolean): SignalOutcome {
    if (signal.kind === 'consent') return { kind: 'not-asked' }
    if (signal.origin === 'caller-key') return { kind: 'forbidden' }
    return signal.state === 'started'
      ? this.#start(signal, nowMs, isFromFirstSample ? 0 : undefined)
      : this.#end(signal)
  }

  #start(signal: StepSignal, nowMs: number, fromSample: number | undefined): SignalOutcome {
    const result = this.#steps[signal.kind].start(signal, nowMs, fromSample)
    const outcome = this.#outcomeOf(signal.kind, result)
    if (result.kind === 'opened') {
      this.parts.tally.stepOpened(signal, result.placement)
      this.#alert()
    }
    return outcome
  }

  #end(signal: StepSignal): EndResult {
    const result = this.#steps[signal.kind].end(signal)
    if (result.kind === 'ended') this.#noteClosed(signal.kind, result.clearFromSample)
    return result
  }

  #noteClosed(kind: StepKind, atSample: number): void {
    this.parts.tally.stepClosed(kind, atSample)
    this.#alert()
  }

  /** While a number is being keyed, detectors trade speech lost for keys found. */
  #alert(): void {
    this.parts.listeners.setAlertness(this.#steps.payment.isOpen ? 'armed' : 'calm')
  }

  #outcomeOf(kind: StepKind, result: StartResult): SignalOutcome {
    const { timeline, clock, clockRateHz } = this.parts
    const { lateSamples, firstSilentSample }: Placement =
      result.kind === 'opened' ? result.placement : { ...result, lateSamples: 0 }
    if (kind === 'emergency') return { kind: 'lifted', clearFromSample: firstSilentSample }
    const lateMs = msOf(lateSamples, clockRateHz)
    const agoMs = msOf(timeline.leadSample - firstSilentSample, clockRateHz)
    return {
      kind: lateMs > 0 ? 'late' : 'applied',
      firstSilentSample,
      firstSilentEpochMs: clock.epochMs() - agoMs,
      lateMs,
      isLifted: isLiftable(kind) && timeline.isLifted,
    }
  }
}
