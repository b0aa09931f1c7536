import type { Alertness, Detector, DetectorHealth, DigitReport, Finding } from '../detectors/detector.js'
import type { GatedDetector } from '../timeline/watermark.js'

/**
 * A detector behind a wall (R6): one that throws, or says that it has failed, has failed for good. Its watermark stands
 * still, which turns its call silent at the deadline; other calls do not notice. It hears nothing more, and if it came
 * back it would take what it missed for silence: so it does not come back.
 */
export class GuardedDetector implements GatedDetector {
  #hasFailed = false
  #hasThrown = false

  constructor(
    private readonly inner: Detector,
    readonly isFailOpen: boolean,
    readonly isPadded = false,
  ) {}

  get name(): string {
    return this.inner.name
  }

  get health(): DetectorHealth {
    if (this.#hasFailed) return 'failed'
    try {
      this.#hasFailed = this.inner.health === 'failed'
    } catch {
      this.#giveUp()
    }
    return this.#hasFailed ? 'failed' : 'ok'
  }

  watermarkSample(track: number): number {
    if (this.health === 'failed') return 0
    try {
      const sample = this.inner.watermarkSample(track)
      return Number.isNaN(sample) ? 0 : sample
    } catch {
      this.#giveUp()
      return 0
    }
  }

  push(track: number, pcm: Int16Array, startSample: number): void {
    if (this.health === 'failed') return
    try {
      this.inner.push(track, pcm, startSample)
    } catch {
      this.#giveUp()
    }
  }

  skip(track: number, toSample: number): void {
    this.#guard(() => this.inner.skip(track, toSample))
  }

  setAlertness(alertness: Alertness): void {
    this.#guard(() => this.inner.setAlertness(alertness))
  }

  /** What a detector found before it said that it had failed still counts. */
  drain(out: Finding[], digits: DigitReport[]): void {
    if (this.#hasThrown) return
    try {
      this.inner.drain(out, digits)
    } catch {
      this.#giveUp()
    }
  }

  finish(): void {
    this.#guard(() => this.inner.finish())
  }

  /** A failed detector is closed as well: it may hold what others need. */
  close(): void {
    try {
      this.inner.close()
    } catch {
      this.#giveUp()
    }
  }

  #guard(action: () => void): void {
    if (this.health === 'failed') return
    try {
      action()
    } catch {
      this.#giveUp()
    }
  }

  #giveUp(): void {
    this.#hasFailed = true
    this.#hasThrown = true
  }
}
