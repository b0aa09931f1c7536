import type { Fill } from '../../media/fill.js'
import type { AudioFormat } from '../../media/frame.js'
import type { AudioSilencer, SilentRange } from '../codec.js'
import { fillLoop } from '../fill-loop.js'
import { highBand, lowBand } from './band-laws.js'
import { G722_RATE_HZ, SAMPLES_PER_BYTE } from './decoder.js'
import { SubBand } from './sub-band.js'

/**
 * Silences a stream of G.722. No byte means silence: each is a step from where the decoder stands, so that any constant
 * one hums, and shakes the decoder when the call comes back. Therefore the silencer follows every byte that leaves, which
 * makes its state that of the recorder's decoder, and goes on from there as an encoder would.
 *
 * It encodes below the filters that part and join the bands: the lower band carries the fill, the higher one nothing, and
 * the filters' delay of 22 samples plays no part. After a span the bytes are the sender's own again, told to a decoder that
 * stands elsewhere: rough for 80 ms, clean after 160 ms. To encode those anew would sound better, and change what nobody
 * asked to silence.
 *
 * A byte holds two samples, and is silenced when either is asked for. Allocates nothing.
 */
export class G722Silencer implements AudioSilencer {
  /** A byte means nothing without those before it, but repeats none of them. */
  readonly hasExtended = false
  private readonly channels: readonly ChannelSilencer[]
  private readonly fill: Int16Array
  /** Where in the fill the next payload begins. */
  private fillAt = 0

  constructor(format: AudioFormat, fill: Fill) {
    this.fill = lowBandLoops[fill]
    this.channels = Array.from({ length: format.channelCount }, () => new ChannelSilencer(this.fill))
  }

  gap(): void {
    // What the recorder's decoder does meanwhile nobody knows; 160 ms later it makes no difference.
  }

  /** Always returns the array it was given. Bytes behind the last one that every channel has go with the first range. */
  apply(payload: Uint8Array, ranges: readonly SilentRange[]): Uint8Array {
    const stride = this.channels.length
    const instants = Math.floor(payload.length / stride)
    for (let channel = 0; channel < stride; channel++)
      this.channels[channel]!.apply(payload, ranges, channel, stride, instants, this.fillAt)
    this.fillAt = (this.fillAt + instants) % this.fill.length
    return ranges.length === 0 ? payload : payload.fill(0, instants * stride)
  }
}

const BAND_RATE_HZ = G722_RATE_HZ / SAMPLES_PER_BYTE
const noise = fillLoop('noise', BAND_RATE_HZ)

/** The lower band has half the rate, and half the amplitude, of what is heard of it. */
const lowBandLoops: Readonly<Record<Fill, Int16Array>> = {
  /**
   * Exact zeros would leave the predictor with poles that ring, and of the 80 ms that follow, 60 with an error up to 5 dB
   * louder than the speech. One step up or down by chance (-82 dBFS, softer than A-law's silence) keeps it neutral: the
   * error stays below the speech at any time, all spans of two voices together (docs/decisions/0006).
   */
  silence: noise.map((sample) => (sample < 0 ? -1 : 1)),
  /** A pure tone has the same effect, noise 20 dB below it the same cure. */
  tone: toneInNoise(),
  noise: noise.map((sample) => sample >> 1),
}

function toneInNoise(): Int16Array {
  const tone = fillLoop('tone', BAND_RATE_HZ)
  return noise.map((sample, i) => (tone[i % tone.length]! + sample) >> 1)
}

/** One channel's decoder as the recorder's will stand, without its filter. */
class ChannelSilencer {
  private readonly low = new SubBand(lowBand)
  private readonly high = new SubBand(highBand)

  constructor(private readonly fill: Int16Array) {}

  /** Hot. */
  apply(
    payload: Uint8Array,
    ranges: readonly SilentRange[],
    channel: number,
    stride: number,
    instants: number,
    fillAt: number,
  ): void {
    const { fill } = this
    for (let instant = 0; instant < instants; instant++) {
      const at = instant * stride + channel
      if (isSilent(ranges, channel, stride, instant))
        payload[at] = this.encode(fill[(fillAt + instant) % fill.length]!)
      else this.follow(payload[at]!)
    }
  }

  private encode(low: number): number {
    return (this.high.encode(0) << 6) | this.low.encode(low)
  }

  private follow(byte: number): void {
    this.low.follow(byte & 0x3f)
    this.high.follow(byte >> 6)
  }
}

/** A channel that the payload does not have means every channel: rather too much silence than too little. */
const isSilent = (
  ranges: readonly SilentRange[],
  channel: number,
  channelCount: number,
  instant: number,
): boolean => {
  const startSample = instant * SAMPLES_PER_BYTE
  const endSample = startSample + SAMPLES_PER_BYTE
  for (let i = 0; i < ranges.length; i++) {
    const range = ranges[i]!
    const isHere = range.channel === null || range.channel === channel || range.channel >= channelCount
    const isEmpty = range.startSample >= range.endSample
    if (isHere && !isEmpty && range.startSample < endSample && range.endSample > startSample) return true
  }
  return false
}
