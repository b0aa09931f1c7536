import type { HopRing } from './hop-ring.js'
import { FIRST_COLUMN, IMAGINARY, MAGNITUDE, TONE_COUNT } from './tone-bank.js'

/**
 * How a key shows: two tones, one row and one column, that hold most of a window's energy and turn from hop to hop as
 * their frequencies demand. Every hop is the end of one window per length; evidence adds up while consecutive windows
 * show the same pair.
 *
 * There is no test against the other rows and columns, as a receiver has: to mask a key one need not know which it is.
 */

/** Keys by pair, where a pair is row x 4 + column. */
export const KEYS = '123A456B789C*0#D'

/** No pair. */
export const NONE = -1

export const rowOf = (pair: number): number => pair >> 2
export const columnOf = (pair: number): number => FIRST_COLUMN + (pair & 3)

/** Quietest window looked at, mean square of 16-bit samples: -52 dBm0, where a full-scale sine is +3.17 dBm0 (G.711 mu-law). */
export const FLOOR = (32_768 ** 2 / 2) * 10 ** ((-52 - 3.17) / 10)

/** Smallest share of a window's energy that the pair may hold: 1 at digital silence around, 1/3 at -3 dB to noise. */
const SHARE_MIN = 0.33

/** Largest ratio of the tones' powers, 14 dB either way; receivers stop at 4 and 8 dB (Q.24), attackers do not. */
const TWIST_MAX = 10 ** 1.4

/** What a window weighs by the pair's share of its energy, highest first. Set on speech of 5 h and 2,700 keys. */
export const SHORT_WINDOW = {
  hopCount: 2,
  weights: [
    { share: 0.95, weight: 3 },
    { share: 0.9, weight: 2 },
    { share: 0.8, weight: 1.2 },
    { share: 0.65, weight: 0.7 },
    { share: 0.5, weight: 0.4 },
    { share: SHARE_MIN, weight: 0.25 },
  ],
} as const

/** The long window hears keys in noise; its threshold is twice the short one's. */
export const LONG_WINDOW = {
  hopCount: 4,
  weights: [
    { share: 0.9, weight: 1.6 },
    { share: 0.8, weight: 1.4 },
    { share: 0.65, weight: 1.2 },
    { share: 0.5, weight: 0.7 },
    { share: SHARE_MIN, weight: 0.5 },
  ],
} as const

type WindowKind = typeof SHORT_WINDOW | typeof LONG_WINDOW

/** Energy of the `hopCount` hops that end with hop `last`. */
export function windowEnergy(ring: HopRing, last: number, hopCount: number): number {
  let energy = 0
  for (let hop = last - hopCount + 1; hop <= last; hop += 1) energy += ring.energy(hop)
  return energy
}

/**
 * Part of that energy which one tone holds: the hops' bins, turned back by the tone's own phase advance, add up in step.
 * The advance comes from the hops themselves, so that a tone 2 % off loses nothing.
 */
export function tonePower(ring: HopRing, tone: number, last: number, hopCount: number): number {
  const { bins } = ring
  let turnRe = 0
  let turnIm = 0
  for (let hop = last - hopCount + 1; hop < last; hop += 1) {
    const a = ring.at(hop) + tone
    const b = ring.at(hop + 1) + tone
    turnRe += bins[a]! * bins[b]! + bins[a + IMAGINARY]! * bins[b + IMAGINARY]!
    turnIm += bins[a]! * bins[b + IMAGINARY]! - bins[a + IMAGINARY]! * bins[b]!
  }
  const length = Math.sqrt(turnRe * turnRe + turnIm * turnIm)
  const unitRe = length > 0 ? turnRe / length : 1
  const unitIm = length > 0 ? turnIm / length : 0
  let re = 0
  let im = 0
  for (let hop = last; hop > last - hopCount; hop -= 1) {
    const slot = ring.at(hop) + tone
    const turned = re * unitRe + im * unitIm
    im = im * unitRe - re * unitIm + bins[slot + IMAGINARY]!
    re = turned + bins[slot]!
  }
  return ((re * re + im * im) * 2) / (hopCount * ring.bank.hopSamples)
}

