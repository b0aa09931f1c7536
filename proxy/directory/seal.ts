/**
 * What leaves the host is sealed: names are keyed hashes, so that nobody reads a call id, a metadata value or a tenant out of
 * a subject or a key; payloads are encrypted and bound to their place, so that nobody who merely reaches the message bus can
 * read an actor, make a start, or end one.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** AES-256-GCM with a random nonce: NIST SP 800-38D, section 8.2.2, bounds one key to 2^32 payloads, some years of 30 a second. */
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** 128 bits of a name: two of 10^9 calls meet with a probability of 10^-21. */
const NAME_BYTES = 16

export class Seal {
  readonly #nameKey: Buffer
  readonly #payloadKey: Buffer

  /** @param secret shared by all processes of the fleet, 32 characters or more */
  constructor(secret: string) {
    const derive = (purpose: string): Buffer =>
      Buffer.from(hkdfSync('sha256', secret, 'hushfork directory', purpose, 32))
    this.#nameKey = derive('names')
    this.#payloadKey = derive('payloads')
  }

  /** The same for the same words everywhere in the fleet; fit for a subject. Words are told apart, however they are cut. */
  name(...words: readonly string[]): string {
    const mac = createHmac('sha256', this.#nameKey).update(JSON.stringify(words)).digest()
    return mac.subarray(0, NAME_BYTES).toString('hex')
  }

  /** @param place where it will lie: the same payload opens nowhere else */
  close(value: unknown, place: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#payloadKey, nonce).setAAD(Buffer.from(place))
    const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), body])
  }

  /** What was closed at this place; undefined for everything else. */
  open(sealed: Uint8Array, place: string): unknown {
    if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    try {
      const decipher = createDecipheriv(CIPHER, this.#payloadKey, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      const body = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
      return JSON.parse(body.toString('utf8')) as unknown
    } catch {
      return undefined
    }
  }
}
