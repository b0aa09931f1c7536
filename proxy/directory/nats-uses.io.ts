/**
 * What has been used, as the whole fleet knows it: a name's entry in the bucket PREFIX_used is changed only as long as nobody
 * else has changed it since it was read, which the server judges. So of two processes that are shown the same at the same
 * time one is first, and the other one knows.
 *
 * While nobody can be asked, what asks for nothing new (a page that beats, what was refused here before) is answered by what
 * was last seen here; everything else is untold.
 */
import type { NatsLink } from './nats-link.io.js'
import type { Seal } from './seal.js'

/** Names that were seen here, of which one is answered in one question instead of two; 400 bytes each. */
const SEEN_MAX = 20_000
/** Tabs of one page that open at once; more than that is no page. */
const TRIES_MAX = 8

/** What was last seen of a name; revision 0: nothing. */
interface Seen {
  readonly revision: number
  readonly known: unknown
}

const unseen: Seen = { revision: 0, known: null }

export class NatsUses {
  readonly #seen = new Map<string, Seen>()

  /** @param book what kind of names it has: the same name in another book is another */
  constructor(
    private readonly book: string,
    private readonly link: Pick<NatsLink, 'used' | 'use'>,
    private readonly seal: Seal,
    private readonly isTogether: () => boolean,
  ) {}

  /** As `Uses` in access/uses.ts has it. */
  async change<R>(
    name: string,
    change: (known: unknown) => { readonly known: unknown; readonly result: R },
  ): Promise<R | 'untold'> {
    const key = this.seal.name('use', this.book, name)
    let seen = this.#seen.get(key) ?? unseen
    try {
      for (let tries = 0; tries < TRIES_MAX && this.isTogether(); tries++) {
        const { known, result } = change(seen.known)
        if (known !== seen.known && (await this.#write(key, known, seen.revision))) return result
        const now = await this.#read(key)
        if (known === seen.known && now.revision === seen.revision) return result
        seen = now
      }
    } catch {
      // No answer: it is not known whether anything has changed.
    }
    const { known, result } = change(seen.known)
    return known === seen.known ? result : 'untold'
  }

  /** False when somebody else has written since. */
  async #write(key: string, known: unknown, revision: number): Promise<boolean> {
    const written = await this.link.use(key, this.seal.close(known, placeOf(key)), revision)
    if (written === null) return false
    this.#note(key, { revision: written, known })
    return true
  }

  async #read(key: string): Promise<Seen> {
    const entry = await this.link.used(key)
    const seen =
      entry === null
        ? unseen
        : { revision: entry.revision, known: this.seal.open(entry.value, placeOf(key)) ?? UNREADABLE }
    this.#note(key, seen)
    return seen
  }

  #note(key: string, seen: Seen): void {
    this.#seen.delete(key)
    this.#seen.set(key, seen)
    if (this.#seen.size > SEEN_MAX) this.#seen.delete(this.#seen.keys().next().value!)
  }
}

const placeOf = (key: string): string => `used.${key}`

/** Somebody without the fleet's secret has written there: the name counts as used. */
const UNREADABLE = 'unreadable'
