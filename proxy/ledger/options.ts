import { z } from 'zod'
import { natsKeys } from '../nats/options.js'

/** When written entries are synced to disk: after every group, once a second, or when the system does. */
const fsyncPolicies = ['each', 'interval', 'never'] as const

/** What becomes of new calls while the ledger cannot be written: they are taken all the same, or refused. */
const unwritablePolicies = ['alarm', 'refuse-calls'] as const

const path = z.string().min(1).max(4096)

/** Smallest and largest size of a file: a thousand entries of a thousand bytes, and what an editor still opens. */
const ROTATE_BYTES_MIN = 1 << 20
const ROTATE_BYTES_MAX = 1 << 30

/** What a stream may be called, and a subject: NATS keeps dots, spaces and wildcards for itself. */
const NAME_PATTERN = /^[A-Za-z][\w-]{0,31}$/
const SUBJECT_PATTERN = /^[A-Za-z][\w-]*(\.[\w-]+){0,7}$/

const copySchema = z.strictObject({
  ...natsKeys,
  /** The stream that takes the copy, made when it is not there. */
  stream: z
    .string()
    .regex(NAME_PATTERN, 'must be a letter, then letters, digits, "-" and "_", 32 characters at most')
    .default('hushfork_ledger'),
  /** First part of the subject; the ledger's own id follows. */
  subject: z
    .string()
    .max(128)
    .regex(SUBJECT_PATTERN, 'must be a subject of NATS without wildcards')
    .default('hushfork.ledger'),
})

export const ledgerSchema = z.strictObject({
  /** Privileged when false: nobody can tell afterwards what was silenced, when and why. */
  enabled: z.boolean().default(true),
  /** Where it is written, made when it is not there. One process writes one ledger. */
  directory: path.default('./ledger'),
  fsync: z.enum(fsyncPolicies).default('interval'),
  /** A file of this size is followed by another, bytes. */
  rotateBytes: z
    .number()
    .int()
    .min(ROTATE_BYTES_MIN)
    .max(ROTATE_BYTES_MAX)
    .default(64 << 20),
  /** So is one of an earlier day (UTC), so that retention can delete by day. */
  rotateDaily: z.boolean().default(true),
  /** Ed25519 private key, PKCS #8, PEM; null: `signing-key.pem` in the folder, made at the first start. */
  signingKeyFile: path.nullable().default(null),
  /** Longest time between two signed checkpoints while there is something to sign, seconds. */
  checkpointSeconds: z.number().int().min(1).max(3600).default(60),
  onUnwritable: z.enum(unwritablePolicies).default('alarm'),
  /** A copy of every entry in NATS JetStream, elsewhere. Left out: none. */
  copy: copySchema.optional(),
})

export type CopyOptions = z.infer<typeof copySchema>

export type LedgerOptions = z.infer<typeof ledgerSchema>
