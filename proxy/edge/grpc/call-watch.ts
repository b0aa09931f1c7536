/** What has changed between two looks at the calls. */
import type { CallView } from '../../directory/call-view.js'

export type Change = 'PRESENT' | 'UPDATED' | 'GONE'

export interface CallChange {
  readonly change: Change
  readonly call: CallView
}

export class CallWatch {
  #known = new Map<string, CallView>()

  /** The calls as they are now; returns what has changed since the last look, what is gone first. */
  look(calls: readonly CallView[]): CallChange[] {
    const now = new Map(calls.map((call) => [`${call.callId} ${call.streamId}`, call]))
    const gone = [...this.#known].filter(([key]) => !now.has(key))
    const changes: CallChange[] = gone.map(([, call]) => ({ change: 'GONE', call }))
    for (const [key, call] of now) {
      const before = this.#known.get(key)
      if (before === undefined) changes.push({ change: 'PRESENT', call })
      else if (hasChanged(before, call)) changes.push({ change: 'UPDATED', call })
    }
    this.#known = now
    return changes
  }
}

/** That time has passed is no change: which steps are open is, and what has left silent. */
const hasChanged = (before: CallView, after: CallView): boolean =>
  stepsOf(before) !== stepsOf(after) ||
  before.spans.length !== after.spans.length ||
  before.spans.at(-1)?.endSample !== after.spans.at(-1)?.endSample

const stepsOf = ({ openSeconds }: CallView): string => Object.keys(openSeconds).sort().join(' ')
