import { z } from 'zod'
import type { DetectorKind } from './detector.js'
import { dtmf } from './dtmf/detector.js'
import { dtmfOptionsSchema } from './dtmf/options.js'
import { speech } from './speech/detector.js'
import { speechOptionsSchema } from './speech/options.js'

/** Every detector by its name in the configuration. */
export const detectors = { dtmf, speech } as const satisfies Record<string, DetectorKind<never>>

export type DetectorName = keyof typeof detectors

/** The options of each, by the same names. */
export const detectorOptionsSchema = z
  .strictObject({
    dtmf: dtmfOptionsSchema.prefault({}),
    speech: speechOptionsSchema.prefault({}),
  } satisfies Record<DetectorName, z.ZodType>)
  .prefault({})
