/**
 * The configuration file, key by key. Each room brings its own options: policies, detectors and dialects are composed
 * here and described where they are. docs/config.md lists every key, and a test holds it to this.
 */
import { z } from 'zod'
import { RedactError } from '../base/errors.js'
import { CALLS_MAX } from '../base/limits.js'
import { logLevels } from '../base/log-levels.js'
import type { Dialect } from '../dialects/dialect.js'
import { type DialectName, dialects } from '../dialects/index.js'
import { schemesOf, type Transport, transportOf } from '../dialects/transport.js'
import { directorySchema } from '../directory/options.js'
import { ledgerSchema } from '../ledger/options.js'
import { policySchema } from '../policy/options.js'
import { accessShape } from './access-schema.js'
import { hostOf, isLoopback } from './loopback.js'
import { fileSchema, nameSchema } from './names.js'

/** Forks in one configuration: as many as the metrics tell tenants apart. */
const FORKS_MAX = 256

/** Longest wait for live calls at the end, seconds: one working day. */
const DRAIN_SECONDS_MAX = 86_400

/** Longest time for which a lost recorder is redialled, seconds. Its queue holds a minute of audio; beyond that there are gaps. */
const REDIAL_SECONDS_MAX = 3600

/** Processes of one host: more cores than any that carries calls. */
const PROCESSES_MAX = 128

/** Name of the policy that is built in. */
export const SAFE_POLICY = 'safe'

const hostSchema = z
  .string()
  .regex(/^[\w.:%-]{1,253}$/, 'must be a host name or an IP address without brackets')

/** Networks of one fork's PBXs; a provider publishes a dozen or two. */
const NETWORKS_MAX = 64

const networkSchema = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'must be an IP address, or a network such as 10.0.0.0/8',
})

/** 0 takes any free port. */
const portSchema = z.number().int().min(0).max(65_535)

const listenSchema = z.strictObject({
  /** Address for forks. Default: this machine alone. */
  host: hostSchema.default('127.0.0.1'),
  /** For forks on WebSocket; not opened where there are none. */
  port: portSchema.default(8080),
  /** Certificate chain and key, PEM, for every fork. Left out: no TLS, for loopback or behind something that ends it. */
  tls: z.strictObject({ certFile: fileSchema, keyFile: fileSchema }).optional(),
  /** Who reads forks on WebSocket: Node's sockets and frames of our own, or uWebSockets.js where it can be had. */
  engine: z.enum(['node', 'uws']).default('node'),
  /** How long each call's audio is left unread, ms, taken out of the hold-back; 0: it is read whenever something comes. */
  pauseMs: z.number().int().min(0).max(1000).default(500),
})

/** Metrics, health and the API. */
export const adminSchema = z.strictObject({
  /** Address for metrics, health and the signal API. */
  host: hostSchema.default('127.0.0.1'),
  port: portSchema.default(9464),
  /** The API over gRPC as well, at the same host, with the same `tls`, keys and certificates. Left out: it is not there. */
  grpc: z.strictObject({ port: portSchema }).optional(),
  ...accessShape,
})

