import { z } from 'zod'
import { plainSchema } from '../json-media/dialect.js'
import { byteOrderSchema, digitMaskSchema, parametersSchema } from '../json-media/options.js'

/** `auth` of type `bearer` is cXML's `authBearerToken`. */
export const signalwireSchema = plainSchema(
  z
    .strictObject({
      /** Byte order of L16, which is not documented. Default `little`. */
      l16ByteOrder: byteOrderSchema.default('little'),
      digitMask: digitMaskSchema,
      /** What the recorder is told of start.customParameters, secrets masked in any case. Default `scrub`: all. */
      customParameters: parametersSchema.default('scrub'),
      /** Events that the recorder may send to SignalWire; all of them act on the call. Default none. */
      allowFromRecorder: z.array(z.enum(['media', 'mark', 'clear', 'dtmf'])).default([]),
    })
    .prefault({}),
)

export type SignalwireOptions = z.infer<typeof signalwireSchema>['options']
