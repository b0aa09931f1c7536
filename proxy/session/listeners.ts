import type { Alertness, DigitReport, Finding } from '../detectors/detector.js'
import type { CallStart, MediaFrame } from '../media/frame.js'
import { samplesOf } from '../media/time.js'
import { isPadded } from '../policy/policy.js'
import { GuardedDetector } from './guarded-detector.js'
import type { Lane } from './lane.js'
import type { SessionParts } from './session-parts.js'

/** A track may lag behind the newest one by this much before its missing audio counts as silence, ms. */
const TRACK_LAG_MS_MAX = 500

/** All that listens to one call: its detectors behind their walls, and up to where they have heard each track. */
export class Listeners {
  /** Per track: up to here there was audio to hear, or everyone has been told that there is none. */
  readonly #heardTo: Float64Array

  /** @param trackLagSamples how far a track may lag behind the newest one before its missing audio counts as silence */
  constructor(
    readonly detectors: readonly GuardedDetector[],
    trackCount: number,
    private readonly trackLagSamples: number,
  ) {
    this.#heardTo = new Float64Array(trackCount)
  }

  /** Lets every detector hear a frame; returns why nobody could listen to it, or null. Hot. */
  listen(frame: MediaFrame, lane: Lane): string | null {
    for (const track of lane.tracks) if (frame.startSample < this.#heardTo[track]!) return 'overlapping-audio'
    const count = lane.decode(frame)
    const endSample = frame.startSample + frame.sampleCount
    for (let channel = 0; channel < lane.tracks.length; channel++) {
      const track = lane.tracks[channel]!
      this.#heardTo[track] = endSample
      for (const detector of this.detectors)
        if (count < 0) detector.skip(track, endSample)
        else detector.push(track, lane.channel(channel, count), frame.startSample)
    }
    lane.forget(Math.max(0, count))
    return count < 0 ? 'undecodable-audio' : null
  }

  /** A party that sends nothing must not silence the other: its missing audio counts as silence once it is well behind. */
  fillAbsentTracks(leadSample: number): void {
    this.takeForSilent(leadSample - this.trackLagSamples)
  }

  /** Whatever of any track has not been heard before this position is digital silence; audio that comes for it is overlapping. */
  takeForSilent(toSample: number): void {
    for (let track = 0; track < this.#heardTo.length; track++) {
      if (this.#heardTo[track]! >= toSample) continue
      this.#heardTo[track] = toSample
      for (const detector of this.detectors) detector.skip(track, toSample)
    }
  }

  /** Appends every finding and every digit not yet handed out. Nothing here keeps, or acts on, a digit. */
  drain(out: Finding[], digits: DigitReport[]): void {
    for (const detector of this.detectors) detector.drain(out, digits)
  }

  /** Up to here the track has been heard, or taken for silent. */
  heardToSample(track: number): number {
    return this.#heardTo[track] ?? 0
  }

  /** Up to here every track has been heard out by those that fail closed; Infinity when all fail open. */
  get vouchedSample(): number {
    let lowest = Infinity
    for (const detector of this.detectors)
      for (let track = 0; track < this.#heardTo.length && !detector.isFailOpen; track++)
        lowest = Math.min(lowest, detector.watermarkSample(track))
    return lowest
  }

  /** How far a detector is behind the newest sample, on the track where it is furthest behind. */
  lagSamples(detector: GuardedDetector, leadSample: number): number {
    let lowest = leadSample
    for (let track = 0; track < this.#heardTo.length; track++)
      lowest = Math.min(lowest, detector.watermarkSample(track))
    return leadSample - lowest
  }

  setAlertness(alertness: Alertness): void {
    for (const detector of this.detectors) detector.setAlertness(alertness)
  }

  finish(): void {
    for (const detector of this.detectors) detector.finish()
  }

  close(): void {
    for (const detector of this.detectors) detector.close()
  }
}

/** The listeners that a call's policy asks for, told the rate of the PCM that each lane gives. */
export const listenersOf = (
  { createDetectors, policy }: Pick<SessionParts, 'createDetectors' | 'policy'>,
  { tracks }: CallStart,
  lanes: readonly Lane[],
  clockRateHz: number,
): Listeners => {
  const sampleRateHz = tracks.map(
    ({ index }) => lanes.find((lane) => lane.tracks.includes(index))?.sampleRateHz ?? clockRateHz,
  )
  const created = createDetectors({ tracks, clockRateHz, sampleRateHz })
  return new Listeners(
    created.map(
      ({ detector, isFailOpen }) => new GuardedDetector(detector, isFailOpen, isPadded(detector.name)),
    ),
    tracks.length,
    samplesOf(Math.min(TRACK_LAG_MS_MAX, policy.holdBackMs / 4), clockRateHz),
  )
}
