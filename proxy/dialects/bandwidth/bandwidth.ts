import { plainDialect } from '../json-media/dialect.js'
import { bandwidthWire } from './messages.js'
import { bandwidthSchema } from './options.js'
import { bandwidthVoice } from './pbx.js'

/** Bandwidth `<StartStream>`. The wire is described in WIRE.md. */
export const bandwidth = plainDialect({
  name: 'bandwidth',
  schema: bandwidthSchema,
  wireOf: bandwidthWire,
  allowedOf: ({ allowFromRecorder }) => allowFromRecorder,
  voiceOf: bandwidthVoice,
})
