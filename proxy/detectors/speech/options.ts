import { z } from 'zod'
import { recognizerOptionsSchema } from './recognizers/index.js'
import { wordsOptionsSchema } from './words/options.js'

/** Options of the speech detector: who listens, and when numbers that are said become something to silence. */
export const speechOptionsSchema = z.strictObject({
  /**
   * Numbers said close together from which on they are silenced, 1 to 19, default 3: a security code has three. 8 spares
   * amounts and dates, and lets the first digits of a card number out unless the hold-back is 4 s or more.
   */
  digitsMin: z.number().int().min(1).max(19).default(3),
  /** The same when the first of them can be held back no longer, 1 to 19, default 2. */
  digitsMinAtWaitEnd: z.number().int().min(1).max(19).default(2),
  /** The same while the call is armed (payment mode), sure or not, or where a phrase has opened a window, default 1. */
  digitsMinArmed: z.number().int().min(1).max(19).default(1),
  /** Numbers that are less than this apart are said close together, ms, default 2,500: card numbers are read in groups. */
  gapMs: z.number().int().min(300).max(10_000).default(2500),
  /** Silenced before the first number, ms, default 1,200: a number that was missed may lie there. */
  padBeforeMs: z.number().int().min(100).max(3000).default(1200),
  /** Silenced behind the last number, ms, default 1,200. */
  padAfterMs: z.number().int().min(100).max(5000).default(1200),
  /** How long numbers may wait for more of them, ms, default 1,750. Hold-back must exceed it by the slowest recogniser's lag. */
  waitMs: z.number().int().min(100).max(9000).default(1750),
  /** Who listens; several may. Silence is where any of them heard something, and everybody is waited for. */
  recognizers: recognizerOptionsSchema,
  /** What is understood of whole sentences, where a recogniser hears them. */
  words: wordsOptionsSchema.prefault({}),
})

export type SpeechOptions = z.infer<typeof speechOptionsSchema>
