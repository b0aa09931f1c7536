/** What a WebSocket frame is made of: RFC 6455, section 5.2. */

/** Frame types, section 11.8. Those from 8 on are control frames. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** Payload of a control frame, section 5.5. */
export const CONTROL_BYTES_MAX = 125

/** Two bytes, eight of length, four of key. */
export const HEADER_BYTES_MAX = 14

/** Why a connection is ended: section 7.4.1. */
export const closeCodes = {
  normal: 1000,
  protocolError: 1002,
  noStatus: 1005,
  abnormal: 1006,
  invalidText: 1007,
  tooBig: 1009,
} as const

/** Codes that may stand in a close frame: sections 7.4.1 and 7.4.2, and those that IANA has registered since. */
export const isCloseCode = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
  (code >= 3000 && code <= 4999)

/** Below this whole words save nothing, bytes. */
const WORDS_FROM_BYTES = 32

const rotated = new Uint8Array(4)
const rotatedWord = new Uint32Array(rotated.buffer)

/** The whole words of a piece of memory: a view costs as much as masking a frame, and serves for all frames in it. */
export const wordsOf = ({ buffer, byteOffset, length }: Uint8Array): Uint32Array => {
  const start = (byteOffset + 3) & ~3
  return new Uint32Array(buffer, start, Math.max(0, byteOffset + length - start) >> 2)
}

/**
 * Masks or unmasks a payload in place (section 5.3), four bytes at a time. Hot.
 * @param keyStart where its key stands in `bytes`; the payload follows the key, as it does in a frame
 * @param words `wordsOf(bytes)`
 */
export const applyMask = (
  bytes: Uint8Array,
  words: Uint32Array,
  keyStart: number,
  payloadBytes: number,
): void => {
  const start = keyStart + 4
  const end = start + payloadBytes
  const lead = payloadBytes < WORDS_FROM_BYTES ? payloadBytes : -(bytes.byteOffset + start) & 3
  for (let i = 0; i < lead; i++) bytes[start + i]! ^= bytes[keyStart + (i & 3)]!
  if (lead === payloadBytes) return
  for (let i = 0; i < 4; i++) rotated[i] = bytes[keyStart + ((lead + i) & 3)]!
  const key = rotatedWord[0]!
  const wordCount = (payloadBytes - lead) >> 2
  const firstWord = (bytes.byteOffset + start + lead - words.byteOffset) >> 2
  for (let i = firstWord; i < firstWord + wordCount; i++) words[i]! ^= key
  const tail = start + lead + 4 * wordCount
  for (let i = tail; i < end; i++) bytes[i]! ^= rotated[(i - tail) & 3]!
}
