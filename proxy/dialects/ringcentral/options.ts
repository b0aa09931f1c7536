import { z } from 'zod'
import { plainSchema } from '../json-media/dialect.js'

export const ringcentralSchema = plainSchema(
  z
    .strictObject({
      /**
       * How much audio of a perspective is waited for when a message of it is missing, ms: order is "generally" kept. 0: none,
       * and what was overtaken is silent. Default 100, to be taken from the hold-back.
       */
      reorderMs: z.number().int().min(0).max(500).default(100),
    })
    .prefault({}),
)

export type RingcentralOptions = z.infer<typeof ringcentralSchema>['options']
