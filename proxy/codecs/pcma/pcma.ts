import { g711 } from '../g711.js'

/** G.711 inverts every other bit on the line. */
const EVEN_BITS = 0x55
const POSITIVE = 0x80

/**
 * PCMA: ITU-T G.711 A-law, RTP payload type 8. It has no zero: its silence, 0xD5, is a constant +8 (-72 dBFS, inaudible).
 * 0x55 is -8; alternating the two would be a tone, so silence is always the same byte.
 */
export const pcma = g711({
  invertedBits: EVEN_BITS,
  expand(byte) {
    const code = byte ^ EVEN_BITS
    const exponent = (code >> 4) & 0x07
    const step = ((code & 0x0f) << 4) + 8
    const magnitude = exponent === 0 ? step : (step + 0x100) << (exponent - 1)
    return code & POSITIVE ? magnitude : -magnitude
  },
  compress(sample) {
    const magnitude = sample < 0 ? ~sample : sample
    const exponent = Math.max(24 - Math.clz32(magnitude), 0)
    const mantissa = (magnitude >> (Math.max(exponent, 1) + 3)) & 0x0f
    return ((sample < 0 ? 0 : POSITIVE) | (exponent << 4) | mantissa) ^ EVEN_BITS
  },
})
