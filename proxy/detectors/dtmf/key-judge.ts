import { DrownedFit } from './drowned-fit.js'
import { type EvidenceRun, LONG_WINDOW, windowEnergy } from './evidence.js'
import type { HopRing } from './hop-ring.js'
import { STEADY_HOPS } from './layout.js'
import { PairFit } from './pair-fit.js'
import { columnOf, NONE, rowOf } from './tone-bank.js'

/**
 * Tells keys from voices where sums of evidence alone cannot. Two harmonics of a voice may have a pair's frequencies for 40 ms
 * and hold most of the energy, but they swell, glide and lie apart in level; a key is there at once, stays where it is, and
 * its tones are about alike. Both runs are judged: the short one for keys in the clear, so that bursts are told while they
 * sound, the long one for keys under something else. Where a voice drowns one of a key's tones, neither run shows it, and the
 * tone that is left is judged.
 *
 * Asked for one hop in 40 of speech, so that its cost hardly shows.
 */

/** What is looked at under something else: 40 ms, most of a key of 50. */
const JUDGED_HOPS = 8

/** How far back an onset is looked for, hops: 90 ms, a key of 70 and what was before it. */
const ONSET_HOPS = 18

/** Hops on each side of an onset that are compared; between them lies the one that it falls into. */
const SIDE_HOPS = 2

/** A key in the clear begins with a rise of its pair's power of 6 dB at least, as a ratio. */
const CLEAR_RISE_MIN = 10 ** 0.6

/** It is told within this many hops of its run, 20 ms; what has not been clear by then is weighed by its 40 ms. */
const CLEAR_HOPS_MAX = 4

/** What the short run counts for without such an onset: a tone that swells, three times as long. */
const WITHOUT_ONSET = 1 / 3

/** What a dB of twist takes from the short run: vowels at their beginning are twisted by 6 dB and more, and never pure. */
const CLEAR_TWIST_WEIGHT = 0.25

/** Beyond this rise, dB, more says nothing more. */
const RISE_MAX_DB = 8

/** Beyond this sum of the long run neither. */
const EVIDENCE_MAX = 8

/**
 * What each thing found weighs: a unit of the long run's evidence, a dB of rise, a nat of the share, a dB of twist, unevenness,
 * the larger deviation over 20 and over 40 ms, and by how much it is the larger: a telephone that is off is off in both tones. A
 * logistic regression of 19,000 keys of 40 to 70 ms, most of them up to 1.5 % off and with -8 to +4 dB of twist half of the
 * time, under speech, babble and noise from 9 dB below them to 3 dB above, against 16 h of speech, 7 of them synthetic; moved so
 * that `maskThreshold` masks no more of people's speech than the sums alone did at 2.4.
 */
const WEIGHT = {
  evidence: 0.56,
  riseDb: 0.79,
  share: 1.95,
  twistDb: -0.29,
  unevenness: 5,
  shortDeviation: -88,
  longDeviation: -86,
  longDifference: -158,
  nothing: -2.45,
}

/**
 * The same where one tone is steady and the other is drowned: a factor of e in the share of both, and in that of the other tone's energy
 * that is in step; a dB between them; the deviation of the steady tone; a dB between its halves; a dB of its rise, up to
 * `DROWNED_RISE_MAX_DB`. A regression of 20,000 keys 6 dB above speech, most of them on their frequencies and without twist, against 10 h of
 * speech, half of it cut to 300-3400 Hz and half synthetic; moved so that `maskThreshold` masks next to none of it.
 */
const DROWNED_WEIGHT = {
  share: 11.6,
  otherShare: 3,
  levelDb: -0.65,
  deviation: -234,
  driftDb: -0.95,
  riseDb: 0.28,
  nothing: 9.7,
}

const DROWNED_RISE_MAX_DB = 15

const decibels = (ratio: number): number => 10 * Math.log10(ratio)

/** Weighs what the runs of one track found, in the unit of the thresholds (options.ts). */
export class KeyJudge {
  /** The pair that `drowned` judged last. */
  drownedPair = NONE
  private readonly fit = new PairFit()
  private readonly drownedFit = new DrownedFit(this.fit)

  constructor(private readonly ring: HopRing) {}

  /** Evidence of a key in the clear, from the short run. */
  clear({ pair, sum, firstHop }: EvidenceRun): number {
    const { fit, ring } = this
    fit.measure(ring, pair, ring.count - 1, LONG_WINDOW.hopCount)
    const hasOnset = ring.count - firstHop <= CLEAR_HOPS_MAX && this.rise(pair) >= CLEAR_RISE_MIN
    return (sum - CLEAR_TWIST_WEIGHT * decibels(fit.twist)) * (hasOnset ? 1 : WITHOUT_ONSET)
  }

