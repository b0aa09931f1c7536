import { z } from 'zod'
import { plainSchema } from '../json-media/dialect.js'
import { digitMaskSchema, parametersSchema } from '../json-media/options.js'

/** `auth` of type `basic` is the user and password of `wss://KEY:TOKEN@host/path`. */
export const exotelSchema = plainSchema(
  z
    .strictObject({
      /**
       * What the stream holds: `mono` (default), one track without a name; `both`, two that every message names. Audio of a
       * track that is not expected is silent.
       */
      tracks: z.enum(['mono', 'both']).default('mono'),
      digitMask: digitMaskSchema,
      /** What the recorder is told of start.custom_parameters, secrets masked in any case. Default `scrub`: all. */
      customParameters: parametersSchema.default('scrub'),
      /** Events that the recorder may send to Exotel; all of them act on the call. Default none. */
      allowFromRecorder: z.array(z.enum(['media', 'mark', 'clear'])).default([]),
    })
    .prefault({}),
)

export type ExotelOptions = z.infer<typeof exotelSchema>['options']
