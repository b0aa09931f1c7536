/**
 * A language of tones: every word has a frequency. It is spoken, forked, companded, cut and sent as audio is, and understood
 * where it arrives, so that what a recogniser says of it is true of the audio and of nothing else.
 */
const WORDS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'oh',
  'double',
  'card',
  'number',
  'hello',
  'please',
] as const

export type ToneWord = (typeof WORDS)[number]

const LOWEST_HZ = 400
const STEP_HZ = 120
const AMPLITUDE = 8_000
/** Shorter pieces of a tone cannot be told apart: what a cut leaves of a word is then no word. */
const SHORTEST_MS = 40

const frequencyOf = (word: ToneWord): number => LOWEST_HZ + STEP_HZ * WORDS.indexOf(word)

/** The word at a place in the audio: writes it over what is there. */
export const speak = (
  pcm: Int16Array,
  rateHz: number,
  word: ToneWord,
  startMs: number,
  endMs: number,
): void => {
  const start = (startMs * rateHz) / 1000
  const step = (2 * Math.PI * frequencyOf(word)) / rateHz
  for (let i = 0; i < ((endMs - startMs) * rateHz) / 1000; i++)
    pcm[start + i] = Math.round(AMPLITUDE * Math.sin(step * i))
}

/** Each word 250 ms long, one every 350 ms. */
export const speech = (
  words: readonly ToneWord[],
  rateHz = 8_000,
  totalMs = 350 * words.length,
): Int16Array => {
  const pcm = new Int16Array((totalMs * rateHz) / 1000)
  for (const [i, word] of words.entries()) speak(pcm, rateHz, word, 350 * i, 350 * i + 250)
  return pcm
}

export interface ToneHeard {
  readonly word: ToneWord
  readonly startSample: number
  readonly endSample: number
}

/** What understands audio behind a server of a test. */
export interface Listener {
  /** What has been said and is over, in its order. */
  readonly words: readonly {
    readonly word: string
    readonly startSample: number
    readonly endSample: number
  }[]
  readonly heardSample: number
  /** Where what has been said and is over ends: what is being said now may have begun there. */
  readonly settledSample: number
  push(pcm: Int16Array): void
  finish(): void
}

/** Understands it as it comes, and says each word when it has ended. */
export class ToneListener implements Listener {
  readonly words: ToneHeard[] = []
  heardSample = 0
  #startSample = -1
  #crossings = 0
  #isAbove = false
  #lastLoudSample = 0

  constructor(private readonly rateHz: number) {}

  get settledSample(): number {
    return this.#startSample < 0 ? this.heardSample : this.#startSample
  }

  push(pcm: Int16Array): void {
    for (const sample of pcm) this.#hear(sample)
  }

  finish(): void {
    this.#endWord()
  }

  #hear(sample: number): void {
    this.heardSample++
    if (Math.abs(sample) > AMPLITUDE / 8) {
      if (this.#startSample < 0) this.#begin()
      this.#lastLoudSample = this.heardSample
      if (sample > 0 !== this.#isAbove) {
        this.#isAbove = !this.#isAbove
        this.#crossings++
      }
    } else if (this.#startSample >= 0 && this.heardSample - this.#lastLoudSample > this.rateHz / 50)
      this.#endWord()
  }

  #begin(): void {
    this.#startSample = this.heardSample - 1
    this.#crossings = 0
  }

  #endWord(): void {
    if (this.#startSample < 0) return
    const samples = this.#lastLoudSample - this.#startSample
    const frequencyHz = (this.#crossings / 2 / samples) * this.rateHz
    const word = WORDS[Math.round((frequencyHz - LOWEST_HZ) / STEP_HZ)]
    if (samples >= (SHORTEST_MS * this.rateHz) / 1000 && word !== undefined)
      this.words.push({ word, startSample: this.#startSample, endSample: this.#lastLoudSample })
    this.#startSample = -1
  }
}
