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

/** Where a detector has failed, or none is mandatory: nothing has been judged. */
const NOBODY_VOUCHES = 0

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
  readonly #lowest: LowestWatermarks
  /** The same over the detectors that fail closed. */
  readonly #lowestClosed: LowestWatermarks

  constructor(
    private readonly trackCount: number,
    private readonly reachBack: ReachBack,
  ) {
    this.#judged = new Float64Array(trackCount)
    this.#tolerated = new Float64Array(trackCount)
    this.#lowest = new LowestWatermarks(trackCount)
    this.#lowestClosed = new LowestWatermarks(trackCount)
  }

  /** Every mandatory detector has finished with this track before this sample. */
  judgedSample(track: number): number {
    return this.#judged[track] ?? 0
  }

  /** The same over the detectors that fail closed alone; never below judgedSample. */
  toleratedSample(track: number): number {
    return this.#tolerated[track] ?? 0
  }

  /** Reads every watermark, once. Findings must have been drained and placed before. Hot. */
  update(mandatory: readonly GatedDetector[]): void {
    const unheard = mandatory.length === 0 ? NOBODY_VOUCHES : Infinity
    this.#lowest.begin(unheard)
    this.#lowestClosed.begin(unheard)
    for (let i = 0; i < mandatory.length; i++) this.#read(mandatory[i]!)
    this.#advance(this.#lowest, this.#judged)
    this.#advance(this.#lowestClosed, this.#tolerated)
  }

  #read(detector: GatedDetector): void {
    const hasFailed = detector.health === 'failed'
    const isPadded = detector.isPadded === true
    for (let track = 0; track < this.trackCount; track++) {
      const sample = hasFailed ? NOBODY_VOUCHES : detector.watermarkSample(track)
      this.#lowest.note(track, sample, isPadded)
      if (!detector.isFailOpen) this.#lowestClosed.note(track, sample, isPadded)
    }
  }

  #advance(lowest: LowestWatermarks, passed: Float64Array): void {
    for (let track = 0; track < this.trackCount; track++) {
      const sample = this.#reach(lowest, track)
      if (sample > passed[track]!) passed[track] = sample
    }
  }

  #reach({ plain, padded }: LowestWatermarks, track: number): number {
    const { ownSamples, crossSamples } = this.reachBack
    let sample = Math.min(plain[track]! - ownSamples, padded[track]!)
    if (crossSamples === null) return sample
    for (let other = 0; other < this.trackCount; other++)
      if (other !== track) sample = Math.min(sample, plain[other]! - crossSamples, padded[other]!)
    return sample
  }
}

/** The lowest watermarks read last, by track; Infinity where no detector is of the kind. */
class LowestWatermarks {
  readonly plain: Float64Array
  /** Of the detectors whose findings have their pads. */
  readonly padded: Float64Array

  constructor(trackCount: number) {
    this.plain = new Float64Array(trackCount)
    this.padded = new Float64Array(trackCount)
  }

  begin(sample: number): void {
    this.plain.fill(sample)
    this.padded.fill(sample)
  }

  note(track: number, sample: number, isPadded: boolean): void {
    const lowest = isPadded ? this.padded : this.plain
    lowest[track] = Math.min(lowest[track]!, sample)
  }
}
