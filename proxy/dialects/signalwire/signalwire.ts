import { plainDialect } from '../json-media/dialect.js'
import { signalwireWire } from './messages.js'
import { signalwireSchema } from './options.js'
import { signalwireVoice } from './pbx.js'

/** SignalWire cXML `<Stream>`, one way and two-way. The wire is described in WIRE.md. */
export const signalwire = plainDialect({
  name: 'signalwire',
  schema: signalwireSchema,
  wireOf: signalwireWire,
  allowedOf: ({ allowFromRecorder }) => allowFromRecorder,
  voiceOf: signalwireVoice,
})
