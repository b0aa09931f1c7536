/**
 * Base64 (RFC 4648 section 4) straight between a message's bytes and a payload's, without a string between: what is
 * overwritten here is gone, while a string would stay in memory until it is collected.
 */
const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const PAD = 0x3d
const INVALID = 0x40

const sextets = new Uint8Array(256).fill(INVALID)
for (const [sextet, char] of alphabet.entries()) sextets[char] = sextet

/** Characters that `byteCount` bytes need, padding included. */
export const base64Length = (byteCount: number): number => 4 * Math.ceil(byteCount / 3)

/**
 * The bytes that source[start..end) encodes, in memory of their own; null unless it is padded base64 of the standard
 * alphabet and nothing else. Hot.
 */
export function decodeBase64(source: Uint8Array, start: number, end: number): Uint8Array | null {
  const length = end - start
  if (length % 4 !== 0) return null
  const padding = length === 0 || source[end - 1] !== PAD ? 0 : source[end - 2] !== PAD ? 1 : 2
  const byteCount = (length / 4) * 3 - padding
  const bytes = Buffer.allocUnsafe(byteCount)
  const wholeEnd = padding === 0 ? end : end - 4
  let seen = 0
  let to = 0
  for (let at = start; at < wholeEnd; at += 4) {
    const a = sextets[source[at]!]!
    const b = sextets[source[at + 1]!]!
    const c = sextets[source[at + 2]!]!
    const d = sextets[source[at + 3]!]!
    seen |= a | b | c | d
    bytes[to++] = (a << 2) | (b >> 4)
    bytes[to++] = (b << 4) | (c >> 2)
    bytes[to++] = (c << 6) | d
  }
  if (padding > 0) {
    const a = sextets[source[wholeEnd]!]!
    const b = sextets[source[wholeEnd + 1]!]!
    const c = padding === 1 ? sextets[source[wholeEnd + 2]!]! : 0
    seen |= a | b | c
    bytes[to++] = (a << 2) | (b >> 4)
    if (padding === 1) bytes[to++] = (b << 4) | (c >> 2)
  }
  return (seen & INVALID) === 0 ? bytes : null
}

/** Writes `bytes` as padded base64 into target[start..start + base64Length(bytes.length)). Hot. */
export function encodeBase64Into(bytes: Uint8Array, target: Uint8Array, start: number): void {
  let to = start
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const a = bytes[at]!
    const b = left > 1 ? bytes[at + 1]! : 0
    const c = left > 2 ? bytes[at + 2]! : 0
    target[to++] = alphabet[a >> 2]!
    target[to++] = alphabet[((a & 0x03) << 4) | (b >> 4)]!
    target[to++] = left > 1 ? alphabet[((b & 0x0f) << 2) | (c >> 6)]! : PAD
    target[to++] = left > 2 ? alphabet[c & 0x3f]! : PAD
  }
}
