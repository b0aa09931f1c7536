import { z } from 'zod'

/** A client's key and its secret, base64 as the contact centre's configuration shows them. */
export const credentialsSchema = z.strictObject({
  apiKey: z.string().min(1).max(256),
  secret: z.base64().min(4),
})

const auth = z.union([
  z.literal('none'),
  z.strictObject({ type: z.literal('signature'), keys: z.array(credentialsSchema).min(1) }),
])

const recorderAuth = z.union([
  z.enum(['none', 'forward-api-key']),
  credentialsSchema.extend({ type: z.literal('signature') }),
])

const options = z.strictObject({
  whenRecorderFails: z.enum(['disconnect', 'open-without-media']).default('disconnect'),
  text: z.enum(['scrub', 'withhold']).default('scrub'),
  digitMask: z
    .string()
    .regex(/^[0-9A-D*#]$/)
    .default('*'),
})

/**
 * What the configuration may say for a fork of this dialect.
 *
 * - `auth`: `none` (default), or `signature` with the keys whose HTTP message signatures are accepted. A key may be
 *   listed twice with two secrets, while one replaces the other.
 * - `recorderAuth`: what the recorder is shown. `none` (default): no key. `forward-api-key`: the PBX's own `X-API-KEY`,
 *   unsigned, because its signature names our address. `signature`: this key, signed anew for the recorder's address.
 * - `options.whenRecorderFails`: what the PBX hears when the recorder does not open in time or is lost before it did:
 *   `disconnect` (default) with reason `error`, or `open-without-media`, an `opened` without audio.
 * - `options.text`: `scrub` (default) masks card numbers in all free text; `withhold` also keeps the caller's number and
 *   name, `customConfig` and `inputVariables` from the recorder.
 * - `options.digitMask`: the key that the recorder hears of instead of the one that was pressed; default `*`.
 */
export const audiohookSchema = z.strictObject({
  auth: auth.default('none'),
  recorderAuth: recorderAuth.default('none'),
  options: options.prefault({}),
})

export type AudioHookOptions = z.infer<typeof audiohookSchema>
export type Credentials = z.infer<typeof credentialsSchema>
