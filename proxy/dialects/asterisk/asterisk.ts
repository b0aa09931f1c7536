import { authorizationHeaders, authorizationSchema, authorize } from '../authorization.js'
import type { Dialect } from '../dialect.js'
import { AsteriskConnection } from './connection.js'
import { type AsteriskOptions, asteriskSchema } from './options.js'
import { AsteriskPbx } from './pbx.js'
import { AsteriskRecorder } from './recorder.js'

const SUBPROTOCOL = 'media'

/** As Asterisk writes it: no other path can be asked for. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Asterisk's chan_websocket. The wire is described in WIRE.md. */
export const asterisk: Dialect<AsteriskOptions> = {
  name: 'asterisk',
  schema: asteriskSchema,
  subprotocols: [SUBPROTOCOL],

  authenticate: (handshake, { auth }) => authorize(handshake, auth),

  /** `id` is MEDIA_WEBSOCKET_CONNECTION_ID, which Asterisk makes anew for every channel that waits. */
  pbxAddress(id, { options: { dialUrl } }) {
    if (dialUrl === null || !UUID.test(id)) return null
    const url = new URL(`${dialUrl.replace(/\/$/, '')}/${id}`)
    return { url, handshake: { headers: {}, subprotocols: [SUBPROTOCOL] } }
  },

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
