import { authorizationHeaders, authorizationSchema, authorize } from '../authorization.js'
import type { Dialect } from '../dialect.js'
import { linearRecording } from '../linear-audio.js'
import { ModAudioForkConnection } from '../mod-audio-fork/connection.js'
import { ModAudioForkPbx } from '../mod-audio-fork/pbx.js'
import { ModAudioForkRecorder } from '../mod-audio-fork/recorder.js'
import { type ModAudioStreamOptions, modAudioStreamSchema } from './options.js'

/**
 * FreeSWITCH's mod_audio_stream. It says what mod_audio_fork says, and differs in its upgrade request, in having no keys of
 * its own to tell, and in how it ends. See WIRE.md.
 */
export const modAudioStream: Dialect<ModAudioStreamOptions> = {
  name: 'mod_audio_stream',
  schema: modAudioStreamSchema,
  subprotocols: [],
  recording: linearRecording,

  authenticate: (handshake, { auth }) => authorize(handshake, auth),

  recorderHandshake: (_handshake, _url, { recorderAuth }) => ({
    headers: authorizationHeaders(recorderAuth),
    subprotocols: [],
  }),

  connect: ({ options }, context) => new ModAudioForkConnection(options, () => context.randomUuid()),

  record: ({ options }) => new ModAudioForkRecorder(options),

  /** `credentials` are what `auth` takes: `{ type: 'basic', username, password }` or `{ type: 'bearer', token }`. */
  simulate(script) {
    const auth = authorizationSchema.parse(script.credentials ?? 'none')
    const handshake = { headers: authorizationHeaders(auth), subprotocols: [] }
    return new ModAudioForkPbx(script, handshake, { tellsKeys: false, stop: 'abrupt' })
  },
}
