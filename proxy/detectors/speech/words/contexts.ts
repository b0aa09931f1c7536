/** What the words around a number say that it is. */
import type { ContextKind, NumberContexts } from './languages/language.js'
import type { Piece } from './pieces.js'
import { WordTrie } from './word-trie.js'

export type NumberContextKind = ContextKind | 'time'

export interface Context {
  readonly kind: NumberContextKind
  /** It says so only of a number that follows at once. */
  readonly isRightBefore: boolean
  readonly track: number
  readonly endSample: number
  /** Index of the piece behind it. */
  readonly toPiece: number
}

type Sign = Pick<Context, 'kind' | 'isRightBefore'>

/** Phrases that say what follows. */
export type ContextSigns = WordTrie<Sign>

export const compileContexts = ({ before, rightBefore }: NumberContexts): ContextSigns => {
  const signs: ContextSigns = new WordTrie()
  for (const [kind, phrases] of Object.entries(before) as [ContextKind, readonly string[]][])
    for (const phrase of phrases) signs.add(phrase, { kind, isRightBefore: false })
  for (const [kind, phrases] of Object.entries(rightBefore) as ['date' | 'time', readonly string[]][])
    for (const phrase of phrases) signs.add(phrase, { kind, isRightBefore: true })
  return signs
}

/** Every place of a party's pieces where something is said of what follows; a longer phrase hides those within it. */
export const findContexts = (pieces: readonly Piece[], signs: ContextSigns): readonly Context[] => {
  const found: Context[] = []
  const wordAt = (i: number): string | undefined => pieces[i]?.text
  for (let i = 0; i < pieces.length; ) {
    const match = signs.longest(i, wordAt)
    i += match?.length ?? 1
    if (match === null) continue
    const { track, endSample } = pieces[i - 1]!
    found.push({ ...match.value, track, endSample, toPiece: i })
  }
  return found
}
