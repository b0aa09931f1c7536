import { g711 } from '../g711.js'

/** Added to every magnitude so that each segment of the curve begins at a power of two (G.711 table 2, on the 16-bit scale). */
const BIAS = 132
/** The largest magnitude that still fits the top segment: 32,767 less the bias. */
const CLIP = 32_635

/** PCMU: ITU-T G.711 mu-law, RTP payload type 0. 0x7F, minus zero, decodes to 0 too; encoders send 0xFF. */
export const pcmu = g711({
  invertedBits: 0,
  expand(byte) {
    const code = ~byte
    const exponent = (code >> 4) & 0x07
    const magnitude = ((((code & 0x0f) << 3) + BIAS) << exponent) - BIAS
    return code & 0x80 ? -magnitude : magnitude
  },
  compress(sample) {
    const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS
    const exponent = 24 - Math.clz32(magnitude)
    const mantissa = (magnitude >> (exponent + 3)) & 0x0f
    return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff
  },
})
