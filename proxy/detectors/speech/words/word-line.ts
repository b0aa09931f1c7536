/**
 * One party's words in the order of their times, as far back as they still mean something. Recognisers change their minds,
 * repeat themselves and come late; what the line holds in the end depends on what came and not on when: final words replace
 * whatever was there before they were final, the same word told twice is one. Words are secret, and forgotten here.
 */
import type { HeardWord } from '../recognizer.js'
import type { Piece } from './pieces.js'
import { piecesOf } from './text.js'

/** Words of one party that are kept: 30 s at eight a second, faster than anybody speaks. Beyond it the oldest go. */
export const WORDS_MAX = 256

interface Word extends Omit<HeardWord, 'text'> {
  readonly pieces: readonly string[]
}

export class WordLine {
  #words: Word[] = []
  /** End of the last final word: what is said before it has been said for good. */
  #finalToSample = -Infinity

  constructor(readonly track: number) {}

  /** Adds a word. False when it says nothing new. */
  add(word: HeardWord): boolean {
    const { track, startSample, isFinal } = word
    const endSample = Math.max(word.endSample, startSample + 1)
    const added: Word = { track, startSample, endSample, isFinal, pieces: piecesOf(word.text) }
    if (added.pieces.length === 0) return false
    if (isFinal) this.#settle(endSample)
    else if (startSample < this.#finalToSample) return false
    if (this.#words.some((other) => isRepeated(other, added))) return false
    this.#insert(added)
    if (this.#words.length > WORDS_MAX) this.#words.shift()
    return true
  }

  get pieces(): readonly Piece[] {
    return this.#words.flatMap(({ pieces, track, startSample, endSample, isFinal }) =>
      pieces.map((text) => ({ text, track, startSample, endSample, isFinal })),
    )
  }

  /** Forgets what ended before this sample. */
  prune(beforeSample: number): void {
    if (this.#words[0] !== undefined && this.#words[0].endSample < beforeSample)
      this.#words = this.#words.filter(({ endSample }) => endSample >= beforeSample)
  }

  /** Up to here words are final now: what was said before them and is not has been replaced by them. */
  #settle(endSample: number): void {
    if (endSample <= this.#finalToSample) return
    this.#finalToSample = endSample
    this.#words = this.#words.filter((word) => word.isFinal || word.startSample >= endSample)
  }

  #insert(word: Word): void {
    let i = this.#words.length
    while (i > 0 && isBefore(word, this.#words[i - 1]!)) i--
    this.#words.splice(i, 0, word)
  }
}

/** The same word of the same kind, told again: by a stream that was opened anew its times may differ a little. */
const isRepeated = (a: Word, b: Word): boolean => {
  const overlap = Math.min(a.endSample, b.endSample) - Math.max(a.startSample, b.startSample)
  const shorter = Math.min(a.endSample - a.startSample, b.endSample - b.startSample)
  return 2 * overlap > shorter && a.pieces.join(' ') === b.pieces.join(' ')
}

/** By their beginning; words that begin together by their text, so that the order in which they came does not count. */
const isBefore = (a: Word, b: Word): boolean =>
  a.startSample < b.startSample ||
  (a.startSample === b.startSample && a.pieces.join(' ') < b.pieces.join(' '))
