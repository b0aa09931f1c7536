/**
 * The open steps of one kind in one fork stream (payment, hold, transfer, ...), and the spans that keep them silent; of an
 * emergency, the lifts that let them be heard.
 *
 * A step is named by the origin and the id of the signal that started it. Every step has a span of its own (R4), so that
 * ending one never opens another. A start is a lease: heartbeats renew it; when it expires the span stays closed, somebody
 * is told, and only the policy may end it later. Who may end which step is ending.ts.
 */
import { OPEN_STEPS_PER_KIND_MAX } from '../base/limits.js'
import { samplesOf } from '../media/time.js'
import type { Lift } from '../timeline/lift.js'
import type { OpenSpan } from '../timeline/span.js'
import type { Placement, Timeline } from '../timeline/timeline.js'
import { type EndRefusal, type StepOrigin, stepToEnd } from './ending.js'
import { isLiftable, type SignalOrigin, type StepKind, type StepSignal } from './signal.js'

/** How the steps of one kind behave. */
export interface StepOptions {
  /** How long before a start signal the span begins, ms; Infinity: at the call's first sample. */
  readonly lookBackMs: number
  /** How long after an end signal it lasts, ms. */
  readonly padAfterMs: number
  /** Lease of a start that names none, seconds. */
  readonly leaseSeconds: number
  /** Seconds after an expired lease at which the step ends by itself; null: not before the call does. */
  readonly endAfterExpirySeconds: number | null
  /** Origins that may end what came another way. */
  readonly endedBy: readonly SignalOrigin[]
}

interface Step extends StepOrigin {
  readonly span: OpenSpan | Lift
  /** The answer to its start, for those who ask again. */
  readonly firstSilentSample: number
  readonly startedAtMs: number
  leaseMs: number
  leaseEndsAtMs: number
  hasExpired: boolean
}

/** When a start is so; what is left out is 0, and `fromSample` not known. */
export interface StartTime {
  readonly fromSample?: number | undefined
  /** How long ago the signal was made, ms. */
  readonly onItsWayMs?: number
  /** For how long audio may have come before the signal that nobody has read, ms. */
  readonly unreadMs?: number
}

export type StartResult =
  | { readonly kind: 'opened'; readonly placement: Placement }
  | { readonly kind: 'renewed'; readonly firstSilentSample: number }
export type EndResult =
  | { readonly kind: 'ended'; readonly clearFromSample: number; readonly step: StepOrigin }
  | { readonly kind: EndRefusal }

/** What the time that has passed means for the leases. */
export interface LeaseCheck {
  /** How many have expired since the last check. */
  readonly expired: number
  /** For each step that ended by itself, from where on its span covers nothing any more. */
  readonly clearFromSamples: readonly number[]
}

export class OpenSpans {
  readonly #steps = new Map<string, Step>()
  readonly #lookBackSamples: number
  readonly #padAfterSamples: number
  readonly #endAfterExpiryMs: number

  constructor(
    readonly kind: StepKind,
    private readonly options: StepOptions,
    private readonly timeline: Timeline,
    private readonly clockRateHz: number,
  ) {
    this.#lookBackSamples = samplesOf(options.lookBackMs, clockRateHz)
    this.#padAfterSamples = samplesOf(options.padAfterMs, clockRateHz)
    this.#endAfterExpiryMs = (options.endAfterExpirySeconds ?? Infinity) * 1000
  }

  get isOpen(): boolean {
    return this.#steps.size > 0
  }

