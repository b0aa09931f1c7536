import { z } from 'zod'
import type { RecognizerKind } from '../../recognizer.js'
import { InlineRecognizer } from './inline-recognizer.js'
import { processWorkers } from './worker-pool.io.js'
import { WorkerRecognizer } from './worker-recognizer.js'

/** Its key in the registry. */
const NAME = 'embedded'

/** Nothing to choose: the model says what it hears. */
export const embeddedOptionsSchema = z.strictObject({})
export type EmbeddedOptions = z.infer<typeof embeddedOptionsSchema>

/**
 * A word is known 360 ms (the net's delay), a step and a half and two steps of silence after it has begun to end: 440 ms; its
 * audio goes to a worker and comes back in batches of 100 ms, and two batches may meet a busy moment.
 */
const LAG_MS = 440 + 2 * 100

/**
 * The spotter built in: a small net that knows digits and the words of payment in English telephone speech, nothing else.
 * No word leaves the process. docs/speech.md says how much it hears.
 */
export const embedded: RecognizerKind<EmbeddedOptions> = {
  create: (setup, _options, { pace, monitor }) =>
    pace === 'live'
      ? new WorkerRecognizer(NAME, setup, processWorkers(NAME, monitor))
      : new InlineRecognizer(NAME, setup),
  lagMs: () => LAG_MS,
  hearsNumbersOnly: true,
}
