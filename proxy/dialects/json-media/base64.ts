/**
 * Base64 (RFC 4648 section 4) straight between a message's bytes and a payload's, without a string between: what is
 * overwritten here is gone, while a string would stay in memory until it is collected.
 */
const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const PAD = 0x3d

/** Set in what stands for a character that is none of the alphabet; above the 24 bits of four that are. */
const INVALID = 1 << 24

/** The bits of each character, by its place among the four that make three bytes: one look and no shift. */
const sextets = [18, 12, 6, 0].map((shift) => {
  const bits = new Int32Array(256).fill(INVALID)
  for (const [sextet, char] of alphabet.entries()) bits[char] = sextet << shift
  return bits
})
const [firsts, seconds, thirds, fourths] = sextets as [Int32Array, Int32Array, Int32Array, Int32Array]

/** Characters that `byteCount` bytes need, padding included. */
export const base64Length = (byteCount: number): number => 4 * Math.ceil(byteCount / 3)

/** Bytes that source[start..end) encodes, if it is padded base64; -1 when nothing of that length is. */
export const base64Bytes = (source: Uint8Array, start: number, end: number): number => {
  const length = end - start
  if (length % 4 !== 0) return -1
  const padding = length === 0 || source[end - 1] !== PAD ? 0 : source[end - 2] !== PAD ? 1 : 2
  return (length / 4) * 3 - padding
}

/**
 * Writes the bytes that source[start..end) encodes to the beginning of `target`, which has room for `base64Bytes` of them. False
 * unless it is padded base64 of the standard alphabet and nothing else; what has been written is worth nothing then. Hot.
 */
export function decodeBase64Into(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
): boolean {
  const byteCount = base64Bytes(source, start, end)
  if (byteCount < 0) return false
  const wholeEnd = byteCount % 3 === 0 ? end : end - 4
  let seen = 0
  let to = 0
  for (let at = start; at < wholeEnd; at += 4) {
    const bits =
      firsts[source[at]!]! | seconds[source[at + 1]!]! | thirds[source[at + 2]!]! | fourths[source[at + 3]!]!
    seen |= bits
    target[to] = bits >> 16
    target[to + 1] = bits >> 8
    target[to + 2] = bits
    to += 3
  }
  if (wholeEnd < end) {
    const hasTwo = byteCount % 3 === 2
    const bits =
      firsts[source[wholeEnd]!]! |
      seconds[source[wholeEnd + 1]!]! |
      (hasTwo ? thirds[source[wholeEnd + 2]!]! : 0)
    seen |= bits
    target[to] = bits >> 16
    if (hasTwo) target[to + 1] = bits >> 8
  }
  return (seen & INVALID) === 0
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
