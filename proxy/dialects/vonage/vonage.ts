import { authorizationHeaders, authorizationSchema, authorize } from '../authorization.js'
import type { Dialect } from '../dialect.js'
import { VonageConnection } from './connection.js'
import { type VonageOptions, vonageSchema } from './options.js'
import { VonagePbx } from './pbx.js'
import { VonageRecorder } from './recorder.js'
import { verifyToken } from './token.js'

/** Vonage Voice API WebSockets (NCCO `connect` to an endpoint of type `websocket`). The wire is described in WIRE.md. */
export const vonage: Dialect<VonageOptions> = {
  name: 'vonage',
  schema: vonageSchema,
  subprotocols: [],

  authenticate: (handshake, { auth }, context) =>
    auth !== 'none' && auth.type === 'vonage-jwt'
      ? verifyToken(handshake, auth, context)
      : authorize(handshake, auth),

  recorderHandshake: (_handshake, _url, { recorderAuth }) => ({
    headers: authorizationHeaders(recorderAuth),
    subprotocols: [],
  }),

  connect: ({ options }, context) => new VonageConnection(options, () => context.randomUuid()),

  record: ({ options }) => new VonageRecorder(options),

  /** `credentials` are what `recorder.auth` takes: the NCCO's `authorization` of type `custom`. */
  simulate(script) {
    const auth = authorizationSchema.parse(script.credentials ?? 'none')
    return new VonagePbx(script, { headers: authorizationHeaders(auth), subprotocols: [] })
  },
}
