/**
 * Everything one fork connection has sent, in arrival order, held back until its head may be judged. Nothing overtakes.
 *
 *   released (gone)  |  held: head ... tail                         | not yet arrived
 *   -----------------+----------------------------------------------+--------------->  position
 *                    ^releasedSample    ^judgedSample (gate)         ^headSample
 *
 * The head leaves when it has been held back long enough, in the call's own time, and the gate has passed its end; its
 * spans then say which of its samples are silent. It leaves at the end of its hold-back in any case: what the gate has
 * not passed by then leaves as silence. A text message leaves as soon as it is the head.
 *
 * How could a secret get out? Only through `judge`, below.
 */
import { RedactError } from '../base/errors.js'
import { Fifo } from '../base/fifo.js'
import { LIFTS_MAX } from '../base/limits.js'
import type { SilentRange } from '../codecs/codec.js'
import type { HeldMessage } from '../dialects/dialect.js'
import type { MediaFrame, PayloadStream } from '../media/frame.js'
import { type HeldItem, HeldMedia } from './held.js'
import { type Lift, outsideLifts } from './lift.js'
import type { OpenSpan, RedactionSpan } from './span.js'
import { SpanList } from './span.js'
import type { WatermarkGate } from './watermark.js'

/** Objects that wait to hold a frame again: a second of two tracks, which may leave at once after a stall. */
const FREE_MAX = 100

/** What leaves. One object per timeline, valid until the next `judge`. */
export interface Release {
  item: HeldItem
  /** What is silent in the frame, by channel; empty when it passes. Ranges may overlap. */
  ranges: SilentRange[]
  /** Why, range by range: a span's reason, or 'deadline' for what nobody had judged. */
  reasons: string[]
  /** Samples of the frame that leave as they came although a fail-open detector had not judged them. */
  passedUnjudgedSamples: number
}

export interface TimelineLimits {
  readonly holdBackMs: number
  readonly holdBackSamples: number
  readonly itemsMax: number
  readonly bytesMax: number
}

/** What became of a span when it was placed. */
export interface Placement {
  /** Samples of it that had already left in the clear, on the track where most had. */
  readonly lateSamples: number
  /** From here on every track concerned is silent. */
  readonly firstSilentSample: number
  /** What of it had left, on the tracks where some had left in the clear; absent when nothing had. */
  readonly late?: {
    readonly tracks: readonly number[]
    readonly startSample: number
    readonly endSample: number
  }
}

