/** One answer out of those of several processes: no more than the weakest of them can vouch for. */
import { isSilencing } from '../session/control-plane.js'
import type { Signal, SignalAnswer, SignalResult } from '../session/signal.js'

/** Of answers that name no stream, what tells the sender most. */
const telling: readonly SignalResult[] = ['ambiguous', 'forbidden', 'unavailable', 'pending', 'unknown']

const KEPT = 'a process that has the call did not answer: this is kept and holds once it does; repeat it'
const NOT_DONE = 'a process that has the call did not answer: nothing has been opened there; repeat it'

/** @param answers null where a process did not answer; one at least */
export const mergeAnswers = (signal: Signal, answers: readonly (SignalAnswer | null)[]): SignalAnswer => {
  const given = answers.filter((answer) => answer !== null)
  const streams = given.flatMap((answer) => answer.streams)
  const isRepeated = given.length > 0 && given.every((answer) => answer.isRepeated)
  if (given.length < answers.length)
    return { result: 'unavailable', detail: isSilencing(signal) ? KEPT : NOT_DONE, streams, isRepeated }
  const [only] = given
  if (given.length === 1) return only!
  const applied = given.filter((answer) => answer.streams.length > 0)
  if (applied.length === 0)
    return telling
      .map((result) => given.find((answer) => answer.result === result))
      .find((answer) => answer !== undefined)!
  const calls = new Set(streams.map(({ callId }) => callId))
  if (calls.size > 1 && isSilencing(signal))
    return {
      result: 'ambiguous',
      detail: 'several calls match and all are silent: end it in each by its call id',
      streams,
      isRepeated,
    }
  const worst =
    applied.find(({ result }) => result === 'ambiguous') ?? applied.find(({ result }) => result === 'late')
  const { result, detail } = worst ?? applied[0]!
  return { result, ...(detail !== undefined && { detail }), streams, isRepeated }
}
