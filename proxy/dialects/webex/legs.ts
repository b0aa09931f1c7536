/** The legs of a conversation. Nothing says that one has ended: another of its kind takes its track once it has been silent. */
import { samplesOf } from '../../media/time.js'
import { type Party, PartyTracks } from '../party-tracks.js'

/** Legs remembered at once; the one that has been silent longest goes first. */
const LEGS_MAX = 64

/** A leg that sends nothing for this long, while others do, has left its track to whoever needs it, ms. */
const GONE_MS = 1000

export class Legs {
  readonly #byId = new Map<string, Party>()
  readonly #tracks: PartyTracks
  readonly #goneSamples: number

  constructor(trackCount: number, clockRateHz: number) {
    this.#tracks = new PartyTracks(trackCount, clockRateHz)
    this.#goneSamples = samplesOf(GONE_MS, clockRateHz)
  }

  /** Where on which track a leg's next audio lies; null when there is no track for it. */
  place(
    id: string,
    isAgent: boolean,
    sampleCount: number,
  ): { readonly track: number; readonly startSample: number } | null {
    const leg = this.#byId.get(id) ?? this.#join(id, isAgent)
    const place = this.#tracks.place(leg, sampleCount)
    if (place !== null) return place
    this.#dismissGone()
    return this.#tracks.place(leg, sampleCount)
  }

  #join(id: string, isAgent: boolean): Party {
    const [oldest] = this.#byId
    if (this.#byId.size >= LEGS_MAX && oldest !== undefined) this.#leave(...oldest)
    const leg = this.#tracks.join(isAgent)
    this.#byId.set(id, leg)
    return leg
  }

  #dismissGone(): void {
    for (const [id, leg] of this.#byId)
      if (this.#tracks.silentSamples(leg) >= this.#goneSamples) this.#leave(id, leg)
  }

  #leave(id: string, leg: Party): void {
    this.#tracks.leave(leg)
    this.#byId.delete(id)
  }
}