/** RFC 3986, section 3.3. */
const pathSchema = z
  .string()
  .max(256)
  .regex(/^\/[\w.~!$&'()*+,;=:@%/-]*$/, 'must begin with "/" and have neither "?", "#" nor spaces')

/** Query parameters of these names carry secrets, which end up in the access logs of whatever is on the way. */
const secretParameter = /token|key|secret|sig|pass|pwd|auth|cred|jwt/i

const recorderUrlSchemaOf = (kind: Transport['kind']) =>
  z
    .string()
    .max(2048)
    .superRefine((text, context) => {
      const message = recorderUrlFault(text, kind)
      if (message !== null) context.addIssue({ code: 'custom', message })
    })

const recorderUrlFault = (text: string, kind: Transport['kind']): string | null => {
  const url = URL.canParse(text) ? new URL(text) : null
  const schemes: readonly string[] = schemesOf[kind]
  if (url === null || !schemes.includes(url.protocol) || url.hostname === '')
    return `must be a ${schemes.map((scheme) => `${scheme}//`).join(' or ')} URL`
  if (url.username !== '' || url.password !== '')
    return 'must have no user or password: write them under `auth`'
  if (kind !== 'websocket') return bareUrlFault(url)
  if (url.hash !== '') return 'must have no fragment (RFC 6455, section 3)'
  if ([...url.searchParams.keys()].some((name) => secretParameter.test(name)))
    return 'must have no secret in its query: write it under `auth`'
  return null
}

const leakCheckSchema = z.strictObject({
  /** In every how manieth call what was sent is listened to again; 0: in none. 1 costs a tenth of what masking costs. */
  everyNthCall: z.number().int().min(0).max(1000).default(10),
  /** Whether texts that were sent are looked through for card numbers, in every call. */
  text: z.boolean().default(true),
})

export type LeakCheckOptions = z.infer<typeof leakCheckSchema>

/** Nothing but WebSocket has a place for more than a host and a port. */
const bareUrlFault = ({ port, pathname, search, hash }: URL): string | null => {
  if (port === '') return 'must name a port'
  return pathname.length > 1 || search !== '' || hash !== ''
    ? 'must have neither path, query nor fragment: a host and a port are all there is'
    : null
}

/** A dialect's `{ auth, recorderAuth, options }`, each with its defaults. `auth: none` means the same in all. */
const membersOf = ({ name, schema }: Dialect) => {
  const members = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {}
  const { auth, recorderAuth, options } = members
  if (auth === undefined || recorderAuth === undefined || options === undefined)
    throw new RedactError('REDACT_ERR_INVARIANT', `the schema of dialect ${name} lacks a member`)
  return { auth, recorderAuth, options }
}

/** Path of the WebSocket URL that the PBX connects to; each fork has its own. */
const pathPlace = { path: pathSchema }

/** Where forks of every other transport listen, each on a port of its own. `host` left out: `listen.host`. */
const portPlace = { port: portSchema, host: hostSchema.optional() }

/** How long a lost recorder is redialled, seconds; 0: not at all. Dialects that cannot resume a call never do. */
const redialSchema = z.number().int().min(0).max(REDIAL_SECONDS_MAX).default(60)

/** Recorders of another dialect than the fork's, one way to write it per dialect that has recorders for others. */
const bridgeSchemas = Object.entries<Dialect>(dialects).flatMap(([name, dialect]) => {
  const { recording } = dialect
  if (recording === undefined) return []
  return z.strictObject({
    url: recorderUrlSchemaOf(transportOf(dialect).kind),
    /** The recorder's dialect: the call is told anew in it, its audio and nothing else. */
    dialect: z.literal(name),
    /** How its audio is written. */
    codec: z.enum(recording.codecs as [string, ...string[]]).default(recording.codecs[0]!),
    auth: membersOf(dialect).recorderAuth,
    redialSeconds: redialSchema,
  })
})

/** Positions of a call are nobody else's business, and a forged request would erase evidence. */
const erasureUrlFault = (text: string): string | null => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback(hostOf(url))))
    return 'must be an https:// URL, or http:// to this machine'
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    return 'must have no user, password or fragment: requests are signed with `key`'
  return null
}

const erasureSchema = z.strictObject({
  url: z
    .string()
    .max(2048)
    .superRefine((text, context) => {
      const message = erasureUrlFault(text)
      if (message !== null) context.addIssue({ code: 'custom', message })
    }),
  /** Signs each request (HMAC-SHA-256); 128 bits at least, in whatever spelling. */
  key: z.string().min(16).max(256),
})

const forkSchemaOf = (name: string, dialect: Dialect) => {
  const { auth, recorderAuth, options } = membersOf(dialect)
  const { kind } = transportOf(dialect)
  return z.strictObject({
    ...(kind === 'websocket' ? pathPlace : portPlace),
    dialect: z.literal(name),
    /** `embedded` writes WAV files under `recordings.directory`. */
    recorder: z
      .union([
        z.literal('embedded'),
        z.strictObject({
          url: recorderUrlSchemaOf(kind),
          /** What the recorder is shown: see the dialect. */
          auth: recorderAuth,
          redialSeconds: redialSchema,
        }),
        ...bridgeSchemas,
      ])
      .default('embedded'),
    /** Name of a policy: one of `policies`, or `safe`. */
    policy: nameSchema.default(SAFE_POLICY),
    /** Whose calls these are, for the metrics. */
    tenant: nameSchema.default('default'),
    /** How the PBX proves who it is: see the dialect. Must be said, `none` as well, unless the fork's host is loopback. */
    auth,
    options,
    /** Where the recorder is asked to erase what had left before it was known to be sensitive. */
    erasure: erasureSchema.optional(),
    /** Addresses and networks from which the fork is taken; left out: from wherever its host can be reached. */
    allowFrom: z.array(networkSchema).min(1).max(NETWORKS_MAX).optional(),
  })
}

