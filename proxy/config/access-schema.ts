/** Who may use the administration port: keys, tokens, client certificates, webhooks. docs/access.md tells it as a whole. */
import { z } from 'zod'
import { CERTIFICATE_NAME_PATTERN } from '../access/certificate.js'
import { JSON_POINTER_PATTERN } from '../access/json-pointer.js'
import { KEY_HASH_PATTERN } from '../access/key-hash.js'
import { defaultScopes, scopes, tokenScopes } from '../access/scopes.js'
import { MINT_KEY_BYTES_MIN } from '../access/token.js'
import { webhookSchemes } from '../access/webhook-signature.js'
import { spanKinds } from '../policy/signal.js'
import { fileSchema, nameSchema } from './names.js'

/** Of each kind: payment pages, desktops and their successors during a change of keys. */
const CLIENTS_MAX = 64

/** Pages' origins, one for each brand's shop and its staging twin. */
const ORIGINS_MAX = 64

/** Longest time that a delivery may be old, seconds: providers say five minutes. */
const WINDOW_SECONDS_MAX = 3600

/** `*`, or names. Must be written where the forks serve several tenants: see relations.ts. */
const tenantsSchema = z.union([z.literal('*'), z.array(nameSchema).min(1).max(256)]).default('*')

const secretSchema = z
  .string()
  .regex(/^[\x21-\x7e]{16,256}$/, 'must be 16 to 256 printable ASCII characters without spaces')

const apiKeySchema = z
  .strictObject({
    /** For the log and the ledger; unique among all clients. */
    name: nameSchema,
    /** The key itself, from the environment or a file. 16 characters at least: anyone who may ask can try a shorter one. */
    key: secretSchema.optional(),
    /** In its place: what `hushfork keys create` prints. */
    hash: z.string().regex(KEY_HASH_PATTERN, 'must be what `hushfork keys hash` prints').optional(),
    scopes: z
      .array(z.enum(scopes))
      .max(scopes.length)
      .default([...defaultScopes]),
    tenants: tenantsSchema,
  })
  .refine(({ key, hash }) => (key === undefined) !== (hash === undefined), {
    path: ['key'],
    message: 'must be written, or `hash` in its place, and not both',
  })

const mintKeySchema = z.strictObject({
  /** What tokens name in their header (`kid`). */
  name: nameSchema,
  /** Shared with the back end that mints; HS256 asks for 32 bytes (RFC 7518, section 3.2). */
  secret: z
    .string()
    .regex(
      new RegExp(`^[\\x21-\\x7e]{${MINT_KEY_BYTES_MIN},256}$`),
      `must be ${MINT_KEY_BYTES_MIN} to 256 printable ASCII characters without spaces`,
    ),
  /** The most that its tokens may do. */
  scopes: z.array(z.enum(tokenScopes)).max(tokenScopes.length).default(['signal:payment']),
  tenants: tenantsSchema,
})

const certificateSchema = z.strictObject({
  name: nameSchema,
  /** A name in the certificate: `DNS:desk.example`, `URI:spiffe://acme/desk`, `email:…`, `CN:…`. */
  subject: z
    .string()
    .regex(
      CERTIFICATE_NAME_PATTERN,
      'must be DNS:, URI:, email: or CN: and a name, as the certificate has it',
    ),
  scopes: z
    .array(z.enum(scopes))
    .max(scopes.length)
    .default([...defaultScopes]),
  tenants: tenantsSchema,
})

const pointerSchema = z
  .string()
  .max(256)
  .regex(JSON_POINTER_PATTERN, 'must be a JSON pointer (RFC 6901), such as /data/object/id')

const headerSchema = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be the name of a header, in lower case')

const wordsSchema = z.array(z.string().min(1).max(200)).min(1).max(32)

const webhookSchema = z.strictObject({
  /** The last part of its path, `/v1/webhooks/NAME`. */
  name: nameSchema,
  scheme: z.enum(webhookSchemes),
  /** Any of them may sign: two while one replaces the other. */
  secrets: z.array(secretSchema).min(1).max(4),
  /** How far the time of a delivery may be from ours, either way. */
  windowSeconds: z.number().int().min(10).max(WINDOW_SECONDS_MAX).default(300),
  /** For `timestamped`: where the provider writes them. */
  headers: z
    .strictObject({
      signature: headerSchema.default('x-signature'),
      timestamp: headerSchema.default('x-timestamp'),
    })
    .prefault({}),
  /** What its messages signal. */
  signal: z.enum(spanKinds).default('payment'),
  /** Where a message names its call: by id, or by metadata of the call's start that the policy lists. */
  call: z.union([
    z.strictObject({ callId: pointerSchema }),
    z.strictObject({ key: z.string().min(1).max(64), value: pointerSchema }),
  ]),
  /** Where it names its payment, alike in its start and its end. */
  signalId: pointerSchema,
  /** Where it says what has happened, and the words for a start and an end. Every other is ignored. */
  state: pointerSchema,
  started: wordsSchema,
  ended: wordsSchema,
  tenants: tenantsSchema,
})

/** RFC 6454, section 6.1: what a browser sends as `Origin`. */
const originSchema = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  message: 'must be an origin as browsers send it, such as https://pay.example',
})

/** Keys of `admin` beside its address. */
export const accessShape = {
  /** For https, and for client certificates where `clientCaFile` says who signs them. */
  tls: z
    .strictObject({ certFile: fileSchema, keyFile: fileSchema, clientCaFile: fileSchema.optional() })
    .optional(),
  /** Who may use the API, with `Authorization: Bearer KEY`. Without keys and certificates it answers on loopback only. */
  apiKeys: z.array(apiKeySchema).max(CLIENTS_MAX).default([]),
  mintKeys: z.array(mintKeySchema).max(CLIENTS_MAX).default([]),
  certificates: z.array(certificateSchema).max(CLIENTS_MAX).default([]),
  webhooks: z.array(webhookSchema).max(CLIENTS_MAX).default([]),
  /** Pages that may read the answers to their payment script. */
  origins: z.array(originSchema).max(ORIGINS_MAX).default([]),
} as const
