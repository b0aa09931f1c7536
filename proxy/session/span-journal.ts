/**
 * What left silent, told as it happens and as people think of it: one episode per reason, over all tracks, with the exact
 * ranges in it. Silences of one reason that are less than a second apart are one episode, so that a card number of sixteen
 * keys is one story and not sixteen. Bounded: an episode has RANGES_MAX ranges at most, then another begins.
 *
 *   caller   ..####..####..####......          told: opened at the first #, closed a second behind the last,
 *   agent    ..####..####..####......                with 3 ranges of tracks 0 and 1
 */
import { samplesOf } from '../media/time.js'
import type { SpanEvent, TrackRange } from '../policy/audit.js'

/** Silences of one reason that are this close are one episode, ms. */
const MERGE_MS = 1_000
/** An episode that goes on is told again after this long, ms: what a crash leaves behind says that it was open. */
const EXTENDED_MS = 60_000
/** Ranges told with one episode, 16 keys on two tracks with an echo of their own: 32, doubled. */
const RANGES_MAX = 64

interface Range {
  readonly track: number
  readonly startSample: number
  endSample: number
}

interface Episode {
  readonly startSample: number
  readonly ranges: Range[]
  endSample: number
  toldSample: number
}

export class SpanJournal {
  readonly #episodes = new Map<string, Episode>()
  readonly #mergeSamples: number
  readonly #extendedSamples: number

  constructor(
    clockRateHz: number,
    private readonly tell: (event: SpanEvent) => void,
  ) {
    this.#mergeSamples = samplesOf(MERGE_MS, clockRateHz)
    this.#extendedSamples = samplesOf(EXTENDED_MS, clockRateHz)
  }

  /** [startSample, endSample) of the track leaves so for this reason. Starts never go back within a track. */
  add(track: number, startSample: number, endSample: number, reason: string): void {
    const open = this.#episodes.get(reason)
    if (open !== undefined && startSample - open.endSample < this.#mergeSamples) {
      if (this.#extend(open, track, startSample, endSample)) return
    }
    if (open !== undefined) this.#close(reason, open)
    const episode = {
      startSample,
      endSample,
      toldSample: startSample,
      ranges: [{ track, startSample, endSample }],
    }
    this.#episodes.set(reason, episode)
    this.tell({ kind: 'span-opened', reason, ...rangeOf(episode) })
  }

  /** Nothing is open: there is nothing to close as audio leaves. */
  get isIdle(): boolean {
    return this.#episodes.size === 0
  }

  /** Audio up to this position has left: what has been heard for long enough since is over. Hot. */
  advance(sample: number): void {
    if (this.#episodes.size === 0) return
    for (const [reason, episode] of this.#episodes) {
      if (sample - episode.endSample >= this.#mergeSamples) this.#close(reason, episode)
      else if (sample - episode.toldSample >= this.#extendedSamples) {
        episode.toldSample = sample
        this.tell({ kind: 'span-extended', reason, ...rangeOf(episode) })
      }
    }
  }

  /** The call is over. */
  finish(): void {
    for (const [reason, episode] of this.#episodes) this.#close(reason, episode)
  }

  /** False when the episode takes no further range. */
  #extend(episode: Episode, track: number, startSample: number, endSample: number): boolean {
    const last = lastOf(episode.ranges, track)
    if (last !== undefined && startSample <= last.endSample)
      last.endSample = Math.max(last.endSample, endSample)
    else if (episode.ranges.length < RANGES_MAX) episode.ranges.push({ track, startSample, endSample })
    else return false
    episode.endSample = Math.max(episode.endSample, endSample)
    return true
  }

  #close(reason: string, episode: Episode): void {
    this.#episodes.delete(reason)
    this.tell({ kind: 'span-closed', reason, ...rangeOf(episode), ranges: shared(episode.ranges) })
  }
}

const lastOf = (ranges: readonly Range[], track: number): Range | undefined => {
  for (let i = ranges.length - 1; i >= 0; i--) if (ranges[i]!.track === track) return ranges[i]
  return undefined
}

const rangeOf = ({ startSample, endSample, ranges }: Episode): TrackRange => ({
  tracks: [...new Set(ranges.map(({ track }) => track))].sort((a, b) => a - b),
  startSample: Math.min(startSample, ...ranges.map((range) => range.startSample)),
  endSample,
})

/** Ranges by position; what several tracks share to the sample is told once. */
const shared = (ranges: readonly Range[]): TrackRange[] => {
  const groups = new Map<string, { tracks: number[]; startSample: number; endSample: number }>()
  for (const { track, startSample, endSample } of ranges) {
    const key = `${startSample}:${endSample}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { tracks: [track], startSample, endSample })
    else group.tracks.push(track)
  }
  return [...groups.values()].sort((a, b) => a.startSample - b.startSample || a.tracks[0]! - b.tracks[0]!)
}
