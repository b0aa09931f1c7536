/**
 * What is known of a language, as data: how its numbers are spoken, and the words around them that say what they are. Every
 * word is written plainly (text.ts): lower case, without accents or apostrophes. Phrases are words between spaces; `*` at the
 * end of a word stands for any ending, `a|b` for either, `(a)` for a word that may be missing.
 */

/** Tens and what is added to them, as one number of two digits. */
export interface Sum {
  readonly tens: readonly number[]
  readonly units: readonly number[]
  /** The words between them; '' for none. */
  readonly joins: readonly string[]
  /** `units`: "two and forty". */
  readonly first: 'tens' | 'units'
}

export interface NumberWords {
  /** Numbers below 100 that are no sum, by their spellings: a word, or several between spaces. */
  readonly atoms: Readonly<Record<number, readonly string[]>>
  readonly sums: readonly Sum[]
  /** Atoms that are ordinary words as well: they count as numbers only next to another one. */
  readonly weak: readonly string[]
  /** Ordinary words that recognisers write for a digit: they count only between two numbers. */
  readonly homophones: Readonly<Record<string, number>>
  readonly hundred: readonly string[]
  /** Hundreds of one word. */
  readonly hundreds: Readonly<Record<string, number>>
  readonly thousand: readonly string[]
  /** What may stand between hundreds and the rest. */
  readonly joins: readonly string[]
  /** "double four": how often what follows is meant. */
  readonly repeats: Readonly<Record<string, number>>
  /** "three times seven", after a number. */
  readonly times: readonly string[]
  /** Between those and the digit. */
  readonly articles: readonly string[]
  /** "three sevens": a digit in the plural. */
  readonly plurals: Readonly<Record<string, number>>
  /** Whether numbers are written together as one word. */
  readonly isGlued: boolean
  /** What is said between digits and means nothing. */
  readonly fillers: readonly string[]
  /** Words that stand for a letter, beside the letters themselves and ICAO's alphabet. */
  readonly letters: Readonly<Record<string, string>>
  /** Phrases that take back what was said last. */
  readonly corrections: readonly string[]
}

/** What the words around a number say that it is. */
export const contextKinds = [
  'card-number',
  'security-code',
  'expiry-date',
  'sort-code',
  'account-number',
  'national-id',
  'phone',
  'date',
  'amount',
  'order',
] as const
export type ContextKind = (typeof contextKinds)[number]

export interface NumberContexts {
  /** Phrases before a number. */
  readonly before: Readonly<Record<ContextKind, readonly string[]>>
  /** Words right behind a number that make it a measure, an amount, a date: no digits that anybody keys. */
  readonly units: readonly string[]
  /** Of those, money: a number of two digits may follow ("twelve pounds fifty"). */
  readonly money: readonly string[]
  /** Phrases right before a number, with no word between, that make it a date or a time. */
  readonly rightBefore: { readonly date: readonly string[]; readonly time: readonly string[] }
  /** Numbers that everybody knows, by their digits: an emergency number, "twenty-four seven". */
  readonly idioms: readonly string[]
}

/** What a payment sounds like, as phrases.ts reads it. */
export interface PaymentPhrases {
  /** Somebody is about to be asked for a card, or to read one. */
  readonly open: readonly string[]
  /** It is over. */
  readonly close: readonly string[]
}

export interface Language {
  readonly numbers: NumberWords
  readonly contexts: NumberContexts
  readonly payment: PaymentPhrases
  /** The same for the spotter built in, in the words that it knows, with others between them: where it knows the language. */
  readonly spotted?: PaymentPhrases
}

/** The entries of a list that is written as one text, with commas between them. */
export const list = (text: string): readonly string[] => text.split(',').map((entry) => entry.trim())
