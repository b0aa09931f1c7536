import { authorizationHeaders, authorizationSchema, authorize } from '../authorization.js'
import type { Dialect } from '../dialect.js'
import { AudiocodesConnection } from './connection.js'
import { type AudiocodesOptions, audiocodesSchema } from './options.js'
import { AudiocodesPbx } from './pbx.js'
import { AudiocodesRecorder } from './recorder.js'

/** AudioCodes VoiceAI Connect Enterprise, Bot API in streaming mode. The wire is described in WIRE.md. */
export const audiocodes: Dialect<AudiocodesOptions> = {
  name: 'audiocodes',
  schema: audiocodesSchema,
  subprotocols: [],

  authenticate: (handshake, { auth }) => authorize(handshake, auth),

  recorderHandshake: (_handshake, _url, { recorderAuth }) => ({
    headers: authorizationHeaders(recorderAuth),
    subprotocols: [],
  }),

  connect: ({ options }) => new AudiocodesConnection(options),

  record: ({ options }) => new AudiocodesRecorder(options),

  /** `credentials` are what `auth` takes: as a rule `{ type: 'bearer', token }`. */
  simulate(script) {
    const auth = authorizationSchema.parse(script.credentials ?? 'none')
    return new AudiocodesPbx(script, { headers: authorizationHeaders(auth), subprotocols: [] })
  },
}
