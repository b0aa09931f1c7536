import type { HopRing } from './hop-ring.js'
import { PairFit } from './pair-fit.js'
import { columnOf, FIRST_COLUMN, MAGNITUDE, NONE, PAIR_COUNT, rowOf, TONE_COUNT } from './tone-bank.js'

/**
 * How a key shows: two tones, one row and one column, that hold most of a window's energy and turn from hop to hop as
 * their frequencies demand. Every hop ends one window of each length; evidence adds up while consecutive windows show the
 * same pair.
 *
 * There is no test against the other rows and columns, as a receiver has: to mask a key one need not know which it is.
 * What tells keys from speech instead is the phase, and that a pair must be the purer the more its tones differ: voices
 * have one strong harmonic and weak ones beside it, and keys that are twisted are seldom noisy as well. The second rule
 * cut masks in 2.6 h of prompts from 10 an hour to 3, at the thresholds that let 12 ms bursts through.
 */

/** Quietest window looked at, mean square of 16-bit samples: -55 dBm0 (echoes of -50), where a full-scale sine is +3.17 dBm0. */
export const FLOOR = (32_768 ** 2 / 2) * 10 ** ((-55 - 3.17) / 10)

/** A number that goes with values down to `from`. */
interface Step {
  readonly from: number
  readonly gives: number
}

/** By the stronger tone's power over the weaker one's: the share of the energy that the pair must hold. Beyond 14 dB it is none. */
const SHARE_MIN_BY_TWIST: readonly Step[] = [
  { from: 10 ** 1.4, gives: Number.POSITIVE_INFINITY },
  { from: 10 ** 0.8, gives: 0.8 },
  { from: 10 ** 0.6, gives: 0.65 },
  { from: 10 ** 0.4, gives: 0.5 },
  { from: 10 ** 0.3, gives: 0.4 },
]

/** The smallest of them, 1/3: 3 dB below the noise. */
const SHARE_MIN = 0.33

interface WindowKind {
  readonly hopCount: number
  /** By the pair's share of the energy: what the window weighs, down to `weightMin` at the smallest share. */
  readonly weights: readonly Step[]
  readonly weightMin: number
}

/** 10 ms: quick, for bursts and clean keys. */
export const SHORT_WINDOW: WindowKind = {
  hopCount: 2,
  weights: [
    { from: 0.95, gives: 3 },
    { from: 0.9, gives: 2 },
    { from: 0.8, gives: 1.2 },
    { from: 0.65, gives: 0.7 },
    { from: 0.5, gives: 0.4 },
  ],
  weightMin: 0.25,
}

/** 20 ms: for keys in noise and under speech. Its threshold is twice the short one's. */
export const LONG_WINDOW: WindowKind = {
  hopCount: 4,
  weights: [
    { from: 0.9, gives: 1.6 },
    { from: 0.8, gives: 1.4 },
    { from: 0.65, gives: 1.2 },
    { from: 0.5, gives: 0.7 },
  ],
  weightMin: 0.5,
}

function lookUp(steps: readonly Step[], value: number, otherwise: number): number {
  for (const step of steps) if (value >= step.from) return step.gives
  return otherwise
}

/** Energy of the `hopCount` hops that end with hop `last`. */
export function windowEnergy(ring: HopRing, last: number, hopCount: number): number {
  let energy = 0
  for (let hop = last - hopCount + 1; hop <= last; hop += 1) energy += ring.energy(hop)
  return energy
}

/** The sum of evidence over consecutive windows of one length. */
export class EvidenceRun {
  /** The pair that the newest window shows, or NONE. */
  pair = NONE
  /** Evidence for it so far. */
  sum = 0
  /** First hop of the run's first window. */
  firstHop = 0
  private readonly fit = new PairFit()

  constructor(
    private readonly ring: HopRing,
    private readonly kind: WindowKind,
  ) {}

  /** Judges the window that ends with the newest hop. Hot; cheap refusals come first, for most windows fail the bound. */
  advance(): void {
    const { ring, kind } = this
    const energy = windowEnergy(ring, ring.count - 1, kind.hopCount)
    const isAudible = energy >= FLOOR * kind.hopCount * ring.bank.hopSamples
    const pair = isAudible ? this.strongestPair(SHARE_MIN * energy) : NONE
    const weight = pair === NONE ? 0 : this.weigh(pair, energy)
    if (weight === 0) {
      this.pair = NONE
      this.sum = 0
    } else if (pair === this.pair) {
      this.sum += weight
    } else {
      this.pair = pair
      this.sum = weight
      this.firstHop = ring.count - kind.hopCount
    }
  }

  /** What the newest window says for a pair; 0 when it does not show it. */
  private weigh(pair: number, energy: number): number {
    const { fit, kind } = this
    fit.measure(this.ring, pair, this.ring.count - 1, kind.hopCount)
    if (!fit.isOnFrequency) return 0
    const twist = Math.max(fit.rowPower / fit.columnPower, fit.columnPower / fit.rowPower)
    const share = fit.power / energy
    if (share < lookUp(SHARE_MIN_BY_TWIST, twist, SHARE_MIN)) return 0
    return lookUp(kind.weights, share, kind.weightMin)
  }

  /**
   * The strongest tone and the strongest of the other group beside it, or NONE when the bins, were they all in step, could
   * not hold `powerMin`. The second is found net of what the first leaks into its bin, which may be more than itself.
   */
  private strongestPair(powerMin: number): number {
    let row = 0
    let column = FIRST_COLUMN
    let rowSum = 0
    let columnSum = 0
    for (let tone = 0; tone < TONE_COUNT; tone += 1) {
      const sum = this.magnitude(tone)
      if (tone < FIRST_COLUMN && sum > rowSum) {
        rowSum = sum
        row = tone
      } else if (tone >= FIRST_COLUMN && sum > columnSum) {
        columnSum = sum
        column = tone
      }
    }
    if (((rowSum + columnSum) * 2) / this.ring.bank.hopSamples < powerMin) return NONE
    const rowPairs = row * FIRST_COLUMN
    return rowSum > columnSum
      ? this.strongestOf(rowPairs, rowPairs + FIRST_COLUMN, 1)
      : this.strongestOf(column - FIRST_COLUMN, PAIR_COUNT, FIRST_COLUMN)
  }

  /** Of pairs that share a tone, the one whose other tone is strongest. */
  private strongestOf(firstPair: number, endPair: number, stride: number): number {
    let best = firstPair
    let bestSum = -1
    for (let pair = firstPair; pair < endPair; pair += stride) {
      const tone = stride === 1 ? columnOf(pair) : rowOf(pair)
      const sum = this.fit.netMagnitude(this.ring, pair, tone, this.ring.count - 1, this.kind.hopCount)
      if (sum <= bestSum) continue
      bestSum = sum
      best = pair
    }
    return best
  }

  /** Sum of a tone's squared magnitudes over the newest window. */
  private magnitude(tone: number): number {
    const { ring } = this
    let sum = 0
    for (let hop = ring.count - this.kind.hopCount; hop < ring.count; hop += 1)
      sum += ring.bins[ring.at(hop) + MAGNITUDE + tone]!
    return sum
  }
}
