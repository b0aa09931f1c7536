import { equalSecrets } from '../../base/secret.js'
import type { AuthVerdict, Dialect } from '../dialect.js'
import { ModAudioForkConnection } from './connection.js'
import { authSchema, type ModAudioForkAuth, type ModAudioForkOptions, modAudioForkSchema } from './options.js'
import { ModAudioForkPbx } from './pbx.js'
import { ModAudioForkRecorder } from './recorder.js'

const SUBPROTOCOL = 'audio.drachtio.org'

/** FreeSWITCH's mod_audio_fork and its relatives, jambonz' `listen` among them. The wire is described in WIRE.md. */
export const modAudioFork: Dialect<ModAudioForkOptions> = {
  name: 'mod_audio_fork',
  schema: modAudioForkSchema,
  subprotocols: '*',

  authenticate({ headers }, { auth }) {
    const expected = authorization(auth)
    const isAuthentic = expected === null || equalSecrets(headers['authorization'] ?? '', expected)
    return isAuthentic ? accepted : refused
  },

  recorderHandshake: (handshake, _url, { recorderAuth, options }) => ({
    headers: headersOf(recorderAuth),
    subprotocols:
      handshake.subprotocols.length > 0
        ? handshake.subprotocols
        : [options.subprotocol].filter((name) => name !== null),
  }),

  connect: ({ options }, context) => new ModAudioForkConnection(options, () => context.randomUuid()),

  record: ({ options }) => new ModAudioForkRecorder(options),

  /** `credentials` are what `auth` takes: `{ type: 'basic', username, password }` or `{ type: 'bearer', token }`. */
  simulate(script) {
    const auth = authSchema.parse(script.credentials ?? 'none')
    return new ModAudioForkPbx(script, { headers: headersOf(auth), subprotocols: [SUBPROTOCOL] })
  },
}

const accepted: AuthVerdict = { kind: 'accepted' }
const refused: AuthVerdict = { kind: 'refused', status: 401, reason: 'credentials missing or wrong' }

/** The Authorization header that proves it (RFC 7617, RFC 6750); null when none is needed. */
function authorization(auth: ModAudioForkAuth): string | null {
  if (auth === 'none') return null
  return auth.type === 'bearer'
    ? `Bearer ${auth.token}`
    : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`
}

function headersOf(auth: ModAudioForkAuth): Record<string, string> {
  const value = authorization(auth)
  return value === null ? {} : { authorization: value }
}
