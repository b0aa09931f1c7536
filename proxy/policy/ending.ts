/**
 * Who may end what (docs/decisions/0002): the one rule, for steps of live streams and for those between two streams.
 *
 * Of the open steps of a kind, an end means the one that has its id; where none has, the only one of its own origin; where
 * there is none of those either, the only one. Whether it may end that step is another question: a sender ends what came
 * the way it came itself, unless another actor started it; what came another way only when the policy lists the sender's
 * origin in `endedBy`, or its credentials say so. A caller's keys end nothing.
 */
import type { SignalOrigin, StepSignal } from './signal.js'

/** What is remembered of a step's start. */
export type StepOrigin = Pick<StepSignal, 'signalId' | 'origin' | 'actor' | 'issuedAtMs'>

/** Why an end ends nothing. `newer`: the step was started after the end was signalled. */
export type EndRefusal = 'nothing-open' | 'several-open' | 'newer' | 'forbidden'

/** The step that the signal ends, or why it ends none; all of them stay as they are then. */
export const stepToEnd = <S extends StepOrigin>(
  steps: readonly S[],
  end: StepSignal,
  endedBy: readonly SignalOrigin[],
): S | EndRefusal => {
  const meant = meantBy(steps, end)
  if (meant.length === 0) return 'nothing-open'
  const endable = meant.filter((step) => mayEnd(step, end, endedBy))
  const [step, ...others] = endable
  if (step === undefined) return 'forbidden'
  if (others.length > 0) return 'several-open'
  return isNewer(step, end) ? 'newer' : step
}

const meantBy = <S extends StepOrigin>(steps: readonly S[], end: StepSignal): readonly S[] => {
  const named = steps.filter(({ signalId }) => signalId === end.signalId)
  const own = (named.length > 0 ? named : steps).filter(({ origin }) => origin === end.origin)
  return own.length > 0 ? own : named.length > 0 ? named : steps
}

const mayEnd = (step: StepOrigin, end: StepSignal, endedBy: readonly SignalOrigin[]): boolean => {
  if (end.origin === 'caller-key') return false
  if (end.mayEnd === 'any') return true
  if (step.origin !== end.origin) return endedBy.includes(end.origin)
  const isAnothers = step.actor !== null && end.actor !== null && step.actor !== end.actor
  return step.signalId === end.signalId || !isAnothers
}

const isNewer = (step: StepOrigin, end: StepSignal): boolean =>
  step.issuedAtMs !== null && end.issuedAtMs !== null && step.issuedAtMs > end.issuedAtMs
