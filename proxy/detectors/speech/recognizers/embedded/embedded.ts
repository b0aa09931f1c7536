import { z } from 'zod'
import type { RecognizerKind } from '../../recognizer.js'
import { spottedPhrasesSchema } from '../spotted-phrases.js'
import { InlineRecognizer } from './inline-recognizer.js'
import { thresholds } from './thresholds.js'
import { prepareWorkers, processWorkers } from './worker-pool.io.js'
import { WorkerRecognizer } from './worker-recognizer.js'

/** Its key in the registry. */
const NAME = 'embedded'

/** What the model hears is given; which of its words are phrases is not. */
export const embeddedOptionsSchema = z.strictObject({
  /** Phrases that announce a card's number, beside those that are built in; other words may lie between theirs. */
  open: spottedPhrasesSchema,
  /** Phrases that say that it is over. */
  close: spottedPhrasesSchema,
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
  hears: 'spots',
  sureShare: thresholds.sureShare,
  phrases: ({ open, close }) => ({ open, close }),
}

/** Starts the process's threads, so that its first call is listened to from its first sample. Rejects as prepareWorkers(). */
export const prepareSpotter = (threads: number): Promise<void> => prepareWorkers(NAME, threads)
