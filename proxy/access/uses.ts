/**
 * What has been used: the memory that makes it useless to show a token or a delivery again. One process keeps it for itself;
 * a fleet keeps it together, so that what was used at one host is used at every other.
 */
import { DELIVERIES_REMEMBERED_MAX, TOKENS_REMEMBERED_MAX } from '../base/limits.js'

/** What is to be known of a name from now on, the very same where nothing changes, and what came of asking. */
export interface Changed<R> {
  readonly known: unknown
  readonly result: R
}

/** Nobody can tell just now what has been used elsewhere. */
export type Untold = 'untold'

export interface Uses {
  /**
   * Changes what is known of a name, as one: nobody else changes it meanwhile. What is known is JSON, null at first.
   * @param change may be called several times, of which the last one counts
   */
  change<R>(name: string, change: (known: unknown) => Changed<R>): Promise<R | Untold>
}

/** Tokens by their `jti`; deliveries of webhooks by what was signed. */
export interface UseBooks {
  readonly tokens: Uses
  readonly deliveries: Uses
}

/**
 * Known to this process alone. Where there are too many the oldest are forgotten: to refuse what is new would leave the calls
 * heard that it speaks of.
 */
export class LocalUses implements Uses {
  readonly #known = new Map<string, unknown>()

  constructor(private readonly namesMax: number) {}

  async change<R>(name: string, change: (known: unknown) => Changed<R>): Promise<R> {
    const { known, result } = change(this.#known.get(name) ?? null)
    this.#known.set(name, known)
    if (this.#known.size > this.namesMax) this.#known.delete(this.#known.keys().next().value!)
    return result
  }
}

/** For a process that shares nothing, and for the primary of a host that is alone. */
export const localUses = (): UseBooks => ({
  tokens: new LocalUses(TOKENS_REMEMBERED_MAX),
  deliveries: new LocalUses(DELIVERIES_REMEMBERED_MAX),
})
