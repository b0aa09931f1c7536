import type { Alertness } from '../../../detector.js'
import { KeptAudio } from './kept-audio.js'
import { Leg, type TrackWord } from './leg.js'
import {
  BACK_OFF_FACTOR,
  BACK_OFF_MS_MAX,
  BACK_OFF_MS_MIN,
  BURST_MS,
  CATCH_UP,
  KEPT_MS_MAX,
  KEPT_MS_MIN,
  type ListeningPlan,
  PIECE_MS,
  STREAMS_PER_TRACK_MAX,
  UNREAD_MS_MAX,
} from './listening-plan.js'
import type { OpenStream, StreamFault } from './speech-stream.js'
import { VoiceActivity } from './voice-activity.js'

/** What comes again is no better: wrong credentials, or a request that is not taken. */
const PERMANENT: ReadonlySet<StreamFault> = new Set(['credentials', 'refused'])

/** What a track tells of its streams. */
export interface TrackMonitor {
  /** A stream is over that was told this much audio. */
  sent(samples: number): void
  /** `late`: a word came behind the watermark; it is told where that stands. */
  faulted(fault: StreamFault | 'late'): void
}

const silence = new Int16Array(4_096)

/**
 * One track of a call, told to a recogniser behind a network. Positions are samples at the PCM rate; all time is the
 * track's own, so that nothing here waits for a clock.
 *
 *   answered for           | speech that nobody has answered for | quiet, by its level | not yet certain
 *   -----------------------+-------------------------------------+---------------------+----------------> heard
 *                          ^ the watermark stands here
 *
 * Quiet needs no answer. Speech does: the watermark stands at the first that no stream has answered for, whatever went
 * wrong. A stream that ends well has answered for all that it was told; therefore one is ended when there is quiet, when it
 * has said nothing about speech for too long (noise has no words, but a peer that is frozen has none either), and
 * before it is too old. In mid-speech another is opened first and told the last seconds again, so that no word is cut.
 */
export class RemoteTrack {
  readonly #voice: VoiceActivity
  readonly #kept: KeptAudio
  readonly #piece: Int16Array
  readonly #words: TrackWord[] = []
  /** Oldest first; the last one is current unless it was asked to end. */
  #legs: Leg[] = []
  /** No speech before here is without an answer. */
  #answeredSample = 0
  #watermark = 0
  #retrySample = 0
  #backOffMs = BACK_OFF_MS_MIN
  #budget = 0
  #alertness: Alertness = 'calm'
  /** What was heard before here, while the call was armed, still needs its answer. */
  #armedUntilSample = 0
  #hasFailed = false
  #isFinished = false

  constructor(
    private readonly sampleRateHz: number,
    private readonly plan: ListeningPlan,
    private readonly open: OpenStream,
    private readonly monitor: TrackMonitor,
  ) {
    this.#voice = new VoiceActivity(sampleRateHz, plan.voiceLevelDbov)
    this.#kept = new KeptAudio(this.#samples(KEPT_MS_MAX), this.#samples(KEPT_MS_MIN))
    this.#piece = new Int16Array(this.#samples(PIECE_MS))
  }

  /** For good: the peer does not want us. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** Where what was pushed ends. */
  get heardSample(): number {
    return this.#kept.endSample
  }

  /** Reads no clock and no socket: what has arrived by now decides. Hot. */
  get watermarkSample(): number {
    this.#settle()
    const isOver = this.#isFinished && this.#legs.length === 0 && this.#answeredSample >= this.heardSample
    const sample = isOver ? Infinity : this.#answeredSample - this.#samples(this.#guardMs)
    this.#watermark = Math.max(this.#watermark, sample)
    return this.#watermark
  }