  /** Monotonic ms at which the oldest open step began; Infinity when none is open. */
  get oldestStartMs(): number {
    let oldest = Infinity
    for (const step of this.#steps.values()) oldest = Math.min(oldest, step.startedAtMs)
    return oldest
  }

  /**
   * Opens a step, or renews its lease. Its span begins the look-back before the newest sample, and not behind `fromSample`:
   * 0 for a call that begins with the step open, the key of a star code. For as long as the signal was on its way it
   * begins earlier, as far as nothing has left: what is held loses nothing by that.
   */
  start(signal: StepSignal, nowMs: number, time: StartTime = {}): StartResult {
    const key = stepKey(signal)
    const open = this.#steps.get(key)
    if (open !== undefined) return this.#renew(open, signal.ttlMs, nowMs)
    if (this.#steps.size >= OPEN_STEPS_PER_KIND_MAX) return this.#joinOldest(signal.ttlMs, nowMs)
    const startSample = Math.min(time.fromSample ?? Infinity, this.#lookedBackSample(time))
    const { span, placement } = this.#place(startSample)
    const leaseMs = signal.ttlMs ?? this.options.leaseSeconds * 1000
    const { signalId, origin, actor, issuedAtMs } = signal
    this.#steps.set(key, {
      signalId,
      origin,
      actor,
      issuedAtMs,
      span,
      firstSilentSample: placement.firstSilentSample,
      startedAtMs: nowMs,
      leaseMs,
      leaseEndsAtMs: nowMs + leaseMs,
      hasExpired: false,
    })
    return { kind: 'opened', placement }
  }

  /** Ends the step that the signal means, where it may, behind the `unreadMs` of audio that may have come before the signal. */
  end(signal: StepSignal, unreadMs = 0): EndResult {
    const step = stepToEnd([...this.#steps.values()], signal, this.options.endedBy)
    if (typeof step === 'string') return { kind: step }
    return { kind: 'ended', clearFromSample: this.#close(step, unreadMs), step }
  }

  /** Leases expire as time passes; the steps that the policy lets end by themselves end. */
  checkLeases(nowMs: number): LeaseCheck {
    let expired = 0
    const clearFromSamples: number[] = []
    for (const step of this.#steps.values()) {
      if (nowMs < step.leaseEndsAtMs) continue
      if (!step.hasExpired) expired++
      step.hasExpired = true
      if (nowMs >= step.leaseEndsAtMs + this.#endAfterExpiryMs) clearFromSamples.push(this.#close(step))
    }
    return { expired, clearFromSamples }
  }

  #lookedBackSample({ onItsWayMs = 0, unreadMs = 0 }: StartTime): number {
    const opensBehind = this.kind === 'emergency' ? samplesOf(unreadMs, this.clockRateHz) : 0
    const arrivedSample = this.timeline.leadSample + opensBehind - this.#lookBackSamples
    const madeSample = arrivedSample - samplesOf(onItsWayMs, this.clockRateHz)
    return Math.min(arrivedSample, Math.max(madeSample, this.timeline.heldFromSample))
  }

  /** An emergency places a lift instead of a span: what is liftable is heard while it is open, and what is not stays silent. */
  #place(startSample: number): { span: OpenSpan | Lift; placement: Placement } {
    if (this.kind === 'emergency') {
      const lift = { startSample: Math.max(0, startSample), endSample: Infinity }
      this.timeline.lift(lift)
      return { span: lift, placement: { lateSamples: 0, firstSilentSample: lift.startSample } }
    }
    const reason = this.kind
    const span = { track: null, startSample, endSample: Infinity, reason, isLiftable: isLiftable(reason) }
    return { span, placement: this.timeline.redact(span) }
  }

  /** Returns from where on the step's span covers nothing any more. */
  #close(step: Step, unreadMs = 0): number {
    const opensBehind = this.kind === 'emergency' ? 0 : samplesOf(unreadMs, this.clockRateHz)
    const clearFromSample = this.timeline.leadSample + opensBehind + this.#padAfterSamples
    this.timeline.close(step.span, clearFromSample)
    this.#steps.delete(stepKey(step))
    return clearFromSample
  }

  #renew(step: Step, leaseMs: number | null, nowMs: number): StartResult {
    step.leaseMs = leaseMs ?? step.leaseMs
    step.leaseEndsAtMs = nowMs + step.leaseMs
    step.hasExpired = false
    return { kind: 'renewed', firstSilentSample: step.firstSilentSample }
  }

  #joinOldest(leaseMs: number | null, nowMs: number): StartResult {
    return this.#renew(this.#steps.values().next().value!, leaseMs, nowMs)
  }
}

/** Ids are unique within their origin only: a page that says what the agent's desktop says has a step of its own. */
export const stepKey = ({ origin, signalId }: Pick<StepOrigin, 'origin' | 'signalId'>): string =>
  `${origin}:${signalId}`
