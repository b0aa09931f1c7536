import { z } from 'zod'
import type { RecognizerKind } from '../../recognizer.js'
import { InlineRecognizer } from './inline-recognizer.js'
import { thresholds } from './thresholds.js'
import { spottedWords } from './vocabulary.js'
import { prepareWorkers, processWorkers } from './worker-pool.io.js'
import { WorkerRecognizer } from './worker-recognizer.js'

/** Its key in the registry. */
const NAME = 'embedded'

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

const phrasesSchema = z.array(phraseSchema).max(PHRASES_MAX).default([])

/** What the model hears is given; which of its words are phrases is not. */
export const embeddedOptionsSchema = z.strictObject({
  /** Phrases that announce a card's number, beside those that are built in; other words may lie between theirs. */
  open: phrasesSchema,
  /** Phrases that say that it is over. */
  close: phrasesSchema,
})
export type EmbeddedOptions = z.infer<typeof embeddedOptionsSchema>

/**
 * A word is told when it has lasted 160 ms (word-segments.ts) at the latest; the net is 360 ms behind, and two steps of 20 ms show that
 * a word is over. Audio goes to a worker, and answers come back, every 100 ms.
 */
const LAG_MS = 160 + 360 + 2 * 20 + 100

/**
 * The spotter built in: a small net that knows digits and the words of payment in English telephone speech, nothing else.
 * No word leaves the process. docs/speech.md says how much it hears.
 */
export const embedded: RecognizerKind<EmbeddedOptions> = {
  create: (setup, _options, { pace, monitor }) =>
    pace === 'live'
      ? new WorkerRecognizer(NAME, setup, processWorkers(NAME, monitor), true)
      : new InlineRecognizer(NAME, setup, true),
  lagMs: () => LAG_MS,
  hearsNumbersOnly: true,
  sureShare: thresholds.sureShare,
  phrases: ({ open, close }) => ({ open, close }),
}

/** Starts the process's threads, so that its first call is listened to from its first sample. Rejects as prepareWorkers(). */
export const prepareSpotter = (threads: number): Promise<void> => prepareWorkers(NAME, threads)
