import { createHmac, timingSafeEqual } from 'node:crypto'
import { equalSecrets } from '../../base/secret.js'
import type { Handshake } from '../../media/wire.js'
import type { AuthContext, AuthVerdict } from '../dialect.js'
import type { Credentials } from './options.js'

/**
 * HTTP message signatures as AudioHook clients make them: a draft of RFC 9421 with HMAC-SHA256, over six components of
 * the upgrade request. Verified here, made anew for the recorder: the signature names our address and is short-lived.
 */

/** What a signature must cover, in the order in which clients list it. */
const COMPONENTS = [
  '@request-target',
  '@authority',
  'audiohook-organization-id',
  'audiohook-session-id',
  'audiohook-correlation-id',
  'x-api-key',
] as const

/** Seconds: how far two clocks may differ, how old a signature may be, how long ours are valid. Reference: 3, 10 and 30. */
const SKEW_S = 3
const AGE_S_MAX = 10
const LIFETIME_S = 30

/** Characters of a nonce: 22 are 16 random bytes in base64; the upper bound is ours, for what is remembered. */
const NONCE_CHARS_MIN = 22
const NONCE_CHARS_MAX = 256

/** Bytes of our nonces. */
const NONCE_BYTES = 20

/** Structured fields (RFC 8941): one signature, an inner list of names with parameters; no escapes within strings. */
const NAME = '"[@a-z0-9_-]+"'
const STRING = '"[ !#-\\[\\]-~]*"'
const SIGNATURE_INPUT = new RegExp(
  `^([a-z*][a-z0-9_.*-]*)=\\( *(${NAME}(?: +${NAME})*) *\\)((?:; *[a-z]+=(?:${STRING}|\\d{1,15}))*)$`,
)
const SIGNATURE = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]{43}=):$/
const PARAMETER = new RegExp(`; *([a-z]+)=(${STRING}|\\d{1,15})`, 'g')
const PARAMETER_NAMES = ['keyid', 'nonce', 'alg', 'created', 'expires']

/** A parsed pair of `Signature-Input` and `Signature`. `signedParams` is the list encoded anew, as the signer signed it. */
interface ParsedSignature {
  readonly components: readonly string[]
  readonly parameters: ReadonlyMap<string, string>
  readonly signedParams: string
  readonly hmac: Buffer
}

/** Whether the upgrade request is signed with one of `keys`, just now, for us, and for the first time. */
export const verifySignature = (
  { target, headers }: Handshake,
  keys: readonly Credentials[],
  context: AuthContext,
): AuthVerdict => {
  const signature = parseSignature(headers['signature-input'], headers['signature'])
  if (signature === null) return refused('no well-formed signature')
  const { components, parameters, signedParams, hmac } = signature

  const keyId = text(parameters, 'keyid')
  const nonce = text(parameters, 'nonce') ?? ''
  if (keyId === undefined || keyId !== headers['x-api-key']?.trim())
    return refused('key id is not the API key')
  if (nonce.length < NONCE_CHARS_MIN || nonce.length > NONCE_CHARS_MAX)
    return refused('nonce too short or too long')
  if ((text(parameters, 'alg') ?? 'hmac-sha256') !== 'hmac-sha256') return refused('algorithm not supported')
  if (!isTimely(parameters, context.epochMs / 1000)) return refused('signature expired or not yet valid')
  if (!COMPONENTS.every((name) => components.includes(name))) return refused('signature covers too little')

  const lines = components.map((name) => line(name, componentValue(name, target, headers)))
  if (lines.includes(null)) return refused('signature covers what is not there')
  const base = [...lines, `"@signature-params": ${signedParams}`].join('\n')
  if (!matchesAny(hmac, base, secretsOf(keyId, keys, context))) return refused('signature does not match')
  return context.rememberNonce(nonce, (AGE_S_MAX + SKEW_S) * 1000)
    ? { kind: 'accepted' }
    : refused('signature seen before')
}

