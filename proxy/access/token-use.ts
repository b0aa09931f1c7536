/**
 * What has become of the steps of tokens: the memory that makes a replayed token useless.
 *
 * A token is for one step. Its step lasts from the first start to the last end of its page views: two tabs are two views
 * of one step, and so is a page that is loaded again, or comes back from the browser's cache, within GRACE_MS of the end.
 * After that the token is spent. Should the memory forget one, then a replayed token silences a call until the token
 * expires: more silence, never less, and that is why the oldest are forgotten where there are too many.
 */
import { TOKENS_REMEMBERED_MAX } from '../base/limits.js'
import { type Refused, refused } from './refusal.js'

/** From the end of a page's last view to the next one that is still the same step, ms: a reload, a look at another page. */
export const GRACE_MS = 120_000

/** Page views of one token: tabs and reloads. More than a person opens in a quarter of an hour. */
export const VIEWS_PER_TOKEN_MAX = 64

/** `late`: its end came before its start, which is let through once: the call's own rules say what it silences. */
type View = 'open' | 'late' | 'ended'

interface Use {
  readonly views: Map<string, View>
  openCount: number
  lastEndedAtMs: number
}

export class TokenUse {
  readonly #uses = new Map<string, Use>()

  /** A view of the step begins, or beats; null when it may. `signalId` is the view's own. */
  start(tokenId: string, signalId: string, nowMs: number): Refused | null {
    if (!isOfStep(tokenId, signalId)) return refused('token-other-step')
    const use = this.#of(tokenId)
    switch (use.views.get(signalId)) {
      case 'open':
        return null
      case 'ended':
        return refused('token-spent')
      case 'late':
        use.views.set(signalId, 'ended')
        return null
      case undefined:
        return this.#open(use, signalId, nowMs)
    }
  }

  /** A view of the step ends: the one that it names, as often as it says so. */
  end(tokenId: string, signalId: string, nowMs: number): Refused | null {
    if (!isOfStep(tokenId, signalId)) return refused('token-other-step')
    const use = this.#of(tokenId)
    const view = use.views.get(signalId)
    if (view === undefined && use.views.size >= VIEWS_PER_TOKEN_MAX) return refused('too-many-requests')
    if (view === 'open') use.openCount--
    if (view === 'open' || view === undefined) use.lastEndedAtMs = nowMs
    use.views.set(signalId, view === undefined || view === 'late' ? 'late' : 'ended')
    return null
  }

  #open(use: Use, signalId: string, nowMs: number): Refused | null {
    if (use.openCount === 0 && nowMs > use.lastEndedAtMs + GRACE_MS) return refused('token-spent')
    if (use.views.size >= VIEWS_PER_TOKEN_MAX) return refused('too-many-requests')
    use.views.set(signalId, 'open')
    use.openCount++
    return null
  }

  #of(tokenId: string): Use {
    const known = this.#uses.get(tokenId)
    if (known !== undefined) return known
    const use: Use = { views: new Map(), openCount: 0, lastEndedAtMs: Infinity }
    this.#uses.set(tokenId, use)
    if (this.#uses.size > TOKENS_REMEMBERED_MAX) this.#uses.delete(this.#uses.keys().next().value!)
    return use
  }
}

/** A view's signals are called as the token is, with a suffix of their own where there are several. */
const isOfStep = (tokenId: string, signalId: string): boolean =>
  signalId === tokenId || signalId.startsWith(`${tokenId}.`)
