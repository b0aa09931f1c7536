import type { SpeechStream, StreamFault, StreamHandler, StreamWord } from './speech-stream.js'

/** A word at its place in the track, samples at the PCM rate. Secret. */
export interface TrackWord extends StreamWord {
  /** It begins in what the stream was told for context, and another may have been told before. */
  readonly isContext: boolean
}

/** Words one answer may have, and that may come at once: five minutes of hurried talk are 1,000. More is no transcript. */
const WORDS_MAX = 2_000
/**
 * And for every second of audio that it was sent: a decoder that repeats the last half minute with every answer, ten times a second,
 * tells 800. Answers without words count as one: each takes the media loop's time.
 */
const WORDS_PER_SECOND = 1_000

/**
 * One stream's part of a track: what it was told, and what it has answered for. Whatever it claims is held to what it was told:
 * it cannot vouch for audio that it never had, nor put a word there.
 */
export class Leg implements StreamHandler {
  /** Set right after the stream has been opened with this leg as its handler. */
  stream!: SpeechStream
  /** What was sent ends here. */
  sentSample: number
  /** Everything from the beginning to here has been listened to. */
  answeredSample: number
  /** Where the track was when this leg was asked to end; Infinity before. */
  askedAtSample = Infinity
  outcome: 'done' | StreamFault | null = null
  #isHeard = true
  /** Words that count by now, and where what was sent ended when they were counted. */
  #wordCount = 0
  #countedSample: number

  constructor(
    readonly startSample: number,
    /** Where the track was when this leg was opened: what lies before it is told for context. */
    readonly openedAtSample: number,
    private readonly sampleRateHz: number,
    private readonly heard: (word: TrackWord) => void,
  ) {
    this.sentSample = startSample
    this.answeredSample = startSample
    this.#countedSample = startSample
  }

  get sentSamples(): number {
    return this.sentSample - this.startSample
  }

  send(pcm: Int16Array): void {
    this.sentSample += pcm.length
    this.stream.send(pcm)
  }

  end(atSample: number): void {
    this.askedAtSample = atSample
    this.stream.end()
  }

  /** Lets go of the stream; what it says from now on is not heard. */
  drop(isStuck: boolean): void {
    this.#isHeard = false
    if (this.outcome === null) this.stream.destroy(isStuck)
  }

  answered(words: readonly StreamWord[], heardSample: number): void {
    if (!this.#isHeard || this.outcome !== null) return
    if (this.#areTooMany(words.length) || Number.isNaN(heardSample)) {
      this.ended('nonsense')
      this.stream.destroy(false)
      return
    }
    for (const word of words) this.#place(word)
    const answered = Math.min(this.sentSample, this.startSample + Math.floor(heardSample))
    this.answeredSample = Math.max(this.answeredSample, answered)
  }

  ended(outcome: 'done' | StreamFault): void {
    if (!this.#isHeard || this.outcome !== null) return
    const isAsked = this.askedAtSample !== Infinity
    // Nobody asked it to finish: it has not heard what is still to be said.
    this.outcome = outcome === 'done' && !isAsked ? 'unavailable' : outcome
    if (this.outcome === 'done') this.answeredSample = this.sentSample
  }

  #areTooMany(words: number): boolean {
    const earned = (WORDS_PER_SECOND * (this.sentSample - this.#countedSample)) / this.sampleRateHz
    this.#countedSample = this.sentSample
    this.#wordCount = Math.max(0, this.#wordCount - earned) + Math.max(1, words)
    return this.#wordCount > WORDS_MAX
  }

  #place(word: StreamWord): void {
    const startSample = this.#clamp(word.startSample)
    const endSample = Math.max(this.#clamp(word.endSample), startSample + 1)
    this.heard({ ...word, startSample, endSample, isContext: startSample < this.openedAtSample })
  }

  /** Times that go backwards, or beyond what was sent, or are no numbers, are brought to what can be. */
  #clamp(sample: number): number {
    const position = this.startSample + (Number.isNaN(sample) ? 0 : Math.round(sample))
    return Math.min(this.sentSample, Math.max(this.startSample, position))
  }
}
