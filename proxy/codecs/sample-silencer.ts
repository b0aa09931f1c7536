import type { AudioSilencer, SilentRange } from './codec.js'

/**
 * Silences single samples of codecs that keep no state between them and in which every sample takes the same bytes
 * (G.711, L16): the range's bytes are overwritten in place, everything else stays bit-identical. Allocates nothing.
 */
export class SampleSilencer implements AudioSilencer {
  /** One sample hides no copy of another. */
  readonly hasExtended = false

  /** @param silenceByte what a silent sample consists of, each of its `bytesPerSample` bytes */
  constructor(
    private readonly silenceByte: number,
    private readonly bytesPerSample: number,
    private readonly channelCount: number,
  ) {}

  gap(): void {
    // nothing is repeated
  }

  /**
   * Always returns the array it was given. Ranges are clamped to the frame. Bytes behind the last whole sample cannot
   * be attributed to any, so they go with the first range.
   */
  apply(payload: Uint8Array, ranges: readonly SilentRange[]): Uint8Array {
    if (ranges.length === 0) return payload
    const bytesPerInstant = this.bytesPerSample * this.channelCount
    const sampleCount = Math.floor(payload.length / bytesPerInstant)
    for (const range of ranges) {
      const startByte = Math.max(range.startSample, 0) * bytesPerInstant
      const endByte = Math.min(range.endSample, sampleCount) * bytesPerInstant
      if (startByte < endByte) this.#silence(payload, range.channel, startByte, endByte)
    }
    return payload.fill(this.silenceByte, sampleCount * bytesPerInstant)
  }

  /** A channel that the payload does not have means every channel: rather too much silence than too little. */
  #silence(payload: Uint8Array, channel: number | null, startByte: number, endByte: number): void {
    if (channel === null || channel >= this.channelCount) {
      payload.fill(this.silenceByte, startByte, endByte)
      return
    }
    const bytesPerInstant = this.bytesPerSample * this.channelCount
    for (let at = startByte + channel * this.bytesPerSample; at < endByte; at += bytesPerInstant)
      for (let byte = 0; byte < this.bytesPerSample; byte++) payload[at + byte] = this.silenceByte
  }
}
