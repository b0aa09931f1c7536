import type { Detector } from '../detectors/detector.js'

/** A detector as the gate sees it: its promise, its health, and what the policy says about its failure. */
export interface GatedDetector extends Pick<Detector, 'watermarkSample' | 'health'> {
  /** A privileged setting: at the deadline, audio that only such a detector has not judged leaves as it came (R1). */
  readonly isFailOpen: boolean
  /** Its findings have their pads: no span of them reaches further back, on any track. Left out: false. */
  readonly isPadded?: boolean
}

/** How far before a detector's watermark a span may still begin, in samples. */
export interface ReachBack {
  /** On the finding's own track: the policy's pad before. */
  readonly ownSamples: number
  /** On the other tracks (echo), or null when findings concern their own track only. */
  readonly crossSamples: number | null
}

/**
 * Up to where each track has been judged: the lowest watermark over the mandatory detectors, less the reach-back; never
 * moves backwards.
 *
 * The shape is Flink's StatusWatermarkValve, the default is the opposite: Flink leaves an idle input out of the minimum
 * so that the stream keeps moving, while here a failed or missing detector stops the gate, and the hold-back's end then
 * turns what waits into silence.
 */
export class WatermarkGate {
  readonly #judged: Float64Array
  readonly #tolerated: Float64Array
  readonly #lowest: Float64Array
  /** The same over the detectors whose findings have their pads. */
  readonly #lowestPadded: Float64Array

  constructor(
    private readonly trackCount: number,
    private readonly reachBack: ReachBack,
  ) {
    this.#judged = new Float64Array(trackCount)
    this.#tolerated = new Float64Array(trackCount)
    this.#lowest = new Float64Array(trackCount)
    this.#lowestPadded = new Float64Array(trackCount)
  }

  /** Every mandatory detector has finished with this track before this sample. */
  judgedSample(track: number): number {
    return this.#judged[track] ?? 0
  }

  /** The same over the detectors that fail closed alone; never below judgedSample. */
  toleratedSample(track: number): number {
    return this.#tolerated[track] ?? 0
  }

  /** Reads every watermark. Findings must have been drained and placed before. Hot. */
  update(mandatory: readonly GatedDetector[]): void {
    this.#advance(mandatory, false, this.#judged)
    this.#advance(mandatory, true, this.#tolerated)
  }

  #advance(mandatory: readonly GatedDetector[], skipFailOpen: boolean, passed: Float64Array): void {
    for (let track = 0; track < this.trackCount; track++) {
      this.#lowest[track] = lowestWatermark(mandatory, track, skipFailOpen, false)
      this.#lowestPadded[track] = lowestWatermark(mandatory, track, skipFailOpen, true)
    }
    for (let track = 0; track < this.trackCount; track++) {
      const sample = this.#reach(track)
      if (sample > passed[track]!) passed[track] = sample
    }
  }

  #reach(track: number): number {
    const { ownSamples, crossSamples } = this.reachBack
    let sample = Math.min(this.#lowest[track]! - ownSamples, this.#lowestPadded[track]!)
    if (crossSamples === null) return sample
    for (let other = 0; other < this.trackCount; other++)
      if (other !== track)
        sample = Math.min(sample, this.#lowest[other]! - crossSamples, this.#lowestPadded[other]!)
    return sample
  }
}

/**
 * 0 when a detector has failed, or none is mandatory: nobody vouches for anything. Infinity where no detector is of the kind, or
 * those that are fail open and are not asked.
 */
const lowestWatermark = (
  mandatory: readonly GatedDetector[],
  track: number,
  skipFailOpen: boolean,
  isPadded: boolean,
): number => {
  if (mandatory.length === 0) return 0
  let lowest = Infinity
  for (let i = 0; i < mandatory.length; i++) {
    const detector = mandatory[i]!
    if (skipFailOpen && detector.isFailOpen) continue
    if (detector.health === 'failed') return 0
    if ((detector.isPadded === true) === isPadded) lowest = Math.min(lowest, detector.watermarkSample(track))
  }
  return lowest
}
