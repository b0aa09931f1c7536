import type { Fill } from '../media/fill.js'

/**
 * Steady tone: 440 Hz, far from every key (697 Hz and up), from fax tones (1,100 and 2,100 Hz) and from call progress
 * tones other than North America's dial tone, which has 350 Hz beside it.
 */
const TONE_HZ = 440
/**
 * Its peak, of 32,768: -30 dBm0, 0 dBm0 being 3.17 dB below full scale. The mean magnitude is 458, above the 256 below
 * which Asterisk's recorder hears silence.
 */
const TONE_PEAK = 720

/** Uniform noise up to this, of 32,768: 51 in the mean square, -50 dBm0, which is a quiet line. */
const NOISE_PEAK = 88
/** A second at 8 kHz: too long to be heard as a rhythm, short enough for a test to hear all that can ever be sent. */
const NOISE_SAMPLES = 8_000
/** Seed and factors of the noise (Numerical Recipes' quick generator, modulo 2 ** 32). */
const NOISE_SEED = 1
const NOISE_FACTOR = 1_664_525
const NOISE_STEP = 1_013_904_223

/**
 * One channel of signed 16-bit samples that is heard over and over where audio was silenced, without a seam. It is made
 * from nothing but this file: no sample of a call is in it.
 */
export const fillLoop = (fill: Fill, rateHz: number): Int16Array => {
  switch (fill) {
    case 'silence':
      return new Int16Array(1)
    case 'tone':
      return toneLoop(rateHz)
    case 'noise':
      return noiseLoop()
  }
}

/** The fewest samples that hold whole cycles: 200 at 8 kHz, for 11 of them. */
const toneLoop = (rateHz: number): Int16Array =>
  Int16Array.from({ length: rateHz / greatestCommonDivisor(rateHz, TONE_HZ) }, (_, i) =>
    Math.round(TONE_PEAK * Math.sin((2 * Math.PI * TONE_HZ * i) / rateHz)),
  )

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b)

const noiseLoop = (): Int16Array => {
  let state = NOISE_SEED
  return Int16Array.from({ length: NOISE_SAMPLES }, () => {
    state = (Math.imul(state, NOISE_FACTOR) + NOISE_STEP) >>> 0
    return Math.round(NOISE_PEAK * (state / 2 ** 31 - 1))
  })
}

/** The loops of one codec, encoded once each and shared by all streams: rates are few, since dialects take only a handful. */
export const loopsOf = (
  encode: (pcm: Int16Array) => Uint8Array,
): ((fill: Fill, rateHz: number) => Uint8Array) => {
  const known = new Map<string, Uint8Array>()
  return (fill, rateHz) => {
    const key = `${fill} ${rateHz}`
    const loop = known.get(key) ?? encode(fillLoop(fill, rateHz))
    known.set(key, loop)
    return loop
  }
}
