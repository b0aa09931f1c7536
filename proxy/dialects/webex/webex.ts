import type { Handshake } from '../../media/wire.js'
import type { AuthContext, AuthVerdict, Dialect } from '../dialect.js'
import { authorizeRpc, recorderHeaders, rpcAuthorizationSchema, rpcHeaders } from '../rpc-authorization.js'
import { WebexConnection } from './connection.js'
import { METHOD } from './messages.js'
import { type WebexAuth, type WebexOptions, webexSchema } from './options.js'
import { WebexPbx } from './pbx.js'
import { WebexRecorder } from './recorder.js'
import { isValidToken } from './token.js'

/** Webex Contact Center media forking, over gRPC. The wire is described in WIRE.md. */
export const webex: Dialect<WebexOptions> = {
  name: 'webex',
  transport: { kind: 'grpc', method: METHOD },
  schema: webexSchema,
  subprotocols: [],
  authenticate: (handshake, { auth }, context) => verdictOf(handshake, auth, context),
  recorderHandshake: (handshake, _url, { recorderAuth }) => ({
    headers: recorderHeaders(handshake, recorderAuth),
    subprotocols: [],
  }),
  connect: ({ options }, context) => new WebexConnection(options, () => context.randomUuid()),
  record: ({ options }) => new WebexRecorder(options),

  /** `credentials` are what `auth` takes, but for `webex-token`: `{ type: 'token', token }` shows one. */
  simulate(script) {
    const auth = rpcAuthorizationSchema.parse(script.credentials ?? 'none')
    return new WebexPbx(script, { headers: rpcHeaders(auth), subprotocols: [] })
  },
}

const verdictOf = (handshake: Handshake, auth: WebexAuth, { epochMs }: AuthContext): AuthVerdict => {
  if (auth === 'none' || auth.type !== 'webex-token') return authorizeRpc(handshake, auth)
  const { keys, issuers, publicUrl, schemaId } = auth
  const expected = { keys, issuers, dataSourceUrl: publicUrl, schemaId }
  return isValidToken(handshake.headers['authorization'] ?? '', expected, epochMs) ? accepted : refused
}

const accepted: AuthVerdict = { kind: 'accepted' }
const refused: AuthVerdict = {
  kind: 'refused',
  status: 401,
  reason: 'the token is missing or not valid here',
}