/** What a fork of any dialect parses to; `auth` and `options` are the dialect's own. */
export interface ParsedFork {
  /** Of a dialect on WebSocket; always there then. */
  readonly path?: string
  /** Of any other; always there then. */
  readonly port?: number
  readonly host?: string
  readonly dialect: DialectName
  readonly recorder:
    | 'embedded'
    | {
        readonly url: string
        readonly auth?: unknown
        readonly redialSeconds: number
        /** Of another dialect; `codec` is there then as well. */
        readonly dialect?: DialectName
        readonly codec?: string
      }
  readonly policy: string
  readonly tenant: string
  readonly auth?: unknown
  readonly options?: unknown
  readonly erasure?: { readonly url: string; readonly key: string }
  readonly allowFrom?: readonly string[]
}

const [firstFork, ...otherForks] = Object.entries(dialects).map(([name, dialect]) =>
  forkSchemaOf(name, dialect),
)

/** Discriminated at run time by the registry's names, of which the compiler knows only the union. */
const forkSchema = z.discriminatedUnion('dialect', [firstFork!, ...otherForks]) as unknown as z.ZodType<
  ParsedFork,
  { readonly path?: string; readonly port?: number; readonly dialect: string }
>

/** What is forked where nothing is said: every dialect on WebSocket, at `/fork/NAME`. No port is opened that nobody asked for. */
const everyWebSocketDialect = Object.entries<Dialect>(dialects)
  .filter(([, dialect]) => transportOf(dialect).kind === 'websocket')
  .map(([dialect]) => ({ path: `/fork/${dialect}`, dialect }))

export const configSchema = z.strictObject({
  listen: listenSchema.prefault({}),
  admin: adminSchema.prefault({}),
  forks: z.array(forkSchema).min(1).max(FORKS_MAX).prefault(everyWebSocketDialect),
  /** Policies by name, beside `safe`, which is built in. */
  policies: z.record(nameSchema, policySchema).default({}),
  recordings: z
    .strictObject({
      /** Where the embedded recorder writes, made when it is not there. Relative paths are below the working directory. */
      directory: fileSchema.default('./recordings'),
    })
    .prefault({}),
  ledger: ledgerSchema.prefault({}),
  leakCheck: leakCheckSchema.prefault({}),
  directory: directorySchema.prefault({}),
  /** Processes that carry calls, behind the same ports; `auto`: one per core that this host gives us. */
  processes: z.union([z.literal('auto'), z.number().int().min(1).max(PROCESSES_MAX)]).default(1),
  /** Whether each of several processes stays on a core of its own. */
  pinProcesses: z.boolean().default(false),
  /**
   * Threads of the spotter built in, of all processes together, each of which has one at least; `auto`: one fewer than this host
   * gives us cores. Started with the process where a fork's policy has it listen.
   */
  speechThreads: z.union([z.literal('auto'), z.number().int().min(1).max(PROCESSES_MAX)]).default('auto'),
  limits: z
    .strictObject({
      /** Calls at once in one process; more are answered 503 before any recorder is dialled. */
      calls: z.number().int().min(1).max(CALLS_MAX).default(CALLS_MAX),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(logLevels).default('info') }).prefault({}),
  /** After SIGTERM: how long live calls may go on, seconds. New ones are refused. */
  drainSeconds: z.number().int().min(0).max(DRAIN_SECONDS_MAX).default(300),
})

/** The file as JSON Schema (draft 2020-12), for editors: what may be written, references to secrets included. */
export const configJsonSchema = (): Readonly<Record<string, unknown>> => {
  const { $schema, $defs, ...schema } = z.toJSONSchema(configSchema, { io: 'input' })
  return {
    $schema,
    title: 'hushfork configuration',
    ...(withReferences(schema) as object),
    $defs: { ...$defs, reference: referenceSchema },
  }
}

const referenceSchema = {
  oneOf: ['env', 'file'].map((kind) => ({
    type: 'object',
    properties: { [kind]: { type: 'string' } },
    required: [kind],
    additionalProperties: false,
  })),
}

/** Wherever free text may stand, a reference may. Choices of words stay choices. */
const withReferences = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(withReferences)
  if (typeof node !== 'object' || node === null) return node
  if ('propertyNames' in node) {
    const { propertyNames, ...rest } = node
    return { propertyNames, ...(withReferences(rest) as object) }
  }
  if ('type' in node && node.type === 'string' && !('enum' in node) && !('const' in node)) {
    const { default: fallback, ...text } = node as { default?: unknown }
    const choice = { anyOf: [text, { $ref: '#/$defs/reference' }] }
    return fallback === undefined ? choice : { ...choice, default: fallback }
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withReferences(value)]))
}
