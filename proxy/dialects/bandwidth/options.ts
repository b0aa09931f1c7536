import { z } from 'zod'
import { plainSchema } from '../json-media/dialect.js'
import { parametersSchema } from '../json-media/options.js'

export const bandwidthSchema = plainSchema(
  z
    .strictObject({
      /** What the recorder is told of streamParams, secrets masked in any case. Default `scrub`: all. */
      streamParams: parametersSchema.default('scrub'),
      /** Events that the recorder may send to Bandwidth; all of them act on the call. Default none. */
      allowFromRecorder: z.array(z.enum(['playAudio', 'clear'])).default([]),
    })
    .prefault({}),
)

export type BandwidthOptions = z.infer<typeof bandwidthSchema>['options']
