import type { Dialect } from '../dialect.js'
import { authorizeRpc, recorderHeaders, rpcAuthorizationSchema, rpcHeaders } from '../rpc-authorization.js'
import { RingcxConnection } from './connection.js'
import { METHOD } from './messages.js'
import { type RingcxOptions, ringcxSchema } from './options.js'
import { RingcxPbx } from './pbx.js'
import { RingcxRecorder } from './recorder.js'

/** RingCentral RingCX audio streaming, over gRPC. The wire is described in WIRE.md. */
export const ringcx: Dialect<RingcxOptions> = {
  name: 'ringcx',
  transport: { kind: 'grpc', method: METHOD },
  schema: ringcxSchema,
  subprotocols: [],
  authenticate: (handshake, { auth }) => authorizeRpc(handshake, auth),
  recorderHandshake: (handshake, _url, { recorderAuth }) => ({
    headers: recorderHeaders(handshake, recorderAuth),
    subprotocols: [],
  }),
  connect: ({ options }, context) => new RingcxConnection(options, () => context.randomUuid()),
  record: ({ options }) => new RingcxRecorder(options),

  /** `credentials` are what `auth` takes. */
  simulate(script) {
    const auth = rpcAuthorizationSchema.parse(script.credentials ?? 'none')
    return new RingcxPbx(script, { headers: rpcHeaders(auth), subprotocols: [] })
  },
}