/** The two headers that sign an upgrade request for `url`; `headers` holds the other four components. */
export const signatureHeaders = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  { apiKey, secret }: Credentials,
  context: AuthContext,
): Record<string, string> => {
  const created = Math.floor(context.epochMs / 1000)
  const nonce = Buffer.from(context.randomBytes(NONCE_BYTES)).toString('base64')
  const list = COMPONENTS.map((name) => `"${name}"`).join(' ')
  const expires = created + LIFETIME_S
  const params = `(${list});keyid="${apiKey}";nonce="${nonce}";alg="hmac-sha256";created=${created};expires=${expires}`
  const signed = { ...headers, host: url.host, 'x-api-key': apiKey }
  const lines = COMPONENTS.map((name) => line(name, componentValue(name, url.pathname + url.search, signed)))
  const base = [...lines, `"@signature-params": ${params}`].join('\n')
  return {
    'signature-input': `sig1=${params}`,
    signature: `sig1=:${hmacOf(base, Buffer.from(secret, 'base64')).toString('base64')}:`,
  }
}

const refused = (reason: string): AuthVerdict => ({ kind: 'refused', status: 401, reason })

const parseSignature = (input: string | undefined, signature: string | undefined): ParsedSignature | null => {
  const list = SIGNATURE_INPUT.exec(input?.trim() ?? '')
  const value = SIGNATURE.exec(signature?.trim() ?? '')
  if (list === null || value === null || list[1] !== value[1]) return null
  const components = list[2]!.split(/ +/).map((quoted) => quoted.slice(1, -1))
  const written = [...list[3]!.matchAll(PARAMETER)].map(([, name, token]) => [name!, token!] as const)
  const parameters = new Map(written)
  const isKnown = written.every(([name]) => PARAMETER_NAMES.includes(name))
  if (!isKnown || parameters.size !== written.length || new Set(components).size !== components.length)
    return null
  const tokens = written.map(([name, token]) => `;${name}=${token}`).join('')
  return {
    components,
    parameters,
    signedParams: `(${components.map((name) => `"${name}"`).join(' ')})${tokens}`,
    hmac: Buffer.from(value[2]!, 'base64'),
  }
}

/** A parameter that must be a string, without its quotes. */
const text = (parameters: ReadonlyMap<string, string>, name: string): string | undefined => {
  const token = parameters.get(name)
  return token?.startsWith('"') ? token.slice(1, -1) : undefined
}

const isTimely = (parameters: ReadonlyMap<string, string>, nowS: number): boolean => {
  const created = Number(parameters.get('created') ?? Number.NaN)
  const expires = Number(parameters.get('expires') ?? Number.POSITIVE_INFINITY)
  return created <= nowS + SKEW_S && nowS - created <= AGE_S_MAX && nowS <= expires + SKEW_S
}

const componentValue = (
  name: string,
  target: string,
  headers: Readonly<Record<string, string>>,
): string | undefined => {
  if (name === '@request-target') return target
  if (name === '@authority') return headers['host'] && authorityOf(headers['host'])
  return name.startsWith('@') || !Object.hasOwn(headers, name) ? undefined : headers[name]?.trim()
}

/** Clients leave a default port out of what they sign; a load balancer may have put it back. */
const authorityOf = (host: string): string =>
  host
    .trim()
    .toLowerCase()
    .replace(/:(?:443|80)$/, '')

const line = (name: string, value: string | undefined): string | null =>
  value ? `"${name}": ${value}` : null

/** An unknown key is answered after the same work as a known one: with a secret that nobody has. */
const secretsOf = (keyId: string, keys: readonly Credentials[], context: AuthContext): Uint8Array[] => {
  const secrets = keys.filter(({ apiKey }) => equalSecrets(apiKey, keyId))
  if (secrets.length === 0) return [context.randomBytes(32)]
  return secrets.map(({ secret }) => Buffer.from(secret, 'base64'))
}

const matchesAny = (hmac: Buffer, base: string, secrets: readonly Uint8Array[]): boolean =>
  secrets.filter((secret) => timingSafeEqual(hmac, hmacOf(base, secret))).length > 0

const hmacOf = (base: string, secret: Uint8Array): Buffer =>
  createHmac('sha256', secret).update(base, 'utf8').digest()
