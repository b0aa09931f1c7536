import { z } from 'zod'
import type { RecognizerKind } from '../recognizer.js'
import { embedded, embeddedOptionsSchema } from './embedded/embedded.js'
import { google } from './google/google.js'
import { googleOptionsSchema } from './google/options.js'
import { grpc } from './grpc/grpc.js'
import { grpcOptionsSchema } from './grpc/options.js'

/** Every recogniser by its name in the configuration. */
export const recognizers = { embedded, google, grpc } as const satisfies Record<string, RecognizerKind<never>>

export type RecognizerName = keyof typeof recognizers

/** The options of each, by the same names; null: it does not listen. */
export const recognizerOptionsSchema = z
  .strictObject({
    embedded: embeddedOptionsSchema.nullable().default(null),
    google: googleOptionsSchema.nullable().default(null),
    grpc: grpcOptionsSchema.nullable().default(null),
  } satisfies Record<RecognizerName, z.ZodType>)
  .prefault({})
