import {
  BOUND_SCALE,
  DEVIATION_COS,
  DROWNED_SHARE_MIN,
  ENERGY_MIN,
  FIRST_COLUMN,
  HALF_HOP,
  HOPS_MAX,
  IMAGINARY,
  KERNEL,
  KERNEL_ROW_FLOATS,
  KERNEL_ROWS,
  LAST_LANES,
  PCM_MARGIN,
  SHARE_MIN,
  STEADINESS_MIN,
  STEADY_SHARE_MIN,
  TONE_COUNT,
  UNMIX,
  UNMIX_IMAGINARY,
  UNMIX_PER_PAIR,
  UNTURN_IM,
  UNTURN_RE,
} from './layout.js'
import { type ToneMemory, toneMemory } from './tone-memory.js'

/** The eight tones of ITU-T Q.23, Hz: four rows, then four columns. A key is one of each. */
const TONES_HZ = [697, 770, 852, 941, 1209, 1336, 1477, 1633] as const

/** No pair. A pair is row x 4 + column. */
export const NONE = -1

export const PAIR_COUNT = 16

/** The keys by pair. */
export const KEYS = '123A456B789C*0#D'

export const rowOf = (pair: number): number => pair >> 2
export const columnOf = (pair: number): number => FIRST_COLUMN + (pair & 3)

/** Duration of a hop, the grid of everything in this folder, ms. At 8 kHz it is 40 samples. */
export const HOP_MS = 5

/**
 * Largest deviation of a tone's phase advance from nominal, as a share. Receivers accept 1.5 % and reject 3.5 % (Q.24);
 * measured, this tightness masks a sixth of the speech that 5.6 % does, and loses no key.
 */
const DEVIATION_MAX = 0.023

/** By how much more the look at every hop lets through than the fit, so that its single precision refuses nothing. */
const DEVIATION_SLACK = 1.01

/** Quietest window looked at, mean square of 16-bit samples: -55 dBm0 (echoes of -50), where a full-scale sine is +3.17 dBm0. */
export const FLOOR = (32_768 ** 2 / 2) * 10 ** ((-55 - 3.17) / 10)

/** The smallest share of a window's energy that a pair may hold: 5 dB below the noise. */
export const SHARE_LEAST = 0.22

/**
 * A tone that may be half of a key whose other half is drowned: what it holds of 40 ms at least, and what both together, or what
 * drowns one of them, must be able to hold; and how alike its steps from hop to
 * hop are, as the squared coherence of each hop with the one before. Of 49 keys that were missed 6 dB above speech 45 have one
 * with more; one hop in 50 of speech has one.
 */
const STEADY_SHARE_LEAST = 0.18
const DROWNED_SHARE_LEAST = 0.33
const STEADINESS_LEAST = 0.7

/**
 * What the eight tones are at one sample rate: the kernel of their Fourier sums over a hop of 5 ms, and what two tones that sound
 * together do to each other. The numbers that every hop needs lie in tone memory.
 */
export class ToneBank {
  /** Samples in a hop; even. */
  readonly hopSamples: number
  /** Address in tone memory. */
  readonly address: number
  /** Where the PCM of hops in hand begins, among the memory's samples. */
  private readonly pcm: number
  /** Per tone, nominal phase advance per hop, radians. */
  readonly advance = new Float64Array(TONE_COUNT)
  /** Per tone, e to the power of -j x nominal phase advance per hop. */
  readonly unturnRe = new Float64Array(TONE_COUNT)
  readonly unturnIm = new Float64Array(TONE_COUNT)
  /** Per tone, the cosine of the largest deviation of that advance; the deviation is below 90 degrees. */
  readonly deviationCos = new Float64Array(TONE_COUNT)
  /** Per pair, what turns its two bins of a hop into the amplitudes of its two tones. */
  readonly unmix = new Float64Array(PAIR_COUNT * UNMIX_PER_PAIR)
  /** For each distance from the middle, eight cosines, then eight negative sines. */
  private readonly kernel: Float64Array

