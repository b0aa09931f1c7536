/**
 * Parties come and go as segments, while the tracks of a call are fixed when it begins. A segment has a track while it
 * lasts: the contact the first, agents and bots the second, and whoever finds it taken one of the others.
 *
 * The protocol has no clock: what arrives now ends now. The first audio of a segment ends where the newest audio of the call
 * does, and so does what comes after a pause; in between a segment's audio is one piece. Numbers tell only what came twice:
 * nobody has documented what they count while a call is on hold.
 */
import { samplesOf } from '../../media/time.js'
import { participantTypes } from './messages.js'

export const CLOCK_RATE_HZ = 8000

/** A party further behind than this has paused: three chunks of 100 ms. Detectors wait half a second at most. */
const PAUSE_SAMPLES = samplesOf(300, CLOCK_RATE_HZ)

/** Segments at once: a conference of many, and a bound for memory. */
const SEGMENTS_MAX = 64

export type G711 = 'pcmu' | 'pcma'

export interface Segment {
  /** Of PARTICIPANT_TYPE; 0 when it is unspecified. */
  readonly participantType: number
  /** Null: an encoding that nobody here can judge. */
  readonly codec: G711 | null
  track: number | null
  lastSeq: number
}

export class Segments {
  readonly #byId = new Map<string, Segment>()
  /** Per track, who has it. */
  readonly #holders: (Segment | null)[]
  readonly #endSample: number[]

  constructor(trackCount: number) {
    this.#holders = Array.from({ length: trackCount }, () => null)
    this.#endSample = Array.from({ length: trackCount }, () => 0)
  }

  get isFull(): boolean {
    return this.#byId.size >= SEGMENTS_MAX
  }

  find(id: string): Segment | undefined {
    return this.#byId.get(id)
  }

  start(id: string, participantType: number, codec: G711 | null): void {
    const segment = { participantType, codec, track: null, lastSeq: 0 }
    this.#byId.set(id, segment)
    this.#seat(segment)
  }

  stop(id: string): void {
    const segment = this.#byId.get(id)
    this.#byId.delete(id)
    if (segment !== undefined && segment.track !== null) this.#holders[segment.track] = null
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
    segment: Segment,
    sampleCount: number,
  ): { readonly track: number; readonly startSample: number } | null {
    if (segment.track === null) this.#seat(segment)
    const { track } = segment
    if (track === null) return null
    const lead = Math.max(...this.#endSample)
    const continued = this.#endSample[track]!
    const isPaused = lead - (continued + sampleCount) > PAUSE_SAMPLES
    const startSample = isPaused ? lead - Math.min(sampleCount, PAUSE_SAMPLES) : continued
    this.#endSample[track] = startSample + sampleCount
    return { track, startSample }
  }

  /** A track of its own kind where it is free, else one of those that are nobody's kind. */
  #seat(segment: Segment): void {
    const own = isAgent(segment.participantType) ? 1 : 0
    const seats = [own, ...this.#holders.keys()].filter((track) => track === own || track > 1)
    const free = seats.find((track) => this.#holders[track] === null)
    if (free === undefined) return
    this.#holders[free] = segment
    segment.track = free
  }
}

/** A bot speaks for the contact centre. Whoever is of no known kind is taken for a caller, who may do least. */
const isAgent = (participantType: number): boolean =>
  participantType === participantTypes.agent || participantType === participantTypes.bot