  set alertness(alertness: Alertness) {
    if (alertness === this.#alertness) return
    this.#alertness = alertness
    for (const leg of this.#legs) if (leg.outcome === null) leg.stream.setAlertness(alertness)
    if (this.plan.listen !== 'armed') return
    if (alertness === 'calm') this.#armedUntilSample = this.heardSample
    else this.#answeredSample = Math.min(this.#answeredSample, this.#back(this.plan.overlapMs))
  }

  /** `startSample` is never below what was heard; a gap is digital silence. Hot. */
  push(pcm: Int16Array, startSample: number): void {
    this.skip(startSample)
    this.#hear(pcm)
  }

  skip(toSample: number): void {
    const gap = toSample - this.heardSample
    if (gap > this.#samples(KEPT_MS_MAX)) this.#jump(toSample - this.#samples(KEPT_MS_MAX))
    for (let rest = toSample - this.heardSample; rest > 0; rest = toSample - this.heardSample)
      this.#hear(silence.subarray(0, Math.min(rest, silence.length)))
  }

  /** What lies before the watermark is no longer anybody's to tell: it was told by another stream, or comes too late. */
  drain(out: TrackWord[]): void {
    for (const word of this.#words) {
      const isLate = word.startSample < this.#watermark
      if (isLate && word.isContext && word.endSample <= this.#watermark) continue
      if (isLate && !word.isContext) this.monitor.faulted('late')
      out.push(isLate ? this.#behindWatermark(word) : word)
    }
    this.#words.length = 0
  }

  /** The last words are asked for; they have come when the watermark is Infinity. */
  finish(): void {
    this.#isFinished = true
    this.#voice.finish()
    const isUntold = this.#legs.length === 0 && this.#isListening && !this.#hasFailed
    if (isUntold && this.#voice.hasVoiceFrom(this.#answeredSample)) this.#openAt(this.#answeredSample)
    const current = this.#current
    if (current === null || this.#isLost(current)) return
    // Nothing follows that it would have to wait for: room or not.
    while (this.heardSample - current.sentSample >= this.#piece.length) this.#send(current, this.#piece)
    this.#ask(current)
  }

  close(): void {
    this.#dropLegs()
    this.#kept.clear()
    this.#words.length = 0
  }

  /** Where nobody is listening nothing can be revised; what a stream may yet be told from before speech stays open. */
  get #guardMs(): number {
    const { guardMs, leadMs } = this.plan
    return this.#legs.length > 0 ? guardMs : Math.min(guardMs, leadMs)
  }

  #behindWatermark(word: TrackWord): TrackWord {
    const startSample = Math.ceil(this.#watermark)
    return { ...word, startSample, endSample: Math.max(word.endSample, startSample + 1) }
  }

  get #current(): Leg | null {
    const newest = this.#legs.at(-1)
    return newest === undefined || newest.askedAtSample !== Infinity || newest.outcome !== null
      ? null
      : newest
  }

  #hear(pcm: Int16Array): void {
    if (this.#hasFailed || this.#isFinished) return
    this.#voice.push(pcm)
    this.#kept.push(pcm)
    this.#budget = Math.min(this.#samples(BURST_MS), this.#budget + CATCH_UP * pcm.length)
    this.#settle()
    this.#lead()
    this.#forget()
  }

  /** So long a gap that it is another conversation. */
  #jump(toSample: number): void {
    this.#giveUpBefore(this.heardSample)
    this.#dropLegs()
    this.#kept.skip(toSample)
    this.#voice.skip(toSample)
    this.#answeredSample = toSample
  }

  /** Takes what the legs have said so far; from the oldest on, for an answer counts only where the one before it reaches. */
  #settle(): void {
    this.#giveUpBefore(this.#kept.startSample)
    for (const leg of this.#legs) {
      if (this.#voice.nextVoiced(this.#answeredSample) >= leg.startSample)
        this.#answeredSample = Math.max(this.#answeredSample, leg.answeredSample)
      if (leg.outcome !== null && leg.outcome !== 'done') {
        this.#fail(leg.outcome)
        return
      }
    }
    this.#removeDone()
    this.#answeredSample = this.#isListening
      ? this.#voice.nextVoiced(this.#answeredSample)
      : this.#legs.length === 0
        ? this.heardSample
        : this.#answeredSample
  }

  /** What is no longer kept cannot be told to anybody: where it was speech it is told as unheard, which silences it. */
  #giveUpBefore(sample: number): void {
    const startSample = this.#voice.nextVoiced(this.#answeredSample)
    if (startSample < sample && this.#isListening)
      this.#words.push({ text: '', startSample, endSample: sample, isFinal: true, isContext: false })
    this.#answeredSample = Math.max(this.#answeredSample, sample)
  }

  #removeDone(): void {
    for (const leg of this.#legs)
      if (leg.outcome === 'done' && leg.answeredSample <= this.#answeredSample) {
        this.#backOffMs = BACK_OFF_MS_MIN
        this.monitor.sent(leg.sentSamples)
      }
    if (this.#legs.some(({ outcome }) => outcome === 'done'))
      this.#legs = this.#legs.filter(
        ({ outcome, answeredSample }) => outcome !== 'done' || answeredSample > this.#answeredSample,
      )
  }

  /** Opens, feeds, asks, replaces. */
  #lead(): void {
    const current = this.#current
    if (this.#isOverdue || (current !== null && this.#isLost(current))) {
      this.#fail('no-answer')
      return
    }
    if (current === null) this.#openIfWanted()
    else if (!this.#isWanted) this.#ask(current)
    else if (this.#isDue(current)) this.#replace(current)
    if (this.#current !== null) this.#feed(this.#current)
  }

  #openIfWanted(): void {
    if (!this.#isWanted || this.heardSample < this.#retrySample) return
    const toldSample = this.#legs.at(-1)?.sentSample ?? 0
    const neededSample = this.#voice.nextVoiced(Math.max(toldSample, this.#answeredSample))
    this.#openAt(neededSample - this.#samples(this.plan.leadMs))
  }

  #openAt(wantedSample: number): void {
    const startSample = Math.max(this.#kept.startSample, wantedSample)
    const leg = new Leg(startSample, this.heardSample, this.sampleRateHz, (word) => this.#words.push(word))
    leg.stream = this.open(leg, startSample)
    leg.stream.setAlertness(this.#alertness)
    this.#legs.push(leg)
    this.#budget = this.#samples(BURST_MS)
  }

  #replace(leg: Leg): void {
    if (this.#legs.length >= STREAMS_PER_TRACK_MAX) return
    this.#openAt(leg.sentSample - this.#samples(this.plan.overlapMs))
    this.#ask(leg)
  }

  #ask(leg: Leg): void {
    if (this.heardSample - leg.sentSample < this.#piece.length) this.#sendRest(leg)
    leg.end(this.heardSample)
  }

  #feed(leg: Leg): void {
    while (this.#budget >= this.#piece.length && this.#sendPiece(leg)) this.#budget -= this.#piece.length
  }

  /** Whether there was a whole piece to send, and room for it. */
  #sendPiece(leg: Leg): boolean {
    if (this.heardSample - leg.sentSample < this.#piece.length) return false
    if (leg.stream.bufferedBytes >= 2 * this.#samples(UNREAD_MS_MAX)) return false
    this.#send(leg, this.#piece)
    return leg.outcome === null
  }

  #sendRest(leg: Leg): void {
    const samples = this.heardSample - leg.sentSample
    if (samples > 0) this.#send(leg, this.#piece.subarray(0, samples))
  }

  #send(leg: Leg, piece: Int16Array): void {
    this.#kept.read(leg.sentSample, piece)
    leg.send(piece)
    piece.fill(0)
  }

  /** The streams are gone: what nobody has answered for is told to another, after a while. */
  #fail(fault: StreamFault): void {
    this.monitor.faulted(fault)
    this.#dropLegs(fault === 'no-answer')
    if (PERMANENT.has(fault)) this.#hasFailed = true
    this.#retrySample = this.heardSample + this.#samples(this.#backOffMs)
    this.#backOffMs = Math.min(BACK_OFF_MS_MAX, BACK_OFF_FACTOR * this.#backOffMs)
  }

  #dropLegs(areStuck = false): void {
    for (const leg of this.#legs) {
      leg.drop(areStuck)
      this.monitor.sent(leg.sentSamples)
    }
    this.#legs = []
  }

  get #isListening(): boolean {
    if (this.plan.listen !== 'armed' || this.#alertness === 'armed') return true
    return this.#answeredSample < this.#armedUntilSample
  }

  get #isWanted(): boolean {
    if (!this.#isListening) return false
    if (this.plan.listen === 'always') return true
    if (this.#voice.isSpeaking || this.#voice.quietSamples < this.#samples(this.plan.hangoverMs)) return true
    const current = this.#current
    if (current !== null) return this.heardSample - current.sentSample >= this.#piece.length
    // Speech that a stream took with it when it broke.
    return this.#legs.length === 0 && this.#voice.hasVoiceFrom(this.#answeredSample)
  }

  #isDue(leg: Leg): boolean {
    const { streamMs, streamMsMax, answerMs } = this.plan
    if (leg.sentSamples >= this.#samples(streamMsMax)) return true
    if (leg.sentSamples >= this.#samples(streamMs) && !this.#voice.isSpeaking) return true
    const sinceSample = Math.max(this.#voice.nextVoiced(leg.answeredSample), leg.openedAtSample)
    return leg.sentSample - sinceSample >= this.#samples(answerMs)
  }

  /** So far behind that what it should be told next is no longer kept. */
  #isLost(leg: Leg): boolean {
    return leg.sentSample < this.#kept.startSample
  }

  get #isOverdue(): boolean {
    const oldest = this.#legs[0]
    return oldest !== undefined && this.heardSample - oldest.askedAtSample > this.#samples(this.plan.endMsMax)
  }

  #forget(): void {
    const unsent = this.#current?.sentSample ?? Infinity
    const needed = Math.min(this.#answeredSample, unsent, this.heardSample)
    this.#kept.forget(needed - this.#samples(this.plan.overlapMs))
    this.#voice.forget(this.#kept.startSample)
  }

  #back(ms: number): number {
    return Math.max(0, this.heardSample - this.#samples(ms))
  }

  #samples(ms: number): number {
    return Math.round((ms * this.sampleRateHz) / 1000)
  }
}
