/**
 * Parties come and go, while the tracks of a call are fixed when it begins. The first track is a caller's, the second an
 * agent's, any further one whoever's finds its own taken.
 *
 * Where a protocol has no clock that can be trusted, what arrives now ends now: a party's first audio ends where the newest
 * audio of the call does, and so does what comes after a pause; in between its audio is one piece.
 */
import type { Track } from '../media/frame.js'
import { samplesOf } from '../media/time.js'

/** A party further behind than this has paused: three chunks of 100 ms. Detectors wait half a second at most. */
const PAUSE_MS = 300

/** Tracks that a call may have. */
export const PARTY_TRACKS_MAX = 4

const roles = ['caller', 'agent', 'mixed', 'mixed'] as const

/** The tracks of a call with `count` of them. */
export const partyTracks = (count: number): Track[] =>
  roles.slice(0, count).map((role, index) => ({ index, role }))

/** One party; `track` is null while there is none for it. */
export interface Party {
  readonly isAgent: boolean
  track: number | null
}

export class PartyTracks {
  readonly #holders: (Party | null)[]
  readonly #endSample: number[]
  readonly #pauseSamples: number

  constructor(trackCount: number, clockRateHz: number) {
    this.#holders = Array.from({ length: trackCount }, () => null)
    this.#endSample = Array.from({ length: trackCount }, () => 0)
    this.#pauseSamples = samplesOf(PAUSE_MS, clockRateHz)
  }

  join(isAgent: boolean): Party {
    const party = { isAgent, track: null }
    this.#seat(party)
    return party
  }

  /** Its track is free for another. */
  leave(party: Party): void {
    if (party.track === null) return
    this.#holders[party.track] = null
    party.track = null
  }

  /** Samples of the call since this party was last heard; 0 when it has no track. */
  silentSamples({ track }: Party): number {
    return track === null ? 0 : this.#lead - this.#endSample[track]!
  }

  /** Where on which track the party's next audio lies; null when there is no track for it. */
  place(party: Party, sampleCount: number): { readonly track: number; readonly startSample: number } | null {
    if (party.track === null) this.#seat(party)
    const { track } = party
    if (track === null) return null
    const lead = this.#lead
    const continued = this.#endSample[track]!
    const isPaused = lead - (continued + sampleCount) > this.#pauseSamples
    const startSample = isPaused ? lead - Math.min(sampleCount, this.#pauseSamples) : continued
    this.#endSample[track] = startSample + sampleCount
    return { track, startSample }
  }

  get #lead(): number {
    return Math.max(...this.#endSample)
  }

  #seat(party: Party): void {
    const own = party.isAgent ? 1 : 0
    const free = this.#holders.findIndex((holder, track) => holder === null && (track === own || track > 1))
    if (free < 0) return
    this.#holders[free] = party
    party.track = free
  }
}
