/**
 * The segments of a dialog: each is one party's stay in it. Numbers tell only what came twice: nobody has documented what
 * they count while a call is on hold.
 */
import { type Party, PartyTracks } from '../party-tracks.js'
import { participantTypes } from './messages.js'

export const CLOCK_RATE_HZ = 8000

/** Segments at once: a conference of many, and a bound for memory. */
const SEGMENTS_MAX = 64

export type G711 = 'pcmu' | 'pcma'

export interface Segment {
  readonly party: Party
  /** Null: an encoding that nobody here can judge. */
  readonly codec: G711 | null
  lastSeq: number
}

export class Segments {
  readonly #byId = new Map<string, Segment>()
  readonly #tracks: PartyTracks

  constructor(trackCount: number) {
    this.#tracks = new PartyTracks(trackCount, CLOCK_RATE_HZ)
  }

  get isFull(): boolean {
    return this.#byId.size >= SEGMENTS_MAX
  }

  find(id: string): Segment | undefined {
    return this.#byId.get(id)
  }

  start(id: string, participantType: number, codec: G711 | null): void {
    this.#byId.set(id, { party: this.#tracks.join(isAgent(participantType)), codec, lastSeq: 0 })
  }

  stop(id: string): void {
    const segment = this.#byId.get(id)
    if (segment !== undefined) this.#tracks.leave(segment.party)
    this.#byId.delete(id)
  }

  /** Whether this chunk came before: its number is not above the last one. Chunks without a number never did. */
  isRepeated(segment: Segment, seq: number): boolean {
    if (seq === 0) return false
    if (seq <= segment.lastSeq) return true
    segment.lastSeq = seq
    return false
  }

  /** Something happened to the segment, such as a hold: its numbers may begin anew. */
  forgetSeq(segment: Segment): void {
    segment.lastSeq = 0
  }

  /** Where on which track a chunk of this segment lies; null when there is no track for it. */
  place(
    { party }: Segment,
    sampleCount: number,
  ): { readonly track: number; readonly startSample: number } | null {
    return this.#tracks.place(party, sampleCount)
  }
}

/** A bot speaks for the contact centre. Whoever is of no known kind is taken for a caller, who may do least. */
const isAgent = (participantType: number): boolean =>
  participantType === participantTypes.agent || participantType === participantTypes.bot
