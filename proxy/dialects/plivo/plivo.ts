import { authorizationHeaders, authorize } from '../authorization.js'
import type { AuthContext, AuthVerdict, Dialect } from '../dialect.js'
import { JsonMediaConnection } from '../json-media/connection.js'
import { JsonMediaPbx } from '../json-media/pbx.js'
import { JsonMediaRecorder } from '../json-media/recorder.js'
import { plivoWire } from './messages.js'
import { type PlivoConfig, type PlivoRecorderAuth, plivoSchema, recorderAuthSchema } from './options.js'
import { plivoVoice } from './pbx.js'
import { isSignedFor, signUrl } from './signature.js'

const SIGNATURE_HEADER = 'x-plivo-signature-v3'
const NONCE_HEADER = 'x-plivo-signature-v3-nonce'

/** Plivo offers it and expects it to be selected. */
const SUBPROTOCOL = 'audio.plivo.com'

/** How long a nonce cannot be used again, ms: an hour of 13 calls a second fits what is remembered. Signatures carry no time. */
const NONCE_MS = 3_600_000

/** Plivo Audio Streaming. The wire is described in WIRE.md. */
export const plivo: Dialect<PlivoConfig> = {
  name: 'plivo',
  schema: plivoSchema,
  subprotocols: [SUBPROTOCOL],
  recording: { codecs: ['pcmu', 'l16'], sampleRatesHz: [8000, 16_000], tracksMax: 2, takesMixed: false },

  authenticate(handshake, { auth }, context) {
    if (auth === 'none') return accepted
    if (auth.type === 'bearer') return authorize(handshake, { type: 'bearer', token: auth.token })
    const { [SIGNATURE_HEADER]: signatures = '', [NONCE_HEADER]: nonce = '' } = handshake.headers
    const isSigned = nonce !== '' && isSignedFor([auth.publicUrl].flat(), auth.authToken, nonce, signatures)
    return isSigned && context.rememberNonce(nonce, NONCE_MS) ? accepted : refused
  },

  recorderHandshake: ({ headers, subprotocols }, url, { recorderAuth }, context) => ({
    headers: recorderHeaders(headers, url, recorderAuth, context),
    subprotocols,
  }),

  connect: ({ options }) => new JsonMediaConnection(plivoWire(options), options.allowFromRecorder),

  record: ({ options }) => new JsonMediaRecorder(plivoWire(options)),

  /** `credentials` are what `recorderAuth` takes: `{ type: 'plivo-signature', authToken }` or `{ type: 'bearer', token }`. */
  simulate(script) {
    const auth = recorderAuthSchema.parse(script.credentials ?? 'forward')
    const headers = recorderHeaders({}, script.url, auth, script.auth)
    return new JsonMediaPbx(script, { headers, subprotocols: [SUBPROTOCOL] }, plivoVoice(script))
  },
}

const accepted: AuthVerdict = { kind: 'accepted' }
const refused: AuthVerdict = {
  kind: 'refused',
  status: 403,
  reason: 'signature or token missing, wrong or used',
}

function recorderHeaders(
  headers: Readonly<Record<string, string>>,
  url: URL,
  auth: PlivoRecorderAuth,
  context: AuthContext,
): Record<string, string> {
  if (auth === 'forward')
    return Object.fromEntries(
      Object.entries(headers).filter(([name]) => name === SIGNATURE_HEADER || name === NONCE_HEADER),
    )
  if (auth.type === 'bearer') return authorizationHeaders({ type: 'bearer', token: auth.token })
  const nonce = Buffer.from(context.randomBytes(16)).toString('hex')
  return { [SIGNATURE_HEADER]: signUrl(auth.authToken, url.href, nonce), [NONCE_HEADER]: nonce }
}
