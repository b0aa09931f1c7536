import { EvidenceRun, LONG_WINDOW, SHORT_WINDOW, windowEnergy } from './evidence.js'
import { HopRing } from './hop-ring.js'
import { KeyJudge } from './key-judge.js'
import { STEADY_TONE } from './layout.js'
import type { DtmfOptions } from './options.js'
import { PairFit } from './pair-fit.js'
import { FLOOR, HOP_MS, NONE, type ToneBank } from './tone-bank.js'

/** Masks are held by windows of 10 ms, the short ones of the evidence. */
const HELD_WINDOW_HOPS = SHORT_WINDOW.hopCount

/** Share of a window's energy at which an open mask still counts its pair as sounding. */
const HELD_SHARE_MIN = 0.25

/** How far below its peak a pair may fall and still sound, 18 dB: a key under speech, or its echo. */
const HELD_DROP = 10 ** -1.8

/** How long such power alone may hold a mask, hops: 100 ms. */
const DROPPED_HOPS_MAX = 100 / HOP_MS

/** Windows without the pair that close a mask, hops: 30 ms. The shortest pause between keys is 40 ms, 10 of them a window's smear. */
const MISSED_HOPS_MAX = 30 / HOP_MS

/**
 * Windows without evidence, within one key, that do not make it two, hops. An interruption of 20 ms costs 6 at most and is
 * bridged (Q.24 asks for 10 ms); a pause of 40 ms costs 7 at least.
 */
const BRIDGED_HOPS_MAX = 30 / HOP_MS

/** Where a watch puts what it notices; hops count from position zero. */
export interface KeySink {
  /** Hops [startHop, endHop) are sensitive; false `isOnset` continues the last one. */
  masked(startHop: number, endHop: number, isOnset: boolean): void
  /** A digit for certain; `pair` indexes KEYS of tone-bank.ts. */
  recognised(pair: number, startHop: number): void
}

/** Whole hops that cover `ms`. */
const hopsOf = (ms: number): number => Math.ceil(ms / HOP_MS)

/**
 * Finds the keys of one track, hop by hop: evidence opens a mask, which reaches back to where its pair began to sound
 * and lasts while it does. A mask is told as it grows, so that a key held for seconds holds nothing back:
 *
 *                 reach-back            confirmed      held                missed
 *      |<- padBefore ->|  pair sounds  |              |                 |
 *      [ masked, onset ................)[ masked .....)[ masked . padAfter)
 */
export class KeyWatch {
  readonly ring: HopRing
  /** No mask starts further before the newest hop's end, hops. */
  readonly reachBackHops: number
  private readonly short: EvidenceRun
  private readonly long: EvidenceRun
  private readonly judge: KeyJudge
  private readonly fit = new PairFit()
  private readonly padBeforeHops: number
  private readonly padAfterHops: number
  private readonly afterKeyHops: number
  /** Pair of the open mask, or NONE. */
  private pair = NONE
  private peak = 0
  /** End of the last window in which the pair sounded, of the open mask or the last one. */
  private heldHop = Number.NEGATIVE_INFINITY
  /** The same by its share of the energy, not by its power alone. */
  private heldShareHop = 0
  /** How far the open mask has been told. */
  private toldHop = 0
  private recognisedPair = NONE
  private recognisedHop = 0

  constructor(
    bank: ToneBank,
    private readonly options: DtmfOptions,
    private readonly sink: KeySink,
  ) {
    this.reachBackHops = hopsOf(options.reachBackMs)
    this.padBeforeHops = hopsOf(options.padBeforeMs)
    this.padAfterHops = hopsOf(options.padAfterMs)
    this.afterKeyHops = hopsOf(options.afterKeyMs)
    this.ring = new HopRing(bank)
    this.short = new EvidenceRun(this.ring, SHORT_WINDOW)
    this.long = new EvidenceRun(this.ring, LONG_WINDOW)
    this.judge = new KeyJudge(this.ring)
  }

  /** Hears the hops in hand and judges each. Hot: most show nothing, and where nothing is begun they only count. */
  hear(hopCount: number, isArmed: boolean): void {
    const shown = this.ring.hear(hopCount)
    for (let n = 0; n < hopCount; n += 1) {
      this.ring.count += 1
      if (shown & (1 << n) || this.isFollowing) this.step(isArmed)
    }
  }

  /** Whether a run or a mask is open, which every hop changes. */
  private get isFollowing(): boolean {
    return this.short.pair !== NONE || this.long.pair !== NONE || this.pair !== NONE
  }

