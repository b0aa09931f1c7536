import type { Alertness, Detector, DetectorHealth, DigitReport, Finding } from '../detectors/detector.js'
import type { GatedDetector } from '../timeline/watermark.js'

/**
 * A detector behind a wall (R6): one that throws counts as failed from then on, is never called again, and its watermark
 * stands still, which turns its call silent at the deadline. Other calls do not notice.
 */
export class GuardedDetector implements GatedDetector {
  #hasThrown = false

  constructor(
    private readonly inner: Detector,
    readonly isFailOpen: boolean,
  ) {}

  get name(): string {
    return this.inner.name
  }

  get health(): DetectorHealth {
    return this.#hasThrown ? 'failed' : this.inner.health
  }

  watermarkSample(track: number): number {
    const sample = this.#hasThrown ? 0 : this.inner.watermarkSample(track)
    return Number.isNaN(sample) ? 0 : sample
  }

  push(track: number, pcm: Int16Array, startSample: number): void {
    if (this.health === 'failed') return
    try {
      this.inner.push(track, pcm, startSample)
    } catch {
      this.#hasThrown = true
    }
  }

  skip(track: number, toSample: number): void {
    this.#guard(() => this.inner.skip(track, toSample))
  }

  setAlertness(alertness: Alertness): void {
    this.#guard(() => this.inner.setAlertness(alertness))
  }

  drain(out: Finding[], digits: DigitReport[]): void {
    if (this.#hasThrown) return
    try {
      this.inner.drain(out, digits)
    } catch {
      this.#hasThrown = true
    }
  }

  finish(): void {
    this.#guard(() => this.inner.finish())
  }

  close(): void {
    this.#guard(() => this.inner.close())
  }

  #guard(action: () => void): void {
    if (this.health === 'failed') return
    try {
      action()
    } catch {
      this.#hasThrown = true
    }
  }
}
