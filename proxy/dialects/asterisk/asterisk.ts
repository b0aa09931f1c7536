import { authorizationHeaders, authorizationSchema, authorize } from '../authorization.js'
import type { Dialect } from '../dialect.js'
import { AsteriskConnection } from './connection.js'
import { type AsteriskOptions, asteriskSchema } from './options.js'
import { AsteriskPbx } from './pbx.js'
import { AsteriskRecorder } from './recorder.js'

const SUBPROTOCOL = 'media'

/** Asterisk's chan_websocket. The wire is described in WIRE.md. */
export const asterisk: Dialect<AsteriskOptions> = {
  name: 'asterisk',
  schema: asteriskSchema,
  subprotocols: [SUBPROTOCOL],

  authenticate: (handshake, { auth }) => authorize(handshake, auth),

  recorderHandshake: (_handshake, _url, { recorderAuth }) => ({
    headers: authorizationHeaders(recorderAuth),
    subprotocols: [SUBPROTOCOL],
  }),

  connect: ({ options }) => new AsteriskConnection(options),

  record: ({ options }) => new AsteriskRecorder(options),

  /** `credentials` are what `auth` takes. */
  simulate(script) {
    const auth = authorizationSchema.parse(script.credentials ?? 'none')
    return new AsteriskPbx(script, { headers: authorizationHeaders(auth), subprotocols: [SUBPROTOCOL] })
  },
}
