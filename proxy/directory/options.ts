import { z } from 'zod'

const path = z.string().min(1).max(4096)

/** What a bucket, and a subject, may be called. */
const PREFIX_PATTERN = /^[A-Za-z][\w-]{0,31}$/

/** Three servers make a cluster, and each site of a few has one. */
const SERVERS_MAX = 16

/** `nats://host:port` or `tls://host:port`. */
const serverSchema = z
  .string()
  .max(512)
  .regex(
    /^(nats|tls):\/\/[\w.:[\]%-]+$/,
    'must be nats://HOST:PORT or tls://HOST:PORT, without credentials: write them beside it',
  )

const natsSchema = z.strictObject({
  /** Servers of one NATS cluster, with JetStream; any of them is enough. */
  servers: z.array(serverSchema).min(1).max(SERVERS_MAX),
  /** What all processes of the fleet share: names are hashed and messages sealed with it. From the environment or a file. */
  secret: z
    .string()
    .regex(/^[\x21-\x7e]{32,256}$/, 'must be 32 to 256 printable ASCII characters without spaces'),
  /** A `.creds` file of NATS. */
  credentialsFile: path.optional(),
  /** In its place: a user and a password. */
  user: z.string().min(1).max(256).optional(),
  password: z.string().min(1).max(256).optional(),
  /** Whose certificates are believed, and what is shown where the servers ask for one. */
  tls: z
    .strictObject({ caFile: path.optional(), certFile: path.optional(), keyFile: path.optional() })
    .optional(),
  /** Fleets that share a NATS cluster have one each. */
  bucketPrefix: z
    .string()
    .regex(PREFIX_PATTERN, 'must be a letter, then letters, digits, "-" and "_", 32 characters at most')
    .default('hushfork'),
  /** Copies of the buckets, on as many servers: 3 in a cluster of three. */
  replicas: z.number().int().min(1).max(5).default(1),
})

/** How processes find each other's calls. */
export const directorySchema = z.strictObject({
  /** Left out: this process is alone. */
  nats: natsSchema.optional(),
})

export type NatsOptions = z.infer<typeof natsSchema>