  /** Judges the newest hop of the ring. */
  private step(isArmed: boolean): void {
    this.short.advance()
    this.long.advance()
    if (this.pair !== NONE) this.hold()
    const threshold = this.threshold(isArmed)
    if (this.isClear(threshold)) this.confirm(this.short.pair)
    else if (this.isCovered(threshold)) this.confirm(this.long.pair)
    else if (this.isDrowned(threshold)) this.confirm(this.judge.drownedPair)
    this.recognise()
  }

  /** Whether hops of silence change nothing any more. */
  get isQuiet(): boolean {
    return !this.isFollowing && this.ring.isSilent
  }

  /** Whether the short run shows a key in the clear. Asked, like the next, only until its mask is open. */
  private isClear(threshold: number): boolean {
    const { short } = this
    return short.sum >= threshold && short.pair !== this.pair && this.judge.clear(short) >= threshold
  }

  /** Whether the long run shows a key under something else. */
  private isCovered(threshold: number): boolean {
    const { long } = this
    return long.pair !== NONE && long.pair !== this.pair && this.judge.covered(long) >= threshold
  }

  /** Whether a steady tone is half of a key whose other half is drowned. Not asked while a mask is open: it may be that key. */
  private isDrowned(threshold: number): boolean {
    const tone = this.ring.candidate(STEADY_TONE)
    return tone !== NONE && this.pair === NONE && this.judge.drowned(tone, threshold) >= threshold
  }

  private threshold(isArmed: boolean): number {
    const { maskThreshold, afterKeyThreshold, armedThreshold } = this.options
    const isAfterKey = this.ring.count - this.heldHop <= this.afterKeyHops
    return Math.min(
      maskThreshold,
      isAfterKey ? afterKeyThreshold : Infinity,
      isArmed ? armedThreshold : Infinity,
    )
  }

  /** Opens a mask, unless that pair's is open already. Another pair's ends with its pad. */
  private confirm(pair: number): void {
    if (pair === this.pair) return
    const now = this.ring.count
    this.pair = pair
    this.peak = this.power(now - 1)
    this.heldHop = now
    this.heldShareHop = now
    const start = this.firstSounding() - this.padBeforeHops
    this.sink.masked(Math.max(start, now - this.reachBackHops, 0), now, true)
    this.toldHop = now
  }

  /** First hop of the earliest window within the reach-back that the pair sounds in. */
  private firstSounding(): number {
    const now = this.ring.count
    let last = Math.max(now - this.reachBackHops, 0) + 1
    while (last < now - 1 && !this.hasShare(last) && !this.hasPower(last)) last += 1
    return last - 1
  }

  /** Follows the open mask's pair, tells what is masked by now, and closes the mask when the pair has been gone for long. */
  private hold(): void {
    const now = this.ring.count
    if (this.hasShare(now - 1)) {
      this.heldHop = now
      this.heldShareHop = now
      this.peak = Math.max(this.peak, this.power(now - 1))
    } else if (now - this.heldShareHop <= DROPPED_HOPS_MAX && this.hasPower(now - 1)) {
      this.heldHop = now
    }
    const tellHop = Math.min(now, this.heldHop + this.padAfterHops)
    if (tellHop > this.toldHop) this.sink.masked(this.toldHop, tellHop, false)
    this.toldHop = Math.max(this.toldHop, tellHop)
    if (now - this.heldHop >= Math.max(MISSED_HOPS_MAX, this.padAfterHops)) this.pair = NONE
  }

  /** Whether the pair holds a good part of the window that ends with hop `last`. */
  private hasShare(last: number): boolean {
    const energy = windowEnergy(this.ring, last, HELD_WINDOW_HOPS)
    return (
      energy >= FLOOR * HELD_WINDOW_HOPS * this.ring.bank.hopSamples &&
      this.power(last) >= HELD_SHARE_MIN * energy
    )
  }

  private hasPower(last: number): boolean {
    return this.power(last) >= HELD_DROP * this.peak
  }

  private power(last: number): number {
    this.fit.measure(this.ring, this.pair, last, HELD_WINDOW_HOPS)
    return this.fit.power
  }

  /** Reports a digit once per key. */
  private recognise(): void {
    const { pair, sum, firstHop } = this.short
    if (pair === NONE) return
    const now = this.ring.count
    if (pair === this.recognisedPair && now - this.recognisedHop - 1 <= BRIDGED_HOPS_MAX) {
      this.recognisedHop = now
    } else if (sum >= this.options.reportThreshold) {
      this.recognisedPair = pair
      this.recognisedHop = now
      this.sink.recognised(pair, firstHop)
    }
  }
}
