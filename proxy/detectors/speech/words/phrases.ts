/**
 * Phrases, and whether they were said: word by word, but not to the letter. `*` at a word's end stands for any ending, `a|b` for
 * either, `(a)` may be missing. A phrase of three words or more may have one word too many in it, one of four may lack one.
 */
import type { Piece } from './pieces.js'

/** Between two words of a phrase lies no more than this, ms. */
const PAUSE_MS = 1500
/** Most words of a phrase, and of a match: its words, those that may be missing, one too many. */
export const PHRASE_WORDS_MAX = 12

interface Slot {
  readonly words: ReadonlySet<string>
  readonly stems: readonly string[]
  readonly isOptional: boolean
}

export interface Phrase<V> {
  readonly value: V
  readonly slots: readonly Slot[]
  /** One word too many is let through; one that is missing is. */
  readonly mayInsert: boolean
  readonly mayLack: boolean
}

export interface PhraseMatch<V> {
  readonly value: V
  readonly fromPiece: number
  readonly toPiece: number
}

export const compilePhrase = <V>(text: string, value: V): Phrase<V> => {
  const slots = text
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, PHRASE_WORDS_MAX)
    .map(slotOf)
  const needed = slots.filter(({ isOptional }) => !isOptional).length
  return { value, slots, mayInsert: needed >= 3, mayLack: needed >= 4 }
}

const slotOf = (word: string): Slot => {
  const isOptional = word.startsWith('(') && word.endsWith(')')
  const choices = (isOptional ? word.slice(1, -1) : word).split('|')
  return {
    words: new Set(choices.filter((choice) => !choice.endsWith('*'))),
    stems: choices.filter((choice) => choice.endsWith('*')).map((choice) => choice.slice(0, -1)),
    isOptional,
  }
}

const fits = ({ words, stems }: Slot, text: string): boolean =>
  words.has(text) || stems.some((stem) => text.startsWith(stem))

/** Phrases by the letters that they may begin with: most words begin none. */
export type PhraseBook<V> = ReadonlyMap<string, readonly Phrase<V>[]>

export const phraseBookOf = <V>(phrases: readonly Phrase<V>[]): PhraseBook<V> => {
  const book = new Map<string, Phrase<V>[]>()
  for (const phrase of phrases)
    for (const letter of firstLettersOf(phrase)) book.set(letter, [...(book.get(letter) ?? []), phrase])
  return book
}

const firstLettersOf = <V>({ slots }: Phrase<V>): ReadonlySet<string> => {
  const needed = slots.findIndex(({ isOptional }) => !isOptional)
  const first = slots.slice(0, needed + 1)
  return new Set(first.flatMap(({ words, stems }) => [...words, ...stems]).map((word) => word[0]!))
}

/** Every place among a party's pieces where one of the phrases is said; of a phrase and a beginning, one. */
export const findPhrases = <V>(
  pieces: readonly Piece[],
  book: PhraseBook<V>,
  clockRateHz: number,
): readonly PhraseMatch<V>[] => {
  const pauseSamples = (PAUSE_MS * clockRateHz) / 1000
  const found: PhraseMatch<V>[] = []
  for (let i = 0; i < pieces.length; i++)
    for (const phrase of book.get(pieces[i]!.text[0]!) ?? []) {
      const toPiece = endOf(phrase, pieces, i, pauseSamples)
      if (toPiece !== null) found.push({ value: phrase.value, fromPiece: i, toPiece })
    }
  return found
}

/** Index behind the match that begins with the word at `from`, or null. */
const endOf = <V>(
  { slots, mayInsert, mayLack }: Phrase<V>,
  pieces: readonly Piece[],
  from: number,
  pauseSamples: number,
): number | null => {
  const isNear = (i: number): boolean =>
    i === from || (i < pieces.length && pieces[i]!.startSample - pieces[i - 1]!.endSample <= pauseSamples)
  const rest = (slot: number, i: number, inserts: number, lacks: number): number | null => {
    if (slot === slots.length) return i
    const here = slots[slot]!
    if (isNear(i) && fits(here, pieces[i]!.text)) {
      const end = rest(slot + 1, i + 1, inserts, lacks)
      if (end !== null) return end
    }
    if (here.isOptional && (i > from || slot === 0)) {
      const end = rest(slot + 1, i, inserts, lacks)
      if (end !== null) return end
    }
    // The first and the last word of a phrase are said: without them it is another one.
    if (i === from) return null
    if (inserts > 0 && isNear(i)) {
      const end = rest(slot, i + 1, inserts - 1, 0)
      if (end !== null) return end
    }
    return lacks > 0 && !here.isOptional && slot < slots.length - 1 ? rest(slot + 1, i, 0, lacks - 1) : null
  }
  return rest(0, from, mayInsert ? 1 : 0, mayLack ? 1 : 0)
}
