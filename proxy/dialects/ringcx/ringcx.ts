import { equalSecrets } from '../../base/secret.js'
import type { Handshake } from '../../media/wire.js'
import { type Authorization, authorizationHeaders, authorize } from '../authorization.js'
import type { AuthVerdict, Dialect } from '../dialect.js'
import { RingcxConnection } from './connection.js'
import { METHOD } from './messages.js'
import { type RingcxAuth, type RingcxOptions, ringcxAuthSchema, ringcxSchema } from './options.js'
import { RingcxPbx } from './pbx.js'
import { RingcxRecorder } from './recorder.js'

/** RingCentral RingCX audio streaming, over gRPC. The wire is described in WIRE.md. */
export const ringcx: Dialect<RingcxOptions> = {
  name: 'ringcx',
  transport: { kind: 'grpc', method: METHOD },
  schema: ringcxSchema,
  subprotocols: [],
  authenticate: (handshake, { auth }) => verdictOf(handshake, auth),
  recorderHandshake: (handshake, _url, { recorderAuth }) => ({
    headers: recorderAuth === 'forward' ? forwarded(handshake) : headersOf(recorderAuth),
    subprotocols: [],
  }),
  connect: ({ options }, context) => new RingcxConnection(options, () => context.randomUuid()),
  record: ({ options }) => new RingcxRecorder(options),

  /** `credentials` are what `auth` takes. */
  simulate(script) {
    const auth = ringcxAuthSchema.parse(script.credentials ?? 'none')
    return new RingcxPbx(script, { headers: headersOf(auth), subprotocols: [] })
  },
}

const isToken = (auth: RingcxAuth): auth is Exclude<RingcxAuth, Authorization> =>
  auth !== 'none' && auth.type === 'token'

const headersOf = (auth: RingcxAuth): Record<string, string> =>
  isToken(auth) ? { authorization: auth.token } : authorizationHeaders(auth)

const forwarded = ({ headers }: Handshake): Record<string, string> =>
  headers['authorization'] === undefined ? {} : { authorization: headers['authorization'] }

const verdictOf = (handshake: Handshake, auth: RingcxAuth): AuthVerdict => {
  if (!isToken(auth)) return authorize(handshake, auth)
  return equalSecrets(handshake.headers['authorization'] ?? '', auth.token) ? accepted : refused
}

const accepted: AuthVerdict = { kind: 'accepted' }
const refused: AuthVerdict = { kind: 'refused', status: 401, reason: 'credentials missing or wrong' }
