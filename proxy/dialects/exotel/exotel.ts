import { plainDialect } from '../json-media/dialect.js'
import { exotelWire } from './messages.js'
import { exotelSchema } from './options.js'
import { exotelVoice } from './pbx.js'

/** Exotel AgentStream: the Stream applet and the Voicebot applet. The wire is described in WIRE.md. */
export const exotel = plainDialect({
  name: 'exotel',
  schema: exotelSchema,
  wireOf: exotelWire,
  allowedOf: ({ allowFromRecorder }) => allowFromRecorder,
  voiceOf: exotelVoice,
})