  /** Evidence of a key under something else, from the long run and the newest 40 ms. */
  covered({ pair, sum }: EvidenceRun): number {
    const { fit, ring } = this
    const last = ring.count - 1
    fit.measure(ring, pair, last, LONG_WINDOW.hopCount)
    const shortDeviation = Math.max(fit.rowDeviation(ring.bank, pair), fit.columnDeviation(ring.bank, pair))
    fit.measure(ring, pair, last, JUDGED_HOPS)
    const row = fit.rowDeviation(ring.bank, pair)
    const column = fit.columnDeviation(ring.bank, pair)
    const share = fit.power / windowEnergy(ring, last, JUDGED_HOPS)
    const riseDb = Math.max(0, decibels(this.rise(pair)))
    return (
      WEIGHT.nothing +
      WEIGHT.evidence * Math.min(sum, EVIDENCE_MAX) +
      WEIGHT.riseDb * Math.min(riseDb, RISE_MAX_DB) +
      WEIGHT.share * Math.log(Math.max(share, Number.EPSILON)) +
      WEIGHT.twistDb * decibels(fit.twist) +
      WEIGHT.unevenness * this.unevenness(pair) +
      WEIGHT.shortDeviation * shortDeviation +
      WEIGHT.longDeviation * Math.max(row, column) +
      WEIGHT.longDifference * Math.abs(row - column)
    )
  }

  /**
   * Evidence of a key one of whose tones is drowned, from the tone that has been steady for 40 ms; of no more use than to be below
   * `threshold` when it is so however steeply the tone rose, for the rise is what costs.
   */
  drowned(tone: number, threshold: number): number {
    const { ring, drownedFit: fit } = this
    fit.measure(ring, tone)
    this.drownedPair = fit.pair
    const held = ((fit.steadyPower + fit.otherPower) * STEADY_HOPS * ring.bank.hopSamples) / 2
    const evidence =
      DROWNED_WEIGHT.nothing +
      DROWNED_WEIGHT.share * Math.log(held / windowEnergy(ring, ring.count - 1, STEADY_HOPS)) +
      DROWNED_WEIGHT.otherShare * Math.log(Math.max(fit.otherShare, Number.EPSILON)) +
      DROWNED_WEIGHT.levelDb * Math.abs(decibels(fit.otherPower / fit.steadyPower)) +
      DROWNED_WEIGHT.deviation * fit.deviation +
      DROWNED_WEIGHT.driftDb * Math.abs(decibels(fit.drift))
    if (!(evidence + DROWNED_WEIGHT.riseDb * DROWNED_RISE_MAX_DB >= threshold))
      return Number.NEGATIVE_INFINITY
    const riseDb = Math.max(0, decibels(this.rise(fit.pair, tone)))
    return evidence + DROWNED_WEIGHT.riseDb * Math.min(riseDb, DROWNED_RISE_MAX_DB)
  }

  /**
   * By how much one tone of the pair just fitted keeps in step better than the other, 0 to 1. A voice's harmonics waver
   * together; one that lies on a tone of a key makes that one waver, and leaves the other as steady as it is.
   */
  private unevenness(pair: number): number {
    return Math.abs(
      this.steadiness(pair, rowOf(pair), this.fit.rowPower) -
        this.steadiness(pair, columnOf(pair), this.fit.columnPower),
    )
  }

  /** A tone's energy in step over its energy hop by hop: 1 when it is as steady as a sine; 0 when there is none. */
  private steadiness(pair: number, tone: number, powerInStep: number): number {
    const { ring, fit } = this
    const magnitude = fit.netMagnitude(ring, pair, tone, ring.count - 1, JUDGED_HOPS)
    return magnitude === 0 ? 0 : (2 * powerInStep) / (magnitude * ring.bank.hopSamples)
  }

  /** The steepest rise of a pair's power, or of one tone's alone, as a ratio; infinite out of digital silence. */
  private rise(pair: number, tone = NONE): number {
    const { ring } = this
    let steepest = 0
    for (let hop = ring.count - ONSET_HOPS; hop < ring.count - 2 * SIDE_HOPS; hop += 1) {
      const before = this.power(pair, tone, hop)
      const after = this.power(pair, tone, hop + SIDE_HOPS + 1)
      if (after > steepest * before) steepest = after / before
    }
    return steepest
  }

  /** The power of a pair, or of one tone, on one side of an onset. */
  private power(pair: number, tone: number, firstHop: number): number {
    const last = firstHop + SIDE_HOPS - 1
    return tone === NONE
      ? this.fit.netPower(this.ring, pair, last, SIDE_HOPS)
      : this.fit.netMagnitude(this.ring, pair, tone, last, SIDE_HOPS)
  }
}
