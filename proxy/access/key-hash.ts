/**
 * API keys at rest. A key is 256 random bits, which nobody guesses, so one SHA-256 hides it as well as a slow hash would;
 * bcrypt or argon2 protect what people make up, and would cost every heartbeat of every payment page a hundred
 * milliseconds of the core that judges audio. `hushfork keys hash` refuses keys that are too short to be random.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Random bytes of a key that `hushfork keys create` makes. */
export const KEY_BYTES = 32

/** Fewest characters that `hushfork keys hash` takes: 128 bits in hexadecimal. */
export const HASHED_KEY_LENGTH_MIN = 32

/** How a hash is written in the configuration: `sha256:` and 64 hexadecimal digits. */
export const KEY_HASH_PATTERN = /^sha256:[0-9a-f]{64}$/

/** A key that scanners for leaked secrets can know by its beginning. */
export const keyOf = (random: Uint8Array): string => `hf_${Buffer.from(random).toString('base64url')}`

export const hashOf = (key: string): string =>
  `sha256:${createHash('sha256').update(key, 'utf8').digest('hex')}`

/** Whether two hashes are equal, in a time that does not tell where they differ. */
export const equalHashes = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