  constructor(
    sampleRateHz: number,
    readonly memory: ToneMemory = toneMemory,
  ) {
    const half = Math.round((sampleRateHz * HOP_MS) / 2000)
    this.hopSamples = 2 * half
    this.kernel = new Float64Array(half * KERNEL_ROW_FLOATS)
    for (const [tone, hz] of TONES_HZ.entries()) {
      const turn = (2 * Math.PI * hz) / sampleRateHz
      for (let n = 0; n < half; n += 1) {
        this.kernel[n * KERNEL_ROW_FLOATS + tone] = Math.cos(turn * (n + 0.5))
        this.kernel[n * KERNEL_ROW_FLOATS + IMAGINARY + tone] = -Math.sin(turn * (n + 0.5))
      }
      const advance = turn * this.hopSamples
      this.advance[tone] = advance
      this.unturnRe[tone] = Math.cos(advance)
      this.unturnIm[tone] = -Math.sin(advance)
      this.deviationCos[tone] = Math.cos(advance * DEVIATION_MAX)
    }
    for (let pair = 0; pair < PAIR_COUNT; pair += 1) {
      this.invert(rowOf(pair), columnOf(pair), pair * UNMIX_PER_PAIR)
      this.invert(
        IMAGINARY + rowOf(pair),
        IMAGINARY + columnOf(pair),
        pair * UNMIX_PER_PAIR + UNMIX_IMAGINARY,
      )
    }
    const rows = 4 * Math.ceil(half / 4)
    const floatCount = KERNEL + rows * KERNEL_ROW_FLOATS
    const sampleCount = (HOPS_MAX + 1) * this.hopSamples + 2 * PCM_MARGIN
    this.address = memory.allocate(4 * floatCount + 2 * sampleCount)
    this.pcm = this.address / 2 + 2 * floatCount + PCM_MARGIN
    this.lay(half, rows)
  }

  /** Puts PCM into hand, so many samples behind the beginning of the first hop; HOPS_MAX hops have room. Hot: one copy. */
  put(pcm: Int16Array, at: number): void {
    this.memory.samples.set(pcm, this.pcm + at)
  }

  /** A sample of what is in hand. */
  inHand(at: number): number {
    return this.memory.samples[this.pcm + at]!
  }

  /** Puts into tone memory what is needed there. */
  private lay(half: number, rows: number): void {
    const { floats } = this.memory
    const at = this.address / 4
    floats[at + HALF_HOP] = half
    floats[at + KERNEL_ROWS] = rows
    floats[at + ENERGY_MIN] = FLOOR * this.hopSamples
    floats[at + BOUND_SCALE] = 2 / this.hopSamples
    floats[at + SHARE_MIN] = SHARE_LEAST
    floats[at + STEADY_SHARE_MIN] = STEADY_SHARE_LEAST
    floats[at + DROWNED_SHARE_MIN] = DROWNED_SHARE_LEAST
    floats[at + STEADINESS_MIN] = STEADINESS_LEAST
    for (let lane = 0; lane < 4; lane += 1) floats[at + LAST_LANES + lane] = rows - 4 + lane < half ? 1 : 0
    floats.set(this.unturnRe, at + UNTURN_RE)
    floats.set(this.unturnIm, at + UNTURN_IM)
    for (let tone = 0; tone < TONE_COUNT; tone += 1)
      floats[at + DEVIATION_COS + tone] = Math.cos(this.advance[tone]! * DEVIATION_MAX * DEVIATION_SLACK)
    floats.set(this.unmix, at + UNMIX)
    floats.set(this.kernel, at + KERNEL)
  }

  /** Writes the inverse of the kernel columns' Gram matrix: row by row, row by column, column by column. */
  private invert(row: number, column: number, at: number): void {
    const rows = this.product(row, row)
    const across = this.product(row, column)
    const columns = this.product(column, column)
    const determinant = rows * columns - across * across
    this.unmix[at] = columns / determinant
    this.unmix[at + 1] = -across / determinant
    this.unmix[at + 2] = rows / determinant
  }

  /** Inner product of two of the kernel's columns over a whole hop. */
  private product(a: number, b: number): number {
    let sum = 0
    for (let k = 0; k < this.kernel.length; k += KERNEL_ROW_FLOATS)
      sum += 2 * this.kernel[k + a]! * this.kernel[k + b]!
    return sum
  }
}

const banks = new Map<number, ToneBank>()

/** The bank for a rate, shared by all calls so that it stays in the cache; rates are those that codecs put out, a handful. */
export function toneBank(sampleRateHz: number): ToneBank {
  const known = banks.get(sampleRateHz)
  if (known) return known
  const bank = new ToneBank(sampleRateHz)
  banks.set(sampleRateHz, bank)
  return bank
}
