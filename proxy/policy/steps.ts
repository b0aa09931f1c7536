import type { Timeline } from '../timeline/timeline.js'
import { OpenSpans, type StepOptions } from './open-spans.js'
import type { PolicyOptions } from './options.js'
import type { StepKind } from './signal.js'

/** How the policy lets the steps of each kind behave. */
const stepOptionsOf = (policy: PolicyOptions): Readonly<Record<StepKind, StepOptions>> => ({
  payment: policy.payment,
  hold: policy.hold,
  transfer: policy.transfer,
  personal: { ...policy.personal, lookBackMs: Infinity },
  manual: { ...policy.manual, lookBackMs: policy.manual.lookBackMs ?? policy.payment.lookBackMs },
  // An emergency ends at once, and with its lease: forgetting it must not leave everything open.
  emergency: { ...policy.emergency, padAfterMs: 0, endAfterExpirySeconds: 0 },
})

/** The steps of one call stream. Of most calls nobody says anything: what a kind keeps is made when its first step begins. */
export class Steps {
  /** Of the kinds that have begun, in that order. */
  readonly #begun: OpenSpans[] = []

  constructor(
    private readonly policy: PolicyOptions,
    private readonly timeline: Timeline,
    private readonly clockRateHz: number,
  ) {}

  /** The steps of a kind, to begin or to end one. */
  of(kind: StepKind): OpenSpans {
    const begun = this.#begun.find((spans) => spans.kind === kind)
    if (begun !== undefined) return begun
    const spans = new OpenSpans(kind, stepOptionsOf(this.policy)[kind], this.timeline, this.clockRateHz)
    this.#begun.push(spans)
    return spans
  }

  /** Whose leases may expire. Hot. */
  get begun(): readonly OpenSpans[] {
    return this.#begun
  }

  isOpen(kind: StepKind): boolean {
    return this.oldestStartMs(kind) !== Infinity
  }

  /** Monotonic ms at which the oldest open step of this kind, or of any, began; Infinity when none is open. */
  oldestStartMs(kind?: StepKind): number {
    let oldestMs = Infinity
    for (const spans of this.#begun)
      if (kind === undefined || spans.kind === kind) oldestMs = Math.min(oldestMs, spans.oldestStartMs)
    return oldestMs
  }
}
