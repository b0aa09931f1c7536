import type { StreamWord } from '../remote/speech-stream.js'
import { wordsOf } from '../remote/word-text.js'
import { GUARD_MS } from './options.js'

/** Longest transcript of one answer, characters: a stream lives five minutes, in which 6,000 can be spoken. */
const TRANSCRIPT_CHARACTERS_MAX = 20_000

/**
 * Nothing is said of quiet, so that the result before a word may be long past: it was spoken within this much of where its own
 * ends, and as much again as the words with it can take, ms.
 */
const PAUSE_MS_MAX = 2_000
const WORD_MS_MAX = 1_000

/** What Google has said about one stream, and what of it is new. */
export interface Heard {
  readonly words: readonly StreamWord[]
  /** Where what it has listened to ends; NaN when what it said makes no sense. */
  readonly heardSample: number
}

const nonsense: Heard = { words: [], heardSample: Number.NaN }

/**
 * Turns the answers of one stream into words with times. An interim result has none: of its words only where the audio ends that
 * they rest on. So whatever is new in it was spoken since the result before it, and `GUARD_MS` earlier, because the
 * recogniser takes its time; whatever replaces other words may have begun where those did. Final results carry times,
 * called experimental by the vendor, and come seconds later: of them only what is new, or lies elsewhere, is told. Where times are missing,
 * of a word or of all, they are spread as those of interim results are: a model that tells none would put every word at the beginning.
 *
 *   "my card"              "my card is four one"          final: "my card is 41"  (with times)
 *           ^ end 2.0 s                         ^ end 3.1 s
 *             "is", "four", "one": 1.7 s to 3.1 s
 */
export class GoogleTranscript {
  #interim: readonly StreamWord[] = []
  #heardSample = 0

  constructor(private readonly sampleRateHz: number) {}

  /** A StreamingRecognizeResponse of google.cloud.speech.v2, or whatever it was that came. */
  receive(response: unknown): Heard {
    const results = field(response, 'results')
    if (results === undefined || results === null) return { words: [], heardSample: this.#heardSample }
    if (!Array.isArray(results)) return nonsense
    const words: StreamWord[] = []
    const interim: string[] = []
    let interimEnd = 0
    for (const result of results) {
      const transcript = transcriptOf(result)
      const endSample = this.#samplesOf(field(result, 'resultEndOffset'))
      if (transcript === null || Number.isNaN(endSample)) return nonsense
      if (field(result, 'isFinal') === true) this.#finish(result, transcript, endSample, words)
      else {
        interim.push(...wordsOf(transcript))
        interimEnd = Math.max(interimEnd, endSample)
      }
    }
    if (interimEnd > 0) this.#extend(interim, interimEnd, words)
    return { words, heardSample: this.#heardSample }
  }

  /** The newly settled portion; what follows is another utterance. */
  #finish(result: unknown, transcript: string, endSample: number, out: StreamWord[]): void {
    const texts = wordsOf(transcript)
    const timed = this.#timedWords(result)
    if (timed.length >= texts.length && timed.every(isPlaced)) out.push(...this.#untold(timed))
    else this.#extend(texts, endSample, out, true)
    this.#interim = []
    this.#heardSample = Math.max(this.#heardSample, endSample)
  }

  /** The words that the interim result before had not, in their order, or had elsewhere. */
  #untold(words: readonly StreamWord[]): StreamWord[] {
    const slack = this.#samples(GUARD_MS)
    let next = 0
    return words.filter(({ text, startSample, endSample }) => {
      const at = this.#interim.findIndex((told, i) => i >= next && told.text === text)
      if (at < 0) return true
      next = at + 1
      const told = this.#interim[at]!
      return startSample < told.startSample - slack || endSample > told.endSample + slack
    })
  }

  /**
   * Words that a result has and the one before it had not, or not there: spread over the time in which they can have been
   * spoken, each with a part of its own, because two words in one place would be taken for one.
   */
  #extend(texts: readonly string[], endSample: number, out: StreamWord[], isFinal = false): void {
    const end = Math.max(endSample, this.#heardSample)
    const known = this.#interim
    let first = 0
    while (first < texts.length && known[first]?.text === texts[first]) first++
    const count = texts.length - first
    const longest = this.#samples(PAUSE_MS_MAX + count * WORD_MS_MAX)
    const newSince = Math.max(0, this.#heardSample - this.#samples(GUARD_MS), end - longest)
    const start = Math.min(known[first]?.startSample ?? Infinity, newSince)
    const place = (i: number): number => start + Math.round((i * (end - start)) / count)
    const changed = texts.slice(first).map((text, i) => ({
      text,
      startSample: place(i),
      endSample: place(i + 1),
      isFinal,
    }))
    out.push(...changed)
    this.#interim = [...known.slice(0, first), ...changed]
    this.#heardSample = end
  }

  #timedWords(result: unknown): StreamWord[] {
    const words = field(best(result), 'words')
    if (!Array.isArray(words)) return []
    return words.flatMap((word: unknown) => {
      const text = field(word, 'word')
      if (typeof text !== 'string') return []
      const startSample = this.#samplesOf(field(word, 'startOffset'))
      const endSample = this.#samplesOf(field(word, 'endOffset'))
      return wordsOf(text).map((text) => ({ text, startSample, endSample, isFinal: true }))
    })
  }

  /** A google.protobuf.Duration, whose seconds may be a text; one that is left out is zero. */
  #samplesOf(duration: unknown): number {
    if (duration === undefined || duration === null) return 0
    const seconds = Number(field(duration, 'seconds') ?? 0)
    const nanos = Number(field(duration, 'nanos') ?? 0)
    return Math.round((seconds + nanos / 1e9) * this.sampleRateHz)
  }

  #samples(ms: number): number {
    return (ms * this.sampleRateHz) / 1000
  }
}

/** A word whose times are left out ends where the stream begins; one whose times are none, nowhere. */
const isPlaced = ({ startSample, endSample }: StreamWord): boolean => startSample >= 0 && endSample > 0

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

const best = (result: unknown): unknown => {
  const alternatives = field(result, 'alternatives')
  return Array.isArray(alternatives) ? alternatives[0] : undefined
}

/** The best guess; a result without one has none. Null when it cannot be one. */
const transcriptOf = (result: unknown): string | null => {
  const transcript = field(best(result), 'transcript') ?? ''
  if (typeof transcript !== 'string' || transcript.length > TRANSCRIPT_CHARACTERS_MAX) return null
  return transcript
}
