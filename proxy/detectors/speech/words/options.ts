import { z } from 'zod'
import { type Category, categories } from './categories/category.js'
import { type LanguageName, languageNames } from './languages/index.js'
import { PHRASE_WORDS_MAX } from './phrases.js'
import { isCategory } from './stretch.js'
import { harmlessKinds } from './verdict.js'

/** Phrases that a policy adds: as many as the longest list built in, twice. */
const PHRASES_MAX = 256

const phraseSchema = z
  .string()
  .max(128)
  .regex(/^[^\s,]+( [^\s,]+)*$/, 'must be words with one space between them')
  .refine(
    (phrase) => phrase.split(' ').length <= PHRASE_WORDS_MAX,
    `must have ${PHRASE_WORDS_MAX} words at most`,
  )
  .refine((phrase) => !/(^|\s|\|)\(?\*/.test(phrase), 'must have no word that is "*" alone')
  .refine((phrase) => !/^\S*\(\S*$/.test(phrase), 'must have a word that may not be missing')

const phrasesSchema = z.array(phraseSchema).max(PHRASES_MAX).default([])

/** What becomes of a special category: not listened for, only noted in the ledger, or silenced. */
export const categoryActions = ['off', 'mark', 'silence'] as const

const categoryShape = Object.fromEntries(
  categories.map((category) => [category, z.enum(categoryActions).default('off')]),
) as Record<Category, z.ZodDefault<z.ZodEnum<{ off: 'off'; mark: 'mark'; silence: 'silence' }>>>

/** What is understood of the words that recognisers hear: in which languages, and what for. */
export const wordsOptionsSchema = z.strictObject({
  /** Languages that are spoken; each is listened for by itself. More than the call has costs false alarms. */
  languages: z
    .array(z.enum(languageNames as [LanguageName, ...LanguageName[]]))
    .min(1)
    .max(languageNames.length)
    .default(['en']),
  /** Numbers that stay audible where words around them say what they are and nothing is armed; []: every number is silenced. */
  tellApart: z
    .array(z.enum(harmlessKinds))
    .max(harmlessKinds.length)
    .default([...harmlessKinds]),
  /** Phrases that announce a card number open a window. */
  payment: z
    .strictObject({
      /** What is silent in a window: `all` tracks as a whole, only the `numbers` said in it, or nothing (`off`). */
      window: z.enum(['all', 'numbers', 'off']).default('all'),
      /** Phrases beside those that are built in. */
      open: phrasesSchema,
      close: phrasesSchema,
      /** The window ends this long after the last number in it, seconds, 3 to 300, default 20. */
      idleSeconds: z.number().int().min(3).max(300).default(20),
      /** And this long after the last phrase that opened it, seconds, 5 to 900, default 120. */
      windowSeconds: z.number().int().min(5).max(900).default(120),
    })
    .prefault({}),
  /** Special categories of personal data (GDPR, article 9), and what concerns children. */
  categories: z.strictObject(categoryShape).prefault({}),
  /** Phrases beside those that are built in, by category. */
  categoryWords: z.partialRecord(z.enum(categories), phrasesSchema).default({}),
  /** A pause that ends what somebody says, ms, 200 to 3,000, default 700: a category silences what is said between two. */
  utterancePauseMs: z.number().int().min(200).max(3000).default(700),
  /** How far before the word that gives it away, ms, 0 to 8,000, default 2,000; within the hold-back. */
  utteranceBeforeMs: z.number().int().min(0).max(8000).default(2000),
  /** How long after it at most, ms, 0 to 60,000, default 15,000. */
  utteranceAfterMs: z.number().int().min(0).max(60_000).default(15_000),
})

export type WordsOptions = z.infer<typeof wordsOptionsSchema>

/** What becomes of a stretch: a category may be only noted, everything else is silenced. */
export const actionOf = (options: WordsOptions, label: string): 'mark' | 'silence' =>
  isCategory(label) && options.categories[label] === 'mark' ? 'mark' : 'silence'
