/**
 * Reads one party's words as numbers, the way they are said: digit by digit, in pairs, in hundreds; doubled and tripled; with
 * fillers between them and corrections behind them. What is read is a list of elements, one for each thing said; whether they are
 * anybody's secret is decided elsewhere (runs.ts).
 */
import type { NumberContexts } from './languages/language.js'
import { literalOf } from './literals.js'
import type { NumberLexicon } from './number-lexicon.js'
import { gapSamples, type Piece } from './pieces.js'
import { trieOf, type WordTrie } from './word-trie.js'

/**
 * `number`: digits. `letter`: one, as in the numbers of documents. `maybe`: a number if numbers are expected: an article that is
 * "one" as well, an amount, a time. `filler`: says nothing. `correction`: takes back. `other`: an ordinary word.
 */
export type ElementKind = 'number' | 'letter' | 'maybe' | 'filler' | 'correction' | 'other'

export interface Element {
  readonly kind: ElementKind
  readonly track: number
  readonly startSample: number
  readonly endSample: number
  /** Of a number or a letter. Secret. */
  readonly digits: string
  /** How many numbers were said, for the count that makes a run; 0 for what only continues one. */
  readonly weight: number
  /** Index of its first piece, and the one behind its last. */
  readonly fromPiece: number
  readonly toPiece: number
}

/** Words of one number lie closer together than this, ms: measured gaps within "forty two" are below 300. */
const WITHIN_NUMBER_MS = 800
/** An ordinary word that is a number as well is one when another is no farther away than this, ms. */
const NEIGHBOUR_MS = 2500
/** A unit belongs to a number that is no farther before it than this, ms. */
const UNIT_MS = 1000

/** What a language needs to be read. */
export interface ReadingRules {
  readonly lexicon: NumberLexicon
  readonly units: WordTrie<true>
  readonly money: WordTrie<true>
}

export const readingRulesOf = (lexicon: NumberLexicon, contexts: NumberContexts): ReadingRules => ({
  lexicon,
  units: trieOf(contexts.units),
  money: trieOf(contexts.money),
})

type Strength = 'sure' | 'weak' | 'homophone' | 'measure'

interface Draft extends Element {
  readonly strength: Strength
  /** Behind an amount of money: its smaller coins. */
  readonly isMoney: boolean
}

interface NumberSaid {
  readonly digits: string
  readonly weight: number
  /** Index behind its last piece. */
  readonly to: number
  readonly strength: Strength
}

/** The elements of a party's pieces, in their order. */
export const readNumbers = (
  pieces: readonly Piece[],
  rules: ReadingRules,
  clockRateHz: number,
): readonly Element[] => {
  const reader = new Reader(pieces, rules, clockRateHz)
  return reader.read()
}

class Reader {
  readonly #drafts: Draft[] = []
  readonly #withinSamples: number
  readonly #neighbourSamples: number
  readonly #unitSamples: number

  constructor(
    private readonly pieces: readonly Piece[],
    private readonly rules: ReadingRules,
    clockRateHz: number,
  ) {
    this.#withinSamples = (WITHIN_NUMBER_MS * clockRateHz) / 1000
    this.#neighbourSamples = (NEIGHBOUR_MS * clockRateHz) / 1000
    this.#unitSamples = (UNIT_MS * clockRateHz) / 1000
  }

  read(): readonly Element[] {
    for (let i = 0; i < this.pieces.length; ) i = this.#readOne(i)
    return this.#drafts.map((draft, i) => this.#resolve(draft, i))
  }

  /** Returns the index of the next piece to read. */
  #readOne(i: number): number {
    const { lexicon } = this.rules
    const number = this.#numberAt(i)
    if (number !== null) return this.#addNumber(i, number)
    const correction = lexicon.corrections.longest(i, this.#wordAt)
    if (correction !== null) return this.#add('correction', i, i + correction.length)
    const text = this.pieces[i]!.text
    const isUnfinished = i === this.pieces.length - 1 && lexicon.repeats.has(text)
    if (lexicon.fillers.has(text) || isUnfinished || this.#isArticle(i)) return this.#add('filler', i, i + 1)
    const letter = lexicon.letters.get(text)
    return letter === undefined
      ? this.#add('other', i, i + 1)
      : this.#add('letter', i, i + 1, { digits: letter })
  }

  /** "a hundred". */
  #isArticle(i: number): boolean {
    const next = this.#near(i + 1) ?? ''
    return this.rules.lexicon.hundred.has(next) || this.rules.lexicon.thousand.has(next)
  }

