import type { AudioFormat } from '../../media/frame.js'
import type { AudioDecoder } from '../codec.js'
import { highBand, lowBand } from './band-laws.js'
import { SubBand } from './sub-band.js'
import { Synthesis } from './synthesis.js'

/** G.722 samples its audio 16,000 times a second, and sends a byte for two samples. */
export const G722_RATE_HZ = 16_000
export const SAMPLES_PER_BYTE = 2

/** Listens to one stream. Every byte means something, so there is no payload that it cannot read. */
export class G722Decoder implements AudioDecoder {
  readonly sampleRateHz = G722_RATE_HZ
  private readonly channels: readonly ChannelDecoder[]

  constructor(format: AudioFormat) {
    this.channels = Array.from({ length: format.channelCount }, () => new ChannelDecoder())
  }

  /** Bytes behind the last one that every channel has are left out; never writes beyond `target`. */
  decodeInto(payload: Uint8Array, target: Int16Array): number {
    const stride = this.channels.length
    const instants = Math.floor(Math.min(payload.length, target.length / SAMPLES_PER_BYTE) / stride)
    for (let channel = 0; channel < stride; channel++)
      this.channels[channel]!.decode(payload, target, channel, stride, instants)
    return instants * SAMPLES_PER_BYTE
  }

  close(): void {}
}

class ChannelDecoder {
  private readonly low = new SubBand(lowBand)
  private readonly high = new SubBand(highBand)
  private readonly synthesis = new Synthesis()

  decode(payload: Uint8Array, target: Int16Array, channel: number, stride: number, instants: number): void {
    const { low, high, synthesis } = this
    for (let i = 0; i < instants; i++) {
      const byte = payload[i * stride + channel]!
      synthesis.push(low.decode(byte & 0x3f), high.decode(byte >> 6))
      target[2 * i * stride + channel] = synthesis.first
      target[(2 * i + 1) * stride + channel] = synthesis.second
    }
  }
}
