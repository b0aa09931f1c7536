import type { AudioSilencer, SilentRange } from './codec.js'

/**
 * Silences single samples of codecs that keep no state between them and in which every sample takes the same bytes
 * (G.711, L16): the range's bytes are overwritten in place, everything else stays bit-identical. Allocates nothing.
 *
 * What they are overwritten with goes round and round, whether or not it is wanted: wherever a span begins, and in
 * however many frames, the fill is one sound without a seam.
 */
export class SampleSilencer implements AudioSilencer {
  /** One sample hides no copy of another. */
  readonly hasExtended = false
  /** Which byte of the fill belongs to the first sample of the next payload. */
  #fillAt = 0

  /** @param fill one channel of encoded samples, `bytesPerSample` bytes each; of silence, one is enough */
  constructor(
    private readonly fill: Uint8Array,
    private readonly bytesPerSample: number,
    private readonly channelCount: number,
  ) {}

  gap(): void {
    // nothing is repeated
  }

  pass(sampleCount: number): void {
    this.#fillAt = (this.#fillAt + sampleCount * this.bytesPerSample) % this.fill.length
  }

  /**
   * Always returns the array it was given. Ranges are clamped to the frame. Bytes behind the last whole sample cannot
   * be attributed to any, so they go with the first range.
   */
  apply(payload: Uint8Array, ranges: readonly SilentRange[]): Uint8Array {
    const bytesPerInstant = this.bytesPerSample * this.channelCount
    const sampleCount = Math.floor(payload.length / bytesPerInstant)
    for (const range of ranges) {
      const startSample = Math.max(range.startSample, 0)
      const endSample = Math.min(range.endSample, sampleCount)
      if (startSample < endSample) this.#silence(payload, range.channel, startSample, endSample)
    }
    this.pass(sampleCount)
    return ranges.length === 0 ? payload : payload.fill(this.fill[0]!, sampleCount * bytesPerInstant)
  }

  /** A channel that the payload does not have means every channel: rather too much silence than too little. */
  #silence(payload: Uint8Array, channel: number | null, startSample: number, endSample: number): void {
    if (channel === null || channel >= this.channelCount) {
      for (let each = 0; each < this.channelCount; each++)
        this.#silence(payload, each, startSample, endSample)
      return
    }
    const { fill, bytesPerSample } = this
    const bytesPerInstant = bytesPerSample * this.channelCount
    let from = (this.#fillAt + startSample * bytesPerSample) % fill.length
    const endByte = endSample * bytesPerInstant
    for (
      let at = startSample * bytesPerInstant + channel * bytesPerSample;
      at < endByte;
      at += bytesPerInstant
    )
      for (let byte = 0; byte < bytesPerSample; byte++) {
        payload[at + byte] = fill[from]!
        from = from + 1 === fill.length ? 0 : from + 1
      }
  }
}
