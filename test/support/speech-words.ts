import type { HeardWord } from '../../proxy/detectors/speech/recognizer.js'
import { compiledLanguage } from '../../proxy/detectors/speech/words/compiled-language.js'
import { digitStringOf } from '../../proxy/detectors/speech/words/digit-string.js'
import type { LanguageName } from '../../proxy/detectors/speech/words/languages/index.js'
import { type Element, readNumbers } from '../../proxy/detectors/speech/words/number-reader.js'
import { type Piece, splitPieces } from '../../proxy/detectors/speech/words/pieces.js'
import { piecesOf } from '../../proxy/detectors/speech/words/text.js'

export const RATE = 8000
/** A word every 300 ms, of 250 ms; `...` is a pause of 1.5 s. */
const WORD = 2400
const PAUSE = 12_000

export interface Say {
  readonly track?: number
  readonly startSample?: number
  readonly isFinal?: boolean
}

/** A sentence as a recogniser would give it. */
export const said = (text: string, { track = 0, startSample = 0, isFinal = true }: Say = {}): HeardWord[] => {
  let at = startSample
  return text.split(/\s+/).flatMap((word) => {
    if (word === '...') {
      at += PAUSE
      return []
    }
    const heard = { track, text: word, startSample: at, endSample: at + 2000, isFinal }
    at += WORD
    return word === '' ? [] : [heard]
  })
}

export const piecesSaid = (text: string): Piece[] =>
  said(text).flatMap((word) => piecesOf(word.text).map((piece) => ({ ...word, text: piece })))

export const elementsSaid = (name: LanguageName, text: string): readonly Element[] => {
  const { reading } = compiledLanguage(name)
  return readNumbers(splitPieces(piecesSaid(text), reading.lexicon.split), reading, RATE)
}

/** The digits that a sentence says, as one string. */
export const digitsSaid = (name: LanguageName, text: string): string =>
  digitStringOf(
    elementsSaid(name, text).filter(({ kind }) => ['number', 'letter', 'correction'].includes(kind)),
    RATE,
  )
