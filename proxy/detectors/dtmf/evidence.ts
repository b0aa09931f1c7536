import type { HopRing } from './hop-ring.js'
import { LONG_CANDIDATE, LONG_HOPS, SHORT_CANDIDATE, SHORT_HOPS } from './layout.js'
import { PairFit } from './pair-fit.js'
import { FLOOR, NONE, SHARE_LEAST } from './tone-bank.js'

/**
 * How a key shows: two tones, one row and one column, that hold most of a window's energy and turn from hop to hop as
 * their frequencies demand. Every hop ends one window of each length; evidence adds up while consecutive windows show the
 * same pair.
 *
 * There is no test against the other rows and columns, as a receiver has: to mask a key one need not know which it is.
 * What tells keys from speech instead is the phase, and that a pair must be the purer the more its tones differ: voices
 * have one strong harmonic and weak ones beside it, and keys that are twisted are seldom noisy as well. Whether that is enough
 * for a mask, key-judge.ts says.
 */

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
  { from: 10 ** 0.3, gives: 0.36 },
  { from: 10 ** 0.15, gives: 0.28 },
]

interface WindowKind {
  readonly hopCount: number
  /** Where in a slot the pair stands that such a window may show. */
  readonly candidateField: number
  /** Windows that may miss the pair without ending its run. */
  readonly missesMax: number
  /** By the pair's share of the energy: what the window weighs, down to `weightMin` at the smallest share. */
  readonly weights: readonly Step[]
  readonly weightMin: number
}

/** 10 ms: quick, for bursts and clean keys. */
export const SHORT_WINDOW: WindowKind = {
  hopCount: SHORT_HOPS,
  candidateField: SHORT_CANDIDATE,
  missesMax: 0,
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
  hopCount: LONG_HOPS,
  candidateField: LONG_CANDIDATE,
  missesMax: 2,
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
  /** Windows since the last one that showed the pair. */
  private missCount = 0
  /** Of the newest window; a field, because numbers that are handed over are boxed. */
  private energy = 0
  private readonly fit = new PairFit()

  constructor(
    private readonly ring: HopRing,
    private readonly kind: WindowKind,
  ) {}

  /**
   * Judges the window that ends with the newest hop. The run's own pair is asked first: under speech a harmonic beside one
   * of its tones is often the stronger for a while, in bins of 200 Hz, and its phase still shows it. Hot; otherwise cheap
   * refusals come first, for most windows fail the bound.
   */
  advance(): void {
    const { ring, kind } = this
    this.energy = windowEnergy(ring, ring.count - 1, kind.hopCount)
    const isAudible = this.energy >= FLOOR * kind.hopCount * ring.bank.hopSamples
    const ownWeight = isAudible ? this.weigh(this.pair) : 0
    if (ownWeight > 0) {
      this.sum += ownWeight
      this.missCount = 0
    } else if (this.pair !== NONE && this.missCount < kind.missesMax) {
      this.missCount += 1
    } else {
      this.begin(isAudible ? ring.candidate(kind.candidateField) : NONE)
    }
  }

  /** A run of another pair, if the newest window shows it. */
  private begin(pair: number): void {
    this.sum = this.weigh(pair)
    this.pair = this.sum > 0 ? pair : NONE
    this.missCount = 0
    this.firstHop = this.ring.count - this.kind.hopCount
  }

  /** What the newest window says for a pair; 0 when it does not show it, or there is none. */
  private weigh(pair: number): number {
    if (pair === NONE) return 0
    const { fit, kind } = this
    fit.measure(this.ring, pair, this.ring.count - 1, kind.hopCount)
    if (!fit.isOnFrequency) return 0
    const share = fit.power / this.energy
    if (share < lookUp(SHARE_MIN_BY_TWIST, fit.twist, SHARE_LEAST)) return 0
    return lookUp(kind.weights, share, kind.weightMin)
  }
}
