import { z } from 'zod'

const path = z.string().min(1).max(4096)

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

/** How a NATS cluster is reached: the keys that everything which speaks to one has. */
export const natsKeys = {
  /** Servers of one NATS cluster, with JetStream; any of them is enough. */
  servers: z.array(serverSchema).min(1).max(SERVERS_MAX),
  /** A `.creds` file of NATS. */
  credentialsFile: path.optional(),
  /** In its place: a user and a password. */
  user: z.string().min(1).max(256).optional(),
  password: z.string().min(1).max(256).optional(),
  /** Whose certificates are believed, and what is shown where the servers ask for one. */
  tls: z
    .strictObject({ caFile: path.optional(), certFile: path.optional(), keyFile: path.optional() })
    .optional(),
  /** Copies of what is kept there, on as many servers: 3 in a cluster of three. */
  replicas: z.number().int().min(1).max(5).default(1),
}

const natsSchema = z.strictObject(natsKeys)

export type NatsKeys = z.infer<typeof natsSchema>
