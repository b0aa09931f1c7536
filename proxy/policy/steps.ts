import type { Timeline } from '../timeline/timeline.js'
import { OpenSpans, type StepOptions } from './open-spans.js'
import type { PolicyOptions } from './options.js'
import { type StepKind, stepKinds } from './signal.js'

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

/** The steps of one call stream, by kind. */
export type Steps = Readonly<Record<StepKind, OpenSpans>>

export const createSteps = (policy: PolicyOptions, timeline: Timeline, clockRateHz: number): Steps => {
  const options = stepOptionsOf(policy)
  const spansOf = (kind: StepKind): [StepKind, OpenSpans] => [
    kind,
    new OpenSpans(kind, options[kind], timeline, clockRateHz),
  ]
  return Object.fromEntries(stepKinds.map(spansOf)) as Record<StepKind, OpenSpans>
}
