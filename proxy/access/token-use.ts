/**
 * What has become of the steps of tokens: what makes a replayed token useless.
 *
 * A token is for one step. Its step lasts from the first start to the last end of its page views: two tabs are two views
 * of one step, and so is a page that is loaded again, or comes back from the browser's cache, within GRACE_MS of the end.
 * After that the token is spent. Should the memory forget one, then a replayed token silences a call until the token
 * expires: more silence, never less, and that is why the oldest are forgotten where there are too many.
 */
import { z } from 'zod'
import { type Refused, refused } from './refusal.js'
import type { Untold, Uses } from './uses.js'

/** From the end of a page's last view to the next one that is still the same step, ms: a reload, a look at another page. */
export const GRACE_MS = 120_000

/** Page views of one token: tabs and reloads. More than a person opens in a quarter of an hour. */
export const VIEWS_PER_TOKEN_MAX = 64

/** By their names behind the token's. `late`: its end came before its start, which is let through once, for the call to judge. */
const stepSchema = z.object({
  views: z.record(z.string(), z.enum(['open', 'late', 'ended'])),
  /** When the last view ended, ms since 1970; null: none has. */
  lastEndedAtMs: z.number().nullable(),
})

type Step = z.infer<typeof stepSchema>

/** A step as it is from now on; of one that is refused nothing changes. */
type Turn = Step | Refused

const unused: Step = { views: {}, lastEndedAtMs: null }

export class TokenUse {
  constructor(private readonly uses: Uses) {}

  /** A view of the step begins, or beats; null when it may. `signalId` is the view's own. */
  async start(tokenId: string, signalId: string, epochMs: number): Promise<Refused | null | Untold> {
    return this.#turn(tokenId, signalId, (step, view) => started(step, view, epochMs))
  }

  /** A view of the step ends: the one that it names, as often as it says so. */
  async end(tokenId: string, signalId: string, epochMs: number): Promise<Refused | null | Untold> {
    return this.#turn(tokenId, signalId, (step, view) => ended(step, view, epochMs))
  }

  async #turn(
    tokenId: string,
    signalId: string,
    turn: (step: Step, view: string) => Turn,
  ): Promise<Refused | null | Untold> {
    if (!isOfStep(tokenId, signalId)) return refused('token-other-step')
    return this.uses.change(tokenId, (known) => {
      const step = known === null ? unused : stepSchema.safeParse(known).data
      if (step === undefined) return { known, result: refused('token-spent') }
      const next = turn(step, signalId.slice(tokenId.length))
      if ('reason' in next) return { known, result: next }
      return { known: next === step ? known : next, result: null }
    })
  }
}

const started = (step: Step, view: string, epochMs: number): Turn => {
  const state = step.views[view]
  if (state === undefined) return opened(step, view, epochMs)
  switch (state) {
    case 'open':
      return step
    case 'ended':
      return refused('token-spent')
    case 'late':
      return { ...step, views: { ...step.views, [view]: 'ended' } }
  }
}

const opened = (step: Step, view: string, epochMs: number): Turn => {
  const states = Object.values(step.views)
  const isOver = step.lastEndedAtMs !== null && epochMs > step.lastEndedAtMs + GRACE_MS
  if (isOver && !states.includes('open')) return refused('token-spent')
  if (states.length >= VIEWS_PER_TOKEN_MAX) return refused('too-many-requests')
  return { ...step, views: { ...step.views, [view]: 'open' } }
}

const ended = (step: Step, view: string, epochMs: number): Turn => {
  const state = step.views[view]
  if (state === 'ended' || state === 'late') return step
  if (state === undefined && Object.keys(step.views).length >= VIEWS_PER_TOKEN_MAX)
    return refused('too-many-requests')
  const views = { ...step.views, [view]: state === undefined ? ('late' as const) : ('ended' as const) }
  return { views, lastEndedAtMs: epochMs }
}

/** A view's signals are called as the token is, with a suffix of their own where there are several. */
const isOfStep = (tokenId: string, signalId: string): boolean =>
  signalId === tokenId || signalId.startsWith(`${tokenId}.`)
