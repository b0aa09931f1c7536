/** Half of the quadrature mirror filter's 24 taps, which are symmetric; 4,096 to one (G.722 table 11). */
const TAPS = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11] as const
const HISTORY = TAPS.length

/** The receiving quadrature mirror filter (G.722 section 4.4): a sample of each band, 8 kHz, to two of 16 kHz. */
export class Synthesis {
  /** The last twelve values, each at two places, so that they always lie in a row somewhere. */
  private readonly differences = new Int32Array(2 * HISTORY)
  private readonly sums = new Int32Array(2 * HISTORY)
  private at = 0
  /** The two samples, in their order. */
  first = 0
  second = 0

  /** Sets `first` and `second`, signed 16-bit. Hot. */
  push(low: number, high: number): void {
    const { differences, sums, at } = this
    differences[at] = differences[at + HISTORY] = low - high
    sums[at] = sums[at + HISTORY] = low + high
    const oldest = at + 1
    let first = 0
    let second = 0
    for (let i = 0; i < HISTORY; i++) {
      first += differences[oldest + i]! * TAPS[HISTORY - 1 - i]!
      second += sums[oldest + i]! * TAPS[i]!
    }
    this.first = int16Of(first >> 11)
    this.second = int16Of(second >> 11)
    this.at = oldest === HISTORY ? 0 : oldest
  }
}

const int16Of = (value: number): number => (value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value)