/** Whether a tone turns from hop to hop as its frequency demands, within 2.3 %. */
export function isOnFrequency(ring: HopRing, tone: number, last: number, hopCount: number): boolean {
  const { bins, bank } = ring
  let turnRe = 0
  let turnIm = 0
  for (let hop = last - hopCount + 1; hop < last; hop += 1) {
    const a = ring.at(hop) + tone
    const b = ring.at(hop + 1) + tone
    turnRe += bins[a]! * bins[b]! + bins[a + IMAGINARY]! * bins[b + IMAGINARY]!
    turnIm += bins[a]! * bins[b + IMAGINARY]! - bins[a + IMAGINARY]! * bins[b]!
  }
  const deviationRe = turnRe * bank.unturnRe[tone]! - turnIm * bank.unturnIm[tone]!
  const length2 = turnRe * turnRe + turnIm * turnIm
  return deviationRe > 0 && deviationRe * deviationRe >= bank.deviationCos2[tone]! * length2
}

/** Power of a pair's two tones in the window. */
export function pairPower(ring: HopRing, pair: number, last: number, hopCount: number): number {
  return tonePower(ring, rowOf(pair), last, hopCount) + tonePower(ring, columnOf(pair), last, hopCount)
}

/** The sum of evidence over consecutive windows of one length. */
export class EvidenceRun {
  /** The pair that the newest window shows, or NONE. */
  pair = NONE
  /** Evidence for it so far. */
  sum = 0
  /** First hop of the run's first window. */
  firstHop = 0
  private weight = 0

  constructor(
    private readonly ring: HopRing,
    private readonly kind: WindowKind,
  ) {}

  /** Judges the window that ends with the newest hop. Hot. */
  advance(): void {
    const pair = this.judge()
    if (pair === NONE || pair !== this.pair) {
      this.pair = pair
      this.sum = 0
      this.firstHop = this.ring.count - this.kind.hopCount
    }
    if (pair !== NONE) this.sum += this.weight
  }

  /** The pair of the newest window, its weight in `weight`. Cheap refusals come first: most windows fail the bound. */
  private judge(): number {
    const { ring, kind } = this
    const { hopCount } = kind
    const last = ring.count - 1
    const energy = windowEnergy(ring, last, hopCount)
    if (energy < FLOOR * hopCount * ring.bank.hopSamples) return NONE
    const pair = this.strongestPair(last, SHARE_MIN * energy)
    if (pair === NONE) return NONE
    const row = rowOf(pair)
    const column = columnOf(pair)
    if (!isOnFrequency(ring, row, last, hopCount) || !isOnFrequency(ring, column, last, hopCount)) return NONE
    const rowPower = tonePower(ring, row, last, hopCount)
    const columnPower = tonePower(ring, column, last, hopCount)
    if (rowPower > TWIST_MAX * columnPower || columnPower > TWIST_MAX * rowPower) return NONE
    const share = (rowPower + columnPower) / energy
    if (share < SHARE_MIN) return NONE
    this.weight = kind.weights.find((step) => share >= step.share)!.weight
    return pair
  }

  /** The row and column with the largest magnitudes, or NONE if even hops all in step could not give `powerMin`. */
  private strongestPair(last: number, powerMin: number): number {
    let row = 0
    let column = FIRST_COLUMN
    let rowSum = -1
    let columnSum = -1
    for (let tone = 0; tone < TONE_COUNT; tone += 1) {
      const sum = this.magnitude(tone, last)
      if (tone < FIRST_COLUMN) {
        if (sum > rowSum) {
          rowSum = sum
          row = tone
        }
      } else if (sum > columnSum) {
        columnSum = sum
        column = tone
      }
    }
    const bound = ((rowSum + columnSum) * 2) / this.ring.bank.hopSamples
    return bound < powerMin ? NONE : row * 4 + column - FIRST_COLUMN
  }

  private magnitude(tone: number, last: number): number {
    const { ring } = this
    let sum = 0
    for (let hop = last - this.kind.hopCount + 1; hop <= last; hop += 1)
      sum += ring.bins[ring.at(hop) + MAGNITUDE + tone]!
    return sum
  }
}
