import { equalSecrets } from '../../base/secret.js'
import { authorizationHeaders, authorize } from '../authorization.js'
import type { AuthVerdict, Dialect } from '../dialect.js'
import { JsonMediaConnection } from '../json-media/connection.js'
import { JsonMediaPbx } from '../json-media/pbx.js'
import { JsonMediaRecorder } from '../json-media/recorder.js'
import { TOKEN_NAME, telnyxWire } from './messages.js'
import { type TelnyxAuth, type TelnyxOptions, telnyxAuthSchema, telnyxSchema } from './options.js'
import { telnyxVoice } from './pbx.js'

/** Telnyx Media Streaming, by Call Control or TeXML. The wire is described in WIRE.md. */
export const telnyx: Dialect<TelnyxOptions> = {
  name: 'telnyx',
  schema: telnyxSchema,
  subprotocols: [],
  recording: {
    codecs: ['pcmu', 'pcma', 'l16be'],
    sampleRatesHz: [8000, 16_000],
    tracksMax: 2,
    takesMixed: false,
  },

  authenticate(handshake, { auth }) {
    if (auth === 'none') return accepted
    if (auth.type === 'bearer') return authorize(handshake, { type: 'bearer', token: auth.token })
    return equalSecrets(handshake.headers[TOKEN_NAME] ?? '', auth.token) ? accepted : refused
  },

  recorderHandshake: (_handshake, _url, { recorderAuth }) => ({
    headers: headersOf(recorderAuth),
    subprotocols: [],
  }),

  connect: (parsed) => new JsonMediaConnection(telnyxWire(parsed), parsed.options.allowFromRecorder),

  record: (parsed) => new JsonMediaRecorder(telnyxWire({ ...parsed, auth: 'none' })),

  /** `credentials` are what `auth` takes: `{ type: 'telnyx-token', token }` or `{ type: 'bearer', token }`. */
  simulate(script) {
    const auth = telnyxAuthSchema.parse(script.credentials ?? 'none')
    return new JsonMediaPbx(script, { headers: headersOf(auth), subprotocols: [] }, telnyxVoice(script, auth))
  },
}

const accepted: AuthVerdict = { kind: 'accepted' }
const refused: AuthVerdict = { kind: 'refused', status: 401, reason: 'token missing or wrong' }

const headersOf = (auth: TelnyxAuth): Record<string, string> => {
  if (auth === 'none') return {}
  return auth.type === 'bearer'
    ? authorizationHeaders({ type: 'bearer', token: auth.token })
    : { [TOKEN_NAME]: auth.token }
}
