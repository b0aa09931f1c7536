/**
 * Payment mode of one fork stream: which payment steps are open, and the spans that keep them silent.
 *
 * A step is named by the signal that started it. Every step has a span of its own (R4), so that ending one never opens
 * another. A start is a lease: heartbeats renew it; when it expires the span stays closed, somebody is told, and only the
 * policy may end it later. A caller's keys do nothing here.
 */
import { OPEN_STEPS_PER_CALL_MAX } from '../base/limits.js'
import { samplesOf } from '../media/time.js'
import type { OpenSpan } from '../timeline/span.js'
import type { Placement, Timeline } from '../timeline/timeline.js'
import type { PolicyOptions } from './options.js'

interface Step {
  readonly span: OpenSpan
  /** The answer to its start, for those who ask again. */
  readonly firstSilentSample: number
  readonly startedAtMs: number
  leaseMs: number
  leaseEndsAtMs: number
  hasExpired: boolean
}

export type StartResult =
  | { readonly kind: 'opened'; readonly placement: Placement }
  | { readonly kind: 'renewed'; readonly firstSilentSample: number }
export type EndResult =
  | { readonly kind: 'ended'; readonly clearFromSample: number }
  | { readonly kind: 'nothing-open' | 'several-open' }

/** What the time that has passed means for the leases. */
export interface LeaseCheck {
  /** How many have expired since the last check. */
  readonly expired: number
  /** For each step that ended by itself, from where on the call is heard again. */
  readonly clearFromSamples: readonly number[]
}

/**
 * The step that the PBX's own in-stream signals start and end; no other signal touches it, and they touch no other. Ids
 * from outside are never empty.
 */
export const IN_STREAM_STEP = ''

export class PaymentMode {
  readonly #steps = new Map<string, Step>()
  readonly #lookBackSamples: number
  readonly #padAfterSamples: number
  readonly #endAfterExpiryMs: number

  constructor(
    private readonly options: PolicyOptions['payment'],
    private readonly timeline: Timeline,
    clockRateHz: number,
  ) {
    this.#lookBackSamples = samplesOf(options.lookBackMs, clockRateHz)
    this.#padAfterSamples = samplesOf(options.padAfterMs, clockRateHz)
    this.#endAfterExpiryMs = (options.endAfterExpirySeconds ?? Infinity) * 1000
  }

  get isOn(): boolean {
    return this.#steps.size > 0
  }

  /** Monotonic ms at which the oldest open step began; Infinity when none is open. */
  get oldestStartMs(): number {
    let oldest = Infinity
    for (const step of this.#steps.values()) oldest = Math.min(oldest, step.startedAtMs)
    return oldest
  }

  /**
   * Opens a step, or renews its lease. `leaseMs` null: the policy's own. `fromSample`: where the silence must begin when
   * that is known (a call that begins in payment mode: 0); otherwise the look-back before the newest sample.
   */
  start(stepId: string, leaseMs: number | null, nowMs: number, fromSample?: number): StartResult {
    const open = this.#steps.get(stepId)
    if (open !== undefined) {
      this.#renew(open, leaseMs ?? open.leaseMs, nowMs)
      return { kind: 'renewed', firstSilentSample: open.firstSilentSample }
    }
    if (this.#steps.size >= OPEN_STEPS_PER_CALL_MAX) return this.#joinOldest(leaseMs, nowMs)
    const span: OpenSpan = {
      track: null,
      startSample: fromSample ?? this.timeline.leadSample - this.#lookBackSamples,
      endSample: Infinity,
      reason: 'payment',
    }
    const placement = this.timeline.redact(span)
    const lease = leaseMs ?? this.options.leaseSeconds * 1000
    this.#steps.set(stepId, {
      span,
      firstSilentSample: placement.firstSilentSample,
      startedAtMs: nowMs,
      leaseMs: lease,
      leaseEndsAtMs: nowMs + lease,
      hasExpired: false,
    })
    return { kind: 'opened', placement }
  }

  /**
   * Ends the step of that name. A name that no step has ends the only one that was signalled from outside, since some
   * pages number every signal anew.
   */
  end(stepId: string): EndResult {
    const id = this.#steps.has(stepId) || stepId === IN_STREAM_STEP ? stepId : this.#onlyOutsideStep()
    const step = id === undefined ? undefined : this.#steps.get(id)
    if (id === undefined || step === undefined)
      return { kind: id === undefined && this.#steps.size > 1 ? 'several-open' : 'nothing-open' }
    const clearFromSample = this.timeline.leadSample + this.#padAfterSamples
    this.timeline.close(step.span, clearFromSample)
    this.#steps.delete(id)
    return { kind: 'ended', clearFromSample }
  }

  /** Leases expire as time passes; the steps that the policy lets end by themselves end. */
  checkLeases(nowMs: number): LeaseCheck {
    let expired = 0
    const clearFromSamples: number[] = []
    for (const [id, step] of this.#steps) {
      if (nowMs < step.leaseEndsAtMs) continue
      if (!step.hasExpired) expired++
      step.hasExpired = true
      if (nowMs < step.leaseEndsAtMs + this.#endAfterExpiryMs) continue
      const result = this.end(id)
      if (result.kind === 'ended') clearFromSamples.push(result.clearFromSample)
    }
    return { expired, clearFromSamples }
  }

  #renew(step: Step, leaseMs: number, nowMs: number): void {
    step.leaseMs = leaseMs
    step.leaseEndsAtMs = nowMs + leaseMs
    step.hasExpired = false
  }

  #onlyOutsideStep(): string | undefined {
    const outside = [...this.#steps.keys()].filter((id) => id !== IN_STREAM_STEP)
    return outside.length === 1 ? outside[0] : undefined
  }

  #joinOldest(leaseMs: number | null, nowMs: number): StartResult {
    const oldest = this.#steps.values().next().value!
    this.#renew(oldest, leaseMs ?? oldest.leaseMs, nowMs)
    return { kind: 'renewed', firstSilentSample: oldest.firstSilentSample }
  }
}
