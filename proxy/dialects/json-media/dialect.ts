import { z } from 'zod'
import { type Authorization, authorizationHeaders, authorizationSchema, authorize } from '../authorization.js'
import type { Dialect, PbxScript } from '../dialect.js'
import { JsonMediaConnection } from './connection.js'
import { JsonMediaPbx, type PbxVoice } from './pbx.js'
import { JsonMediaRecorder } from './recorder.js'
import type { JsonMediaWire } from './wire.js'

/** What a dialect parses to whose PBX has no signature of its own. */
export interface PlainConfig<O> {
  readonly auth: Authorization
  readonly recorderAuth: Authorization
  readonly options: O
}

/** `{ auth, recorderAuth, options }` with an `Authorization` header for either side, `none` by default. */
export const plainSchema = <O extends z.ZodType>(options: O) =>
  z.strictObject({
    /** How the PBX proves who it is. Default `none`: for a trial on one machine, never for an open port. */
    auth: authorizationSchema.default('none'),
    /** What the recorder is shown. Default `none`. */
    recorderAuth: authorizationSchema.default('none'),
    options,
  })

/** A dialect of this family whose PBX shows an `Authorization` header, or nothing. */
export const plainDialect = <O>(parts: {
  readonly name: string
  readonly schema: z.ZodType<PlainConfig<O>>
  wireOf(options: O): JsonMediaWire
  /** Events that the recorder may send to the PBX. */
  allowedOf(options: O): readonly string[]
  voiceOf(script: PbxScript): PbxVoice
}): Dialect<PlainConfig<O>> => ({
  name: parts.name,
  schema: parts.schema,
  subprotocols: [],
  authenticate: (handshake, { auth }) => authorize(handshake, auth),
  recorderHandshake: (_handshake, _url, { recorderAuth }) => ({
    headers: authorizationHeaders(recorderAuth),
    subprotocols: [],
  }),
  connect: ({ options }) => new JsonMediaConnection(parts.wireOf(options), parts.allowedOf(options)),
  record: ({ options }) => new JsonMediaRecorder(parts.wireOf(options)),
  /** `credentials` are what `auth` takes. */
  simulate(script) {
    const auth = authorizationSchema.parse(script.credentials ?? 'none')
    const handshake = { headers: authorizationHeaders(auth), subprotocols: [] }
    return new JsonMediaPbx(script, handshake, parts.voiceOf(script))
  },
})
