import { authorizationHeaders, authorizationSchema, authorize } from '../authorization.js'
import type { Dialect } from '../dialect.js'
import { linearRecording } from '../linear-audio.js'
import { ModAudioForkConnection } from './connection.js'
import { type ModAudioForkOptions, modAudioForkSchema } from './options.js'
import { ModAudioForkPbx } from './pbx.js'
import { ModAudioForkRecorder } from './recorder.js'

const SUBPROTOCOL = 'audio.drachtio.org'

/** FreeSWITCH's mod_audio_fork and its relatives, jambonz' `listen` among them. The wire is described in WIRE.md. */
export const modAudioFork: Dialect<ModAudioForkOptions> = {
  name: 'mod_audio_fork',
  schema: modAudioForkSchema,
  subprotocols: '*',
  recording: linearRecording,

  authenticate: (handshake, { auth }) => authorize(handshake, auth),

  recorderHandshake: (handshake, _url, { recorderAuth, options }) => ({
    headers: authorizationHeaders(recorderAuth),
    subprotocols:
      handshake.subprotocols.length > 0
        ? handshake.subprotocols
        : [options.subprotocol].filter((name) => name !== null),
  }),

  connect: ({ options }, context) => new ModAudioForkConnection(options, () => context.randomUuid()),

  record: ({ options }) => new ModAudioForkRecorder(options),

  /** `credentials` are what `auth` takes: `{ type: 'basic', username, password }` or `{ type: 'bearer', token }`. */
  simulate(script) {
    const auth = authorizationSchema.parse(script.credentials ?? 'none')
    return new ModAudioForkPbx(script, { headers: authorizationHeaders(auth), subprotocols: [SUBPROTOCOL] })
  },
}
