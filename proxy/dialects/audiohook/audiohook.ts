import type { Handshake } from '../../media/wire.js'
import type { AuthContext, AuthVerdict, Dialect, RecorderHandshake } from '../dialect.js'
import { AudioHookConnection } from './connection.js'
import { isUuid } from './messages.js'
import { type AudioHookOptions, audiohookSchema } from './options.js'
import { AudioHookPbx } from './pbx.js'
import { AudioHookRecorder } from './recorder.js'
import { signatureHeaders, verifySignature } from './signature.js'

/** Whose session this is; every upgrade request names all three, and both hops name the same. */
const identityHeaders = [
  'audiohook-organization-id',
  'audiohook-session-id',
  'audiohook-correlation-id',
] as const

const authenticate = (handshake: Handshake, options: AudioHookOptions, context: AuthContext): AuthVerdict => {
  if (!identityHeaders.every((name) => isUuid(handshake.headers[name])))
    return { kind: 'refused', status: 401, reason: 'identity headers missing' }
  return options.auth === 'none'
    ? { kind: 'accepted' }
    : verifySignature(handshake, options.auth.keys, context)
}

const recorderHandshake = (
  handshake: Handshake,
  url: URL,
  options: AudioHookOptions,
  context: AuthContext,
): RecorderHandshake => {
  const ids = Object.fromEntries(identityHeaders.map((name) => [name, handshake.headers[name] ?? '']))
  return { headers: { ...ids, ...keyHeaders(handshake, url, ids, options, context) }, subprotocols: [] }
}

const keyHeaders = (
  handshake: Handshake,
  url: URL,
  ids: Readonly<Record<string, string>>,
  { recorderAuth }: AudioHookOptions,
  context: AuthContext,
): Record<string, string> => {
  if (recorderAuth === 'none') return {}
  if (recorderAuth === 'forward-api-key') {
    const apiKey = handshake.headers['x-api-key']
    return apiKey === undefined ? {} : { 'x-api-key': apiKey }
  }
  return { 'x-api-key': recorderAuth.apiKey, ...signatureHeaders(url, ids, recorderAuth, context) }
}

/** Genesys Cloud AudioHook, protocol version 2: both the monitoring product and the bot product (WIRE.md). */
export const audiohook: Dialect<AudioHookOptions> = {
  name: 'audiohook',
  schema: audiohookSchema,
  subprotocols: [],
  recording: { codecs: ['pcmu'], sampleRatesHz: [8000], tracksMax: 2, takesMixed: false },
  authenticate,
  recorderHandshake,
  connect: (options, context) => new AudioHookConnection(options, context),
  record: () => new AudioHookRecorder(),
  simulate: (script) => new AudioHookPbx(script),
}
