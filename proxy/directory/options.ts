import { z } from 'zod'
import { natsKeys } from '../nats/options.js'

/** What a bucket, and a subject, may be called. */
const PREFIX_PATTERN = /^[A-Za-z][\w-]{0,31}$/

const natsSchema = z.strictObject({
  ...natsKeys,
  /** What all processes of the fleet share: names are hashed and messages sealed with it. From the environment or a file. */
  secret: z
    .string()
    .regex(/^[\x21-\x7e]{32,256}$/, 'must be 32 to 256 printable ASCII characters without spaces'),
  /** Fleets that share a NATS cluster have one each. */
  bucketPrefix: z
    .string()
    .regex(PREFIX_PATTERN, 'must be a letter, then letters, digits, "-" and "_", 32 characters at most')
    .default('hushfork'),
})

/** How processes find each other's calls. */
export const directorySchema = z.strictObject({
  /** Left out: this process is alone. */
  nats: natsSchema.optional(),
})

export type NatsOptions = z.infer<typeof natsSchema>
