import { plainDialect } from '../json-media/dialect.js'
import { ringcentralWire } from './messages.js'
import { ringcentralSchema } from './options.js'
import { ringcentralVoice } from './pbx.js'

/** RingCentral Engage Voice call streaming, the older form over WebSocket. The wire is described in WIRE.md. */
export const ringcentral = plainDialect({
  name: 'ringcentral',
  schema: ringcentralSchema,
  wireOf: ringcentralWire,
  allowedOf: () => [],
  voiceOf: ringcentralVoice,
})