  #addNumber(from: number, { digits, weight, to, strength }: NumberSaid): number {
    const unit = strength === 'homophone' ? 0 : this.#unitAt(to)
    if (unit === 0) {
      const isCoins =
        this.#drafts.at(-1)?.isMoney === true && digits.length <= 2 && this.#isNear(from, this.#unitSamples)
      return this.#add('number', from, to, { digits, weight, strength: isCoins ? 'measure' : strength })
    }
    this.#add('number', from, to, { digits, weight, strength: 'measure' })
    const isMoney = this.rules.money.longest(to, this.#wordAt) !== null
    return this.#add('other', to, to + unit, { isMoney })
  }

  #add(
    kind: ElementKind,
    fromPiece: number,
    toPiece: number,
    rest: Partial<Pick<Draft, 'digits' | 'weight' | 'strength' | 'isMoney'>> = {},
  ): number {
    const first = this.pieces[fromPiece]!
    this.#drafts.push({
      kind,
      track: first.track,
      startSample: first.startSample,
      endSample: this.pieces[toPiece - 1]!.endSample,
      digits: rest.digits ?? '',
      weight: rest.weight ?? 0,
      fromPiece,
      toPiece,
      strength: rest.strength ?? 'sure',
      isMoney: rest.isMoney ?? false,
    })
    return toPiece
  }

  /** How many words a unit takes that follows the number before `i`; 0 when none does. */
  #unitAt(i: number): number {
    if (!this.#isNear(i, this.#unitSamples)) return 0
    return this.rules.units.longest(i, this.#wordAt)?.length ?? 0
  }

  #numberAt(i: number): NumberSaid | null {
    const { lexicon } = this.rules
    const text = this.pieces[i]!.text
    if (/\d/.test(text)) return this.#literalAt(i)
    const times = lexicon.repeats.get(text)
    if (times !== undefined) return this.#repeatedAt(i + 1, times)
    const homophone = lexicon.homophones.get(text)
    if (homophone !== undefined)
      return { digits: String(homophone), weight: 0, to: i + 1, strength: 'homophone' }
    return this.#cardinalAt(i)
  }

  #literalAt(i: number): NumberSaid | null {
    const literal = literalOf(this.pieces[i]!.text)
    if (literal === null) return null
    const { digits, weight, isMeasure } = literal
    const hundreds = Number(digits) < 100 ? this.#multipliedAt(i + 1, Number(digits)) : null
    return hundreds ?? { digits, weight, to: i + 1, strength: isMeasure ? 'measure' : 'sure' }
  }

  /** "double four", "triple the seven". */
  #repeatedAt(i: number, times: number): NumberSaid | null {
    const from = this.#skip(i, this.rules.lexicon.articles)
    const literal = this.#isNear(from, this.#withinSamples) ? (this.pieces[from]?.text ?? '') : ''
    const said = /^\d$/.test(literal) ? { value: Number(literal), to: from + 1 } : this.#smallAt(from)
    if (said === null) return null
    return { digits: String(said.value).repeat(times), weight: times, to: said.to, strength: 'sure' }
  }

  /** A number as a whole: thousands, hundreds, and what is below; "three times seven" and "three sevens" as well. */
  #cardinalAt(i: number): NumberSaid | null {
    const { lexicon } = this.rules
    const small = this.#smallAt(i)
    const whole = this.#multipliedAt(small?.to ?? i, small?.value ?? null)
    if (whole !== null) return whole
    if (small === null) return null
    const repeated = this.#timesAt(small.to, small.value)
    if (repeated !== null) return repeated
    const isWeak = small.to === i + 1 && lexicon.weak.has(this.pieces[i]!.text)
    const weight = small.value > 20 && small.value % 10 !== 0 ? 2 : 1
    return { digits: String(small.value), weight, to: small.to, strength: isWeak ? 'weak' : 'sure' }
  }

  #timesAt(i: number, count: number): NumberSaid | null {
    const { lexicon } = this.rules
    const word = this.#near(i)
    if (word === undefined || count < 2 || count > 4) return null
    const plural = lexicon.plurals.get(word)
    if (plural !== undefined)
      return { digits: String(plural).repeat(count), weight: count, to: i + 1, strength: 'sure' }
    return lexicon.times.has(word) ? this.#repeatedAt(i + 1, count) : null
  }

  /** Hundreds and thousands from `i` on, of a number that has been read (null: of none, which is one). */
  #multipliedAt(i: number, value: number | null): NumberSaid | null {
    const hundreds = value === 0 ? null : this.#hundredsAt(i, value)
    const upToNow = hundreds ?? (value === null ? null : { value, to: i })
    const isThousand = this.rules.lexicon.thousand.has(this.#near(upToNow?.to ?? i) ?? '')
    if (!isThousand || value === 0)
      return hundreds === null
        ? null
        : { digits: String(hundreds.value), weight: 1, to: hundreds.to, strength: 'sure' }
    const thousands = (upToNow?.value ?? 1) * 1000
    const rest = this.#belowThousandAt((upToNow?.to ?? i) + 1)
    return {
      digits: String(thousands + (rest?.value ?? 0)),
      weight: 1,
      to: rest?.to ?? (upToNow?.to ?? i) + 1,
      strength: 'sure',
    }
  }

  #hundredsAt(i: number, value: number | null): { readonly value: number; readonly to: number } | null {
    const { lexicon } = this.rules
    const word = this.#near(i) ?? ''
    const ready = value === null ? lexicon.hundreds.get(word) : undefined
    if (ready === undefined && !lexicon.hundred.has(word)) return null
    const hundreds = ready ?? (value ?? 1) * 100
    const rest = this.#restAt(i + 1)
    return rest === null ? { value: hundreds, to: i + 1 } : { value: hundreds + rest.value, to: rest.to }
  }

  #belowThousandAt(i: number): { readonly value: number; readonly to: number } | null {
    const from = this.#skip(i, this.rules.lexicon.joins)
    if (!this.#isNear(from, this.#withinSamples)) return null
    const small = this.#smallAt(from)
    return this.#hundredsAt(small?.to ?? from, small?.value ?? null) ?? this.#restAt(i)
  }

  /** What is added to hundreds: not a digit that is read by itself, as the zero of "four hundred oh one". */
  #restAt(i: number): { readonly value: number; readonly to: number } | null {
    const from = this.#skip(i, this.rules.lexicon.joins)
    const small = this.#isNear(from, this.#withinSamples) ? this.#smallAt(from) : null
    return small === null || small.value === 0 ? null : small
  }

  #smallAt(i: number): { readonly value: number; readonly to: number } | null {
    const match = this.rules.lexicon.small.longest(i, (index) =>
      index === i || this.#isNear(index, this.#withinSamples) ? this.#wordAt(index) : undefined,
    )
    return match === null ? null : { value: match.value, to: i + match.length }
  }

  #skip(i: number, words: ReadonlySet<string>): number {
    return words.has(this.#near(i) ?? '') ? i + 1 : i
  }

  #near(i: number): string | undefined {
    return this.#isNear(i, this.#withinSamples) ? this.#wordAt(i) : undefined
  }

  /** Whether there is a piece, no farther behind the one before it. */
  #isNear(i: number, samples: number): boolean {
    const [before, piece] = [this.pieces[i - 1], this.pieces[i]]
    return piece !== undefined && (before === undefined || gapSamples(before, piece) <= samples)
  }

  readonly #wordAt = (i: number): string | undefined => this.pieces[i]?.text

  #resolve(draft: Draft, i: number): Element {
    const { strength, isMoney, ...element } = draft
    if (element.kind !== 'number' || strength === 'sure') return element
    if (strength === 'measure') return { ...element, kind: 'maybe' }
    if (strength === 'homophone') return { ...element, kind: this.#homophoneKind(i) }
    const isCounted = [this.#neighbour(i, -1), this.#neighbour(i, 1)].some(
      (other) => this.#isNumber(other) && this.#distance(i, other) <= this.#neighbourSamples,
    )
    return { ...element, kind: isCounted ? 'number' : 'maybe' }
  }

  #isNumber(i: number): boolean {
    const draft = this.#drafts[i]
    return draft?.kind === 'number' && (draft.strength === 'sure' || draft.strength === 'weak')
  }

  /** At the end of what has been said, what follows may still make it a number. */
  #homophoneKind(i: number): ElementKind {
    const [from, to] = [this.#neighbour(i, -1), this.#neighbour(i, 1)]
    if (to === this.#drafts.length) return 'filler'
    const isBetween = this.#isNumber(from) && this.#isNumber(to)
    return isBetween && this.#distance(from, to) <= 2 * this.#neighbourSamples ? 'number' : 'other'
  }

  /** The next element that says by itself whether it is a number. */
  #neighbour(i: number, step: 1 | -1): number {
    let j = i + step
    while (this.#drafts[j]?.strength === 'homophone' || this.#drafts[j]?.kind === 'filler') j += step
    return j
  }

  #distance(i: number, j: number): number {
    const [first, second] = i < j ? [i, j] : [j, i]
    return gapSamples(this.#drafts[first]!, this.#drafts[second]!)
  }
}
