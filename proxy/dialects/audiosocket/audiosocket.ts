import type { Dialect } from '../dialect.js'
import { AudioSocketConnection } from './connection.js'
import { type AudioSocketOptions, audioSocketSchema } from './options.js'
import { AudioSocketPbx } from './pbx.js'
import { AudioSocketRecorder } from './recorder.js'
import { audioSocketTransport } from './units.js'

/** Asterisk's AudioSocket, the application and the channel driver, over TCP. The wire is described in WIRE.md. */
export const audiosocket: Dialect<AudioSocketOptions> = {
  name: 'audiosocket',
  transport: audioSocketTransport,
  schema: audioSocketSchema,
  subprotocols: [],
  authenticate: () => ({ kind: 'accepted' }),
  recorderHandshake: () => ({ headers: {}, subprotocols: [] }),
  connect: ({ options }) => new AudioSocketConnection(options),
  record: ({ options }) => new AudioSocketRecorder(options),
  simulate: (script) => new AudioSocketPbx(script),
}
