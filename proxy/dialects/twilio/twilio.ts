import { equalSecrets } from '../../base/secret.js'
import type { Handshake } from '../../media/wire.js'
import type { AuthVerdict, Dialect } from '../dialect.js'
import { JsonMediaConnection } from '../json-media/connection.js'
import { JsonMediaPbx } from '../json-media/pbx.js'
import { JsonMediaRecorder } from '../json-media/recorder.js'
import { twilioWire } from './messages.js'
import { recorderAuthSchema, type TwilioOptions, type TwilioRecorderAuth, twilioSchema } from './options.js'
import { twilioVoice } from './pbx.js'
import { isSignedFor, signUrl } from './signature.js'

const SIGNATURE_HEADER = 'x-twilio-signature'

/** What `<Connect><Stream>` understands; anything else is Twilio's error 31924, and ends the stream. */
const eventsToTwilio = ['media', 'mark', 'clear']

/** Twilio Media Streams, forked (`<Start><Stream>`) and connected (`<Connect><Stream>`). The wire is described in WIRE.md. */
export const twilio: Dialect<TwilioOptions> = {
  name: 'twilio',
  schema: twilioSchema,
  subprotocols: [],
  recording: { codecs: ['pcmu'], sampleRatesHz: [8000], tracksMax: 2, takesMixed: false },

  authenticate: (handshake, options) => (isAuthentic(handshake, options.auth) ? accepted : refused),

  recorderHandshake: (handshake, url, options) => ({
    headers: recorderHeaders(handshake, url, options.recorderAuth),
    subprotocols: [],
  }),

  connect: ({ options }) =>
    new JsonMediaConnection(twilioWire(options), options.direction === 'connect' ? eventsToTwilio : []),

  record: ({ options }) => new JsonMediaRecorder(twilioWire(options)),

  /** `credentials` are what `recorderAuth` takes: `{ type: 'twilio-signature', authToken }` or `{ type: 'bearer', token }`. */
  simulate(script) {
    const auth = recorderAuthSchema.parse(script.credentials ?? 'forward')
    const headers = recorderHeaders({ target: '', headers: {}, subprotocols: [] }, script.url, auth)
    return new JsonMediaPbx(script, { headers, subprotocols: [] }, twilioVoice(script))
  },
}

const accepted: AuthVerdict = { kind: 'accepted' }
const refused: AuthVerdict = { kind: 'refused', status: 403, reason: 'signature or token missing or wrong' }

function isAuthentic({ headers }: Handshake, auth: TwilioOptions['auth']): boolean {
  if (auth === 'none') return true
  return auth.type === 'bearer'
    ? equalSecrets(headers['authorization'] ?? '', `Bearer ${auth.token}`)
    : isSignedFor([auth.publicUrl].flat(), auth.authToken, headers[SIGNATURE_HEADER] ?? '')
}

function recorderHeaders(
  { headers }: Handshake,
  url: URL,
  auth: TwilioRecorderAuth,
): Readonly<Record<string, string>> {
  if (auth !== 'forward')
    return auth.type === 'bearer'
      ? { authorization: `Bearer ${auth.token}` }
      : { [SIGNATURE_HEADER]: signUrl(auth.authToken, url.href) }
  const signature = headers[SIGNATURE_HEADER]
  return signature === undefined ? {} : { [SIGNATURE_HEADER]: signature }
}
