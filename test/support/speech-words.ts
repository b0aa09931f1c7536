import type { HeardWord } from '../../proxy/detectors/speech/recognizer.js'
import { compiledLanguage } from '../../proxy/detectors/speech/words/compiled-language.js'
import { digitStringOf } from '../../proxy/detectors/speech/words/digit-string.js'
import type { LanguageName } from '../../proxy/detectors/speech/words/languages/index.js'
import { type Element, readNumbers } from '../../proxy/detectors/speech/words/number-reader.js'
import { wordsOptionsSchema } from '../../proxy/detectors/speech/words/options.js'
import { type Piece, splitPieces } from '../../proxy/detectors/speech/words/pieces.js'
import type { Stretch } from '../../proxy/detectors/speech/words/stretch.js'
import { piecesOf } from '../../proxy/detectors/speech/words/text.js'
import { type RunLimits, WordListener } from '../../proxy/detectors/speech/words/word-listener.js'

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

/** Limits without pads, so that a stretch is the words that it covers. */
export const bareLimits: RunLimits = {
  countMin: 3,
  countMinArmed: 1,
  countMinAtWaitEnd: 2,
  gapMs: 2500,
  padBeforeMs: 0,
  padAfterMs: 0,
  waitMs: 2250,
}

type OptionsInput = Parameters<typeof wordsOptionsSchema.parse>[0]

export const listenerOf = (options: OptionsInput = {}, limits: RunLimits = bareLimits): WordListener =>
  new WordListener(2, RATE, limits, wordsOptionsSchema.parse(options))

/** A conversation, one line a turn: `A: ` is the agent's (track 1), `C: ` the caller's (track 0). */
export const turnsSaid = (conversation: string): HeardWord[] => {
  let startSample = 0
  return conversation
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [, party, text] = /^\s*([AC]): (.*)$/.exec(line)!
      const words = said(text!, { track: party === 'A' ? 1 : 0, startSample })
      startSample = (words.at(-1)?.endSample ?? startSample) + 1600
      return words
    })
}

/** Tells words to a listener as they are said, with the watermark behind each, and what it makes of them. */
export const hearAll = (listener: WordListener, words: readonly HeardWord[]): Stretch[] => {
  const out: Stretch[] = []
  for (const word of words) {
    listener.hear(word)
    for (const track of [0, 1]) listener.heardTo(track, word.startSample + 1)
    listener.drain(out)
  }
  for (const track of [0, 1]) listener.heardTo(track, Infinity)
  listener.drain(out)
  return out
}

const isCovered = ({ track, startSample, endSample }: HeardWord, stretch: Stretch): boolean =>
  stretch.track === track && stretch.startSample < endSample && stretch.endSample > startSample

/** The conversation with what is covered in brackets: `C: it is [four one one one] thanks`. */
export const bracketed = (conversation: string, options: OptionsInput = {}, limits = bareLimits): string => {
  const words = turnsSaid(conversation)
  const stretches = hearAll(listenerOf(options, limits), words)
  let next = 0
  const lines = conversation
    .trim()
    .split('\n')
    .map((line) => {
      const [, party, text] = /^\s*([AC]): (.*)$/.exec(line)!
      const marked = text!.split(/\s+/).map((token) => {
        if (token === '...') return token
        const word = words[next++]!
        return stretches.some((stretch) => isCovered(word, stretch)) ? `[${token}]` : token
      })
      return `${party}: ${marked.join(' ').replaceAll('] [', ' ').replaceAll('] ... [', ' ... ')}`
    })
  return lines.join('\n')
}

/** The labels of what was understood, in the order of first mention. */
export const labelsOf = (conversation: string, options: OptionsInput = {}): string[] => [
  ...new Set(hearAll(listenerOf(options), turnsSaid(conversation)).map(({ label }) => label)),
]
