import type { EndReason } from '../dialects/dialect.js'
import type { CallStart } from '../media/frame.js'
import type { ConsentStanding } from '../policy/consent.js'
import type { CallFigures } from './call-tally.js'

/** One call, told without content. Samples are per track, at clockRateHz. */
export interface CallSummary extends CallFigures {
  readonly call: CallStart | null
  readonly endReason: EndReason
  readonly samples: readonly number[]
  readonly consent: ConsentStanding
}