export class Timeline {
  readonly #held: Fifo<HeldMedia | Extract<HeldItem, { kind: 'message' }>>
  readonly #free: HeldMedia[] = []
  /** What the last release holds, to be free at the next. */
  #leaving: HeldMedia | null = null
  readonly #spans: SpanList[]
  /** Per track: what has left silent, or was a hole in the stream; only the newest ranges matter. */
  readonly #silenced: SpanList[]
  /** Per track: the same, and what has been counted as late already. */
  readonly #accounted: SpanList[]
  /** Where liftable spans do not silence; over all tracks. */
  #lifts: Lift[] = []
  readonly #headSample: Float64Array
  readonly #releasedSample: Float64Array
  readonly #release: Release = {
    item: { kind: 'message', held: { envelope: null, heldBytes: 0 } },
    ranges: [],
    reasons: [],
    passedUnjudgedSamples: 0,
  }
  #heldBytes = 0
  #leadSample = 0
  #flushDeadlineMs = Infinity

  constructor(
    trackCount: number,
    private readonly streams: readonly PayloadStream[],
    private readonly limits: TimelineLimits,
  ) {
    this.#held = new Fifo(limits.itemsMax)
    this.#spans = Array.from({ length: trackCount }, () => new SpanList())
    this.#silenced = Array.from({ length: trackCount }, () => new SpanList())
    this.#accounted = Array.from({ length: trackCount }, () => new SpanList())
    this.#headSample = new Float64Array(trackCount)
    this.#releasedSample = new Float64Array(trackCount)
  }

  get heldCount(): number {
    return this.#held.size
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** At the limit the head must be judged by force before anything more is pushed. */
  get isFull(): boolean {
    return this.#held.isFull || this.#heldBytes >= this.limits.bytesMax
  }

  /** Where the newest audio of the track ends. */
  headSample(track: number): number {
    return this.#headSample[track] ?? 0
  }

  /** The newest position on any track: the call's "now". */
  get leadSample(): number {
    return this.#leadSample
  }

  /** From here on nothing has left, on any track. */
  get heldFromSample(): number {
    return Math.max(...this.#releasedSample)
  }

  /**
   * Holds a frame: its payload and message, not the object, which is borrowed until return. Hot.
   * @param unjudgeable why nobody could listen to it (it is silenced whole), or null
   * @throws RedactError REDACT_ERR_TIMELINE_FULL, REDACT_ERR_TRACK_UNKNOWN: both are faults of the caller
   */
  pushFrame(frame: MediaFrame, unjudgeable: string | null): void {
    const tracks = this.#tracksOf(frame)
    this.#hold((this.#free.pop() ?? new HeldMedia()).hold(frame, unjudgeable), frame.heldBytes)
    const endSample = frame.startSample + frame.sampleCount
    for (const track of tracks) if (endSample > this.#headSample[track]!) this.#headSample[track] = endSample
    if (endSample > this.#leadSample) this.#leadSample = endSample
  }

  /** @throws RedactError REDACT_ERR_TIMELINE_FULL: a fault of the caller */
  pushMessage(held: HeldMessage): void {
    this.#hold({ kind: 'message', held }, held.heldBytes)
  }

  /** Places a span; what of it has left in the clear already is counted once. */
  redact(span: RedactionSpan): Placement {
    let lateSamples = 0
    let firstSilentSample = span.startSample
    const lateTracks: number[] = []
    for (let track = 0; track < this.#spans.length; track++) {
      if (span.track !== null && span.track !== track) continue
      this.#spans[track]!.add(span)
      const startSample = Math.max(0, span.startSample)
      const endSample = Math.min(span.endSample, this.#releasedSample[track]!)
      if (startSample >= endSample) continue
      if (this.#silenced[track]!.coveredSamples(startSample, endSample) < endSample - startSample)
        firstSilentSample = Math.max(firstSilentSample, this.#releasedSample[track]!)
      const lateHere = this.#lateSamples(span, track, startSample, endSample)
      if (lateHere > 0) lateTracks.push(track)
      lateSamples = Math.max(lateSamples, lateHere)
    }
    const placement = { lateSamples, firstSilentSample: Math.max(0, firstSilentSample) }
    return lateSamples === 0 ? placement : { ...placement, late: this.#lateRange(span, lateTracks) }
  }

  /** From here on, until the lift is closed, liftable spans do not silence; they stay open beneath it. */
  lift(lift: Lift): void {
    if (this.#lifts.length >= LIFTS_MAX) {
      const oldest = this.#lifts.findIndex(({ endSample }) => endSample !== Infinity)
      this.#lifts.splice(Math.max(0, oldest), 1)
    }
    this.#lifts.push(lift)
  }

  get isLifted(): boolean {
    return this.#lifts.some(({ endSample }) => endSample === Infinity)
  }

  /** Ends an open span or lift; it never ends before it began. */
  close(span: OpenSpan | Lift, endSample: number): void {
    span.endSample = Math.max(span.startSample, endSample)
  }

  /** No more audio will come: judged frames need not wait any longer, unjudged ones leave as silence at `deadlineMs`. */
  flushBy(deadlineMs: number): void {
    this.#flushDeadlineMs = Math.min(this.#flushDeadlineMs, deadlineMs)
  }

  /** Whether the head has waited long enough: it leaves, once it has been judged or because nobody has. Hot. */
  isHeadDue(nowMs: number): boolean {
    const item = this.#held.peek()
    if (item === undefined) return false
    return item.kind === 'message' || this.#isOverdue(item.frame, nowMs) || this.#isHeldLongEnough(item.frame)
  }

  /** Whether the head is due and not all of it has been judged: it is about to leave as silence. Hot. */
  isDueUnjudged(gate: WatermarkGate, nowMs: number): boolean {
    const item = this.#held.peek()
    return item?.kind === 'media' && this.#isOverdue(item.frame, nowMs) && !this.#isJudged(item.frame, gate)
  }

  /** The head, if it may leave; `force` judges it now, as if overdue. Hot. */
  judge(gate: WatermarkGate, nowMs: number, force = false): Release | undefined {
    this.#freeLeft()
    const item = this.#held.peek()
    if (item === undefined) return undefined
    const release = this.#release
    // To cut an array is a call out of JavaScript, which hardly any frame needs.
    if (release.ranges.length > 0) release.ranges.length = release.reasons.length = 0
    release.passedUnjudgedSamples = 0
    if (item.kind === 'message') {
      this.#heldBytes -= item.held.heldBytes
    } else {
      const { frame } = item
      const isOverdue = force || this.#isOverdue(frame, nowMs)
      if (!isOverdue && !(this.#isJudged(frame, gate) && this.#isHeldLongEnough(frame))) return undefined
      this.#silence(frame, gate, release, item.unjudgeable)
      this.#leave(frame, release)
      this.#leaving = item
    }
    this.#held.shift()
    release.item = item
    return release
  }

  /** Gives up everything held, overwriting its audio: nobody will take it any more. Returns the samples given up. */
  discard(): number {
    let samples = 0
    for (let item = this.#held.shift(); item !== undefined; item = this.#held.shift()) {
      if (item.kind !== 'media') continue
      item.frame.payload.fill(0)
      item.frame.message?.data.fill(0)
      samples += item.frame.sampleCount
    }
    this.#heldBytes = 0
    return samples
  }

  #hold(item: HeldMedia | Extract<HeldItem, { kind: 'message' }>, heldBytes: number): void {
    if (!this.#held.push(item))
      throw new RedactError('REDACT_ERR_TIMELINE_FULL', `${this.limits.itemsMax} items are held already`)
    this.#heldBytes += heldBytes
  }

  #freeLeft(): void {
    const left = this.#leaving
    if (left === null) return
    this.#leaving = null
    left.letGo()
    if (this.#free.length < FREE_MAX) this.#free.push(left)
  }

  #tracksOf(frame: MediaFrame): readonly number[] {
    const stream = this.streams[frame.stream]
    if (stream === undefined)
      throw new RedactError('REDACT_ERR_TRACK_UNKNOWN', `stream ${frame.stream} was never announced`)
    return stream.tracks
  }

  #isOverdue(frame: MediaFrame, nowMs: number): boolean {
    return nowMs - frame.receivedAtMs >= this.limits.holdBackMs || nowMs >= this.#flushDeadlineMs
  }

  #isJudged(frame: MediaFrame, gate: WatermarkGate): boolean {
    const endSample = frame.startSample + frame.sampleCount
    for (const track of this.#tracksOf(frame)) if (gate.judgedSample(track) < endSample) return false
    return true
  }

  /** Media time decides, so that a recorded call replays alike at any speed; wall time only ends the wait of a stalled one. */
  #isHeldLongEnough(frame: MediaFrame): boolean {
    if (this.#flushDeadlineMs !== Infinity) return true
    const endSample = frame.startSample + frame.sampleCount
    for (const track of this.#tracksOf(frame))
      if (this.#headSample[track]! - endSample < this.limits.holdBackSamples) return false
    return true
  }

  #silence(frame: MediaFrame, gate: WatermarkGate, release: Release, unjudgeable: string | null): void {
    const tracks = this.#tracksOf(frame)
    const endSample = frame.startSample + frame.sampleCount
    for (let channel = 0; channel < tracks.length; channel++) {
      if (unjudgeable !== null) {
        this.#cut(release, frame, channel, frame.startSample, endSample, unjudgeable)
        continue
      }
      const track = tracks[channel]!
      const spans = this.#spans[track]!
      for (let i = 0; i < spans.size; i++) {
        const span = spans.at(i)
        if (span.isLiftable === true && this.#lifts.length > 0)
          this.#cutAroundLifts(release, frame, channel, span)
        else this.#cut(release, frame, channel, span.startSample, span.endSample, span.reason)
      }
      const toleratedSample = Math.max(gate.toleratedSample(track), gate.judgedSample(track))
      this.#cut(release, frame, channel, toleratedSample, endSample, 'deadline')
      const vouchedFrom = Math.max(gate.judgedSample(track), frame.startSample)
      const passed = clearSamples(release, frame, channel, vouchedFrom, Math.min(toleratedSample, endSample))
      release.passedUnjudgedSamples = Math.max(release.passedUnjudgedSamples, passed)
    }
  }

  /** Adds the part of [startSample, endSample) that lies in the frame, if any, to what is silent on the channel. */
  #cut(
    release: Release,
    frame: MediaFrame,
    channel: number,
    startSample: number,
    endSample: number,
    reason: string,
  ): void {
    const start = Math.max(0, startSample - frame.startSample)
    const end = Math.min(frame.sampleCount, endSample - frame.startSample)
    if (start >= end) return
    release.ranges.push({ channel, startSample: start, endSample: end })
    release.reasons.push(reason)
  }

  #cutAroundLifts(release: Release, frame: MediaFrame, channel: number, span: RedactionSpan): void {
    const startSample = Math.max(span.startSample, frame.startSample)
    const endSample = Math.min(span.endSample, frame.startSample + frame.sampleCount)
    for (const part of outsideLifts(this.#lifts, startSample, endSample))
      this.#cut(release, frame, channel, part.startSample, part.endSample, span.reason)
  }

  #leave(frame: MediaFrame, release: Release): void {
    const tracks = this.#tracksOf(frame)
    this.#heldBytes -= frame.heldBytes
    for (const range of release.ranges)
      this.#accountNew(
        tracks[range.channel!]!,
        frame.startSample + range.startSample,
        frame.startSample + range.endSample,
      )
    const endSample = frame.startSample + frame.sampleCount
    for (const track of tracks) {
      // A hole in the stream has not left in the clear: there was nothing to leave.
      const holeStart = this.#releasedSample[track]!
      if (frame.startSample > holeStart) this.#account(track, holeStart, frame.startSample)
      if (endSample > this.#releasedSample[track]!) this.#releasedSample[track] = endSample
      this.#spans[track]!.prune(this.#releasedSample[track]!)
    }
    if (this.#lifts.length > 0) this.#pruneLifts()
  }

  #pruneLifts(): void {
    const releasedSample = Math.min(...this.#releasedSample)
    this.#lifts = this.#lifts.filter(({ endSample }) => endSample > releasedSample)
  }

  /** A position that has left already is what it was: a silent frame that repeats it takes nothing back. */
  #accountNew(track: number, startSample: number, endSample: number): void {
    const newSample = Math.max(startSample, this.#releasedSample[track]!)
    if (newSample < endSample) this.#account(track, newSample, endSample)
  }

  #account(track: number, startSample: number, endSample: number): void {
    const range = { track, startSample, endSample, reason: '' }
    this.#silenced[track]!.unite(range)
    this.#accounted[track]!.unite(range)
  }

  #lateRange({ startSample, endSample }: RedactionSpan, tracks: readonly number[]) {
    const released = Math.max(...tracks.map((track) => this.#releasedSample[track]!))
    return { tracks, startSample: Math.max(0, startSample), endSample: Math.min(endSample, released) }
  }

  /** What a lift had opened is not late for a span that it lifts. */
  #lateSamples(span: RedactionSpan, track: number, startSample: number, endSample: number): number {
    if (span.isLiftable !== true || this.#lifts.length === 0)
      return this.#countLate(track, startSample, endSample)
    let lateSamples = 0
    for (const part of outsideLifts(this.#lifts, startSample, endSample))
      lateSamples += this.#countLate(track, part.startSample, part.endSample)
    return lateSamples
  }

  /** Samples of [startSample, endSample) on this track that left in the clear and have not been counted before. */
  #countLate(track: number, startSample: number, endSample: number): number {
    const accounted = this.#accounted[track]!
    const late = endSample - startSample - accounted.coveredSamples(startSample, endSample)
    accounted.unite({ track, startSample, endSample, reason: '' })
    return late
  }
}

/** Samples of [startSample, endSample) that no range of the release silences on this channel of the frame. */
const clearSamples = (
  release: Release,
  frame: MediaFrame,
  channel: number,
  startSample: number,
  endSample: number,
): number => {
  if (startSample >= endSample) return 0
  const silent = new SpanList()
  for (const range of release.ranges)
    if (range.channel === channel) silent.unite({ ...range, track: channel, reason: '' })
  const from = startSample - frame.startSample
  const to = endSample - frame.startSample
  return to - from - silent.coveredSamples(from, to)
}
