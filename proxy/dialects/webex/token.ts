/**
 * The token that Webex shows in every call: a JSON Web Token (RFC 7519) signed with RS256 by its identity broker, bound to
 * one data source. Verified with keys that the configuration has: nothing is fetched because of a stranger's token.
 */
import { createPublicKey, verify } from 'node:crypto'
import { z } from 'zod'

/** Characters of a token; those of Webex have about 1,200. */
const TOKEN_CHARS_MAX = 16_384
/** How far two clocks may differ, s. */
const SKEW_S = 60

/** Webex' identity brokers in production, as its sample code lists them. */
export const webexIssuers = [
  'https://idbroker.webex.com/idb',
  'https://idbroker-eu.webex.com/idb',
  'https://idbroker-b-us.webex.com/idb',
  'https://idbroker-ca.webex.com/idb',
] as const

const keySetSchema = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string(), kid: z.string().optional() }))
    .min(1)
    .max(64),
})

/** A JSON Web Key Set (RFC 7517) as text, with RSA keys in it. */
export const isKeySet = (text: string): boolean =>
  (keySetOf(text) ?? []).some((key) => key.kty === 'RSA' && publicKeyOf(key) !== null)

type Jwk = z.infer<typeof keySetSchema>['keys'][number]

const keySetOf = (text: string): readonly Jwk[] | null =>
  keySetSchema.safeParse(jsonOf(text)).data?.keys ?? null

const publicKeyOf = (key: Jwk) => {
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch {
    return null
  }
}

const headerSchema = z.object({
  alg: z.literal('RS256'),
  kid: z.string().optional(),
  crit: z.never().optional(),
})

const claimsSchema = z.object({
  iss: z.string(),
  exp: z.number(),
  nbf: z.number().optional(),
  sub: z.string().min(1),
  jti: z.string().min(1),
  aud: z.union([z.string().min(1), z.array(z.string()).min(1)]),
  'com.cisco.datasource.url': z.string(),
  'com.cisco.datasource.schema.uuid': z.string(),
})

/** What a token must say. */
export interface TokenExpectation {
  /** A JSON Web Key Set as text. */
  readonly keys: string
  readonly issuers: readonly string[]
  /** The address under which the data source was registered. */
  readonly dataSourceUrl: string
  readonly schemaId: string
}

/** Whether a token, behind `Bearer ` or not, was signed by one of the keys, for this data source, and is valid now. */
export const isValidToken = (header: string, expected: TokenExpectation, epochMs: number): boolean => {
  const token = header.replace(/^Bearer /i, '')
  const [head, body, signature, ...more] = token.length > TOKEN_CHARS_MAX ? [] : token.split('.')
  if (head === undefined || body === undefined || signature === undefined || more.length > 0) return false
  const { data: protectedHeader } = headerSchema.safeParse(jsonOf(decoded(head)))
  const { data: claims } = claimsSchema.safeParse(jsonOf(decoded(body)))
  if (protectedHeader === undefined || claims === undefined) return false
  const seconds = epochMs / 1000
  const isMeant =
    expected.issuers.includes(claims.iss) &&
    claims['com.cisco.datasource.url'] === expected.dataSourceUrl &&
    claims['com.cisco.datasource.schema.uuid'] === expected.schemaId &&
    seconds < claims.exp + SKEW_S &&
    seconds >= (claims.nbf ?? 0) - SKEW_S
  return isMeant && isSigned(`${head}.${body}`, signature, keysNamed(expected.keys, protectedHeader.kid))
}

const keysNamed = (text: string, kid: string | undefined): readonly Jwk[] =>
  (keySetOf(text) ?? []).filter((key) => key.kty === 'RSA' && (kid === undefined || key.kid === kid))

const isSigned = (signed: string, signature: string, keys: readonly Jwk[]): boolean =>
  keys.some((jwk) => {
    const key = publicKeyOf(jwk)
    return key !== null && verify('RSA-SHA256', Buffer.from(signed), key, Buffer.from(signature, 'base64url'))
  })

const decoded = (part: string): string => Buffer.from(part, 'base64url').toString('utf8')

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
