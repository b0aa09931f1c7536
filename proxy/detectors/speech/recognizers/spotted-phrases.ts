import { z } from 'zod'
import { spottedWords } from './embedded/vocabulary.js'

/** Phrases that a policy adds, and words in one: the spotter knows 19 words. */
const PHRASES_MAX = 64
const PHRASE_WORDS_MAX = 4

const phraseSchema = z
  .string()
  .max(64)
  .refine((phrase) => phrase.split(' ').every((word) => spottedWords.includes(word)), {
    error: `must be made of words that the spotter knows (${spottedWords.join(', ')}), with one space between them; phrases of other words need a recogniser that hears sentences, and words.payment`,
    abort: true,
  })
  .refine((phrase) => phrase.split(' ').length >= 2, 'must have two words: one alone is heard too often')
  .refine(
    (phrase) => phrase.split(' ').length <= PHRASE_WORDS_MAX,
    `must have ${PHRASE_WORDS_MAX} words at most`,
  )

/** Phrases of the spotter's words, wherever it runs. */
export const spottedPhrasesSchema = z.array(phraseSchema).max(PHRASES_MAX).default([])
