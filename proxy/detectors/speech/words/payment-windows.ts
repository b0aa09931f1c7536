/**
 * Windows in which a card is expected: opened by a phrase, ended by another, by a while without numbers, or by a bound. Whatever
 * a signal has opened is not theirs, and no phrase ends it.
 */
interface Window {
  readonly startSample: number
  openedSample: number
  /** End of the last number in it. */
  activeSample: number
  closedSample: number
}

export interface WindowLimits {
  readonly idleSamples: number
  readonly windowSamples: number
}

/** Windows remembered; each lasts seconds at least, and those that are over for long are forgotten. */
const WINDOWS_MAX = 64

export class PaymentWindows {
  #windows: Window[] = []

  constructor(private readonly limits: WindowLimits) {}

  /** A phrase has been said up to this sample. */
  open(sample: number): void {
    const current = this.#windows.find((window) => isIn(window, sample, this.#endOf(window)))
    if (current === undefined) {
      if (this.#windows.length >= WINDOWS_MAX) this.#windows.shift()
      this.#windows.push({
        startSample: sample,
        openedSample: sample,
        activeSample: sample,
        closedSample: Infinity,
      })
      return
    }
    current.openedSample = Math.max(current.openedSample, sample)
    current.activeSample = Math.max(current.activeSample, sample)
  }

  /** A closing phrase has been said from `fromSample` to `toSample`: what was opened before it is over. */
  close(fromSample: number, toSample: number): void {
    for (const window of this.#windows)
      if (isIn(window, fromSample, this.#endOf(window)) && window.openedSample <= fromSample)
        window.closedSample = Math.min(window.closedSample, toSample)
  }

  /** A number has been said up to this sample. */
  number(sample: number): void {
    for (const window of this.#windows)
      if (isIn(window, sample, this.#endOf(window)))
        window.activeSample = Math.max(window.activeSample, sample)
  }

  isOpenAt(sample: number): boolean {
    return this.#windows.some((window) => isIn(window, sample, this.#endOf(window)))
  }

  /** Every window as far as it goes by now. */
  forEach(tell: (startSample: number, endSample: number) => void): void {
    for (const window of this.#windows) tell(window.startSample, this.#endOf(window))
  }

  prune(beforeSample: number): void {
    if (this.#windows.some((window) => this.#endOf(window) < beforeSample))
      this.#windows = this.#windows.filter((window) => this.#endOf(window) >= beforeSample)
  }

  #endOf({ openedSample, activeSample, closedSample }: Window): number {
    const { idleSamples, windowSamples } = this.limits
    return Math.min(closedSample, openedSample + windowSamples, activeSample + idleSamples)
  }
}

const isIn = ({ startSample }: Window, sample: number, endSample: number): boolean =>
  startSample <= sample && sample < endSample
