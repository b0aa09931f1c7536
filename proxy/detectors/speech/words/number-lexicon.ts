/**
 * A language's numbers, ready to be looked up: every number below 100 as it is said, in a trie, and the words that make more
 * of it. Where numbers are written together ("zweiundvierzig") a word is taken apart into the words of the lists.
 */
import { list, type NumberWords } from './languages/language.js'
import { trieOf, WordTrie } from './word-trie.js'

export interface NumberLexicon {
  /** Numbers below 100. */
  readonly small: WordTrie<number>
  /** 100 where it multiplies, or hundreds of one word. */
  readonly hundred: ReadonlySet<string>
  readonly hundreds: ReadonlyMap<string, number>
  readonly thousand: ReadonlySet<string>
  readonly joins: ReadonlySet<string>
  readonly repeats: ReadonlyMap<string, number>
  readonly times: ReadonlySet<string>
  readonly articles: ReadonlySet<string>
  readonly plurals: ReadonlyMap<string, number>
  readonly weak: ReadonlySet<string>
  readonly homophones: ReadonlyMap<string, number>
  readonly fillers: ReadonlySet<string>
  readonly corrections: WordTrie<true>
  /** The letter that a word stands for: itself, or its name in a spelling alphabet. */
  readonly letters: ReadonlyMap<string, string>
  /** The words that a piece is written of; the piece itself where it is not several. */
  split(piece: string): readonly string[]
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'
/** ICAO's spelling alphabet (Annex 10, volume II, 5.2.1.3), by the letters that its words begin with. */
const SPELLED = list(`
  alfa, alpha, bravo, charlie, delta, echo, foxtrot, golf, hotel, india, juliet, juliett, kilo, lima, mike, november,
  oscar, papa, quebec, romeo, sierra, tango, uniform, victor, whiskey, whisky, xray, yankee, zulu
`)

const lettersOf = (own: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map([
    ...[...ALPHABET].map((letter): [string, string] => [letter, letter]),
    ...SPELLED.map((word): [string, string] => [word, word[0]!]),
    ...Object.entries(own),
  ])

/** Most words in one: "neunhundertneunundneunzigtausendneunhundertneunundneunzig" has eleven. */
const GLUED_WORDS_MAX = 12

export const compileNumbers = (words: NumberWords): NumberLexicon => {
  const lexicon = {
    small: smallNumbers(words),
    hundred: new Set(words.hundred),
    hundreds: new Map(Object.entries(words.hundreds)),
    thousand: new Set(words.thousand),
    joins: new Set(words.joins),
    repeats: new Map(Object.entries(words.repeats)),
    times: new Set(words.times),
    articles: new Set(words.articles),
    plurals: new Map(Object.entries(words.plurals)),
    weak: new Set(words.weak),
    homophones: new Map(Object.entries(words.homophones)),
    fillers: new Set(words.fillers),
    corrections: trieOf(words.corrections),
    letters: lettersOf(words.letters),
  }
  return { ...lexicon, split: words.isGlued ? splitterOf(words) : (piece) => [piece] }
}

const smallNumbers = ({ atoms, sums }: NumberWords): WordTrie<number> => {
  const trie = new WordTrie<number>()
  const spellings = (value: number): readonly string[] => atoms[value] ?? []
  for (const [value, spelled] of Object.entries(atoms))
    for (const spelling of spelled) trie.add(spelling, Number(value))
  for (const { tens, units, joins, first } of sums)
    for (const ten of tens)
      for (const unit of units)
        for (const join of joins)
          for (const tenWord of spellings(ten))
            for (const unitWord of spellings(unit)) {
              const parts = first === 'tens' ? [tenWord, join, unitWord] : [unitWord, join, tenWord]
              trie.add(parts.filter((part) => part !== '').join(' '), ten + unit)
            }
  return trie
}

/** Longest parts first; a part of joins begins and ends nothing. */
const splitterOf = (words: NumberWords): ((piece: string) => readonly string[]) => {
  const joins = new Set([...words.joins, ...words.sums.flatMap(({ joins }) => joins)])
  joins.delete('')
  const numbers = new Set([
    ...Object.values(words.atoms)
      .flat()
      .filter((spelling) => !spelling.includes(' ')),
    ...words.hundred,
    ...Object.keys(words.hundreds),
    ...words.thousand,
    ...words.times,
  ])
  const whole = new Set([...numbers, ...Object.keys(words.repeats), ...Object.keys(words.plurals)])
  const parts = [...numbers, ...joins].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
  return (piece) => (whole.has(piece) ? [piece] : (partsOf(piece, parts, joins) ?? [piece]))
}

/** The parts that a piece is written of, or null. What leads nowhere from a place is tried once. */
const partsOf = (
  piece: string,
  parts: readonly string[],
  joins: ReadonlySet<string>,
): readonly string[] | null => {
  const deadEnds = new Set<number>()
  const rest = (from: number, before: readonly string[]): readonly string[] | null => {
    const isAfterJoin = before.length === 0 || joins.has(before.at(-1)!)
    if (from === piece.length) return isAfterJoin ? null : before
    const place = from * 2 + (isAfterJoin ? 1 : 0)
    if (before.length >= GLUED_WORDS_MAX || deadEnds.has(place)) return null
    for (const part of parts) {
      if (!piece.startsWith(part, from) || (isAfterJoin && joins.has(part))) continue
      const found = rest(from + part.length, [...before, part])
      if (found !== null) return found
    }
    deadEnds.add(place)
    return null
  }
  return rest(0, [])
}
