/**
 * What stands around the values of a media message. A PBX writes all messages of a track alike: one that has the very same bytes around
 * its values as one that has been read key by key means the same, and takes a third of the time.
 *
 *   {"event":"media","sequenceNumber":"  2  ","media":{"track":"inbound","timestamp":"  61  ","payload":"  //7+  "},"streamSid":"MZ1"}
 *   \------------- the same -----------/    \--------------- the same --------------/      \-- the same -/        \---- the same -----/
 *
 * Nothing that a call says is kept here: its numbers and its audio are what is left out.
 *
 * A message is compared in vectors where there are any (media-memory.ts), in the memory in which its payload is decoded next.
 */
import {
  COUNTER,
  DIGITS_MAX,
  END,
  EPOCH_DIGITS,
  FOUND_COUNTER,
  FOUND_END,
  FOUND_START,
  FOUND_TIMESTAMP,
  NUMBER,
  PAYLOAD,
  THOUSAND_MILLION,
  TIMESTAMP,
} from './media-layout.js'
import { mediaMemory } from './media-memory.js'

const QUOTE = 0x22
const ZERO = 0x30
const ONE = 0x31

/** Two integers of 32 bits. */
const PIECE_BYTES = 8

/** Whether the digits in bytes[start..end) are a count that may go on; without quotes none may begin with a 0 that it does not need. Hot. */
export const isCount = (bytes: Uint8Array, start: number, end: number, isQuoted: boolean): boolean => {
  const digits = end - start
  if (digits === 0 || (!isQuoted && digits > 1 && bytes[start] === ZERO)) return false
  return digits <= DIGITS_MAX || (digits === EPOCH_DIGITS && bytes[start] === ONE)
}

/** A value in a message: what it is, and the range of bytes that it takes, without quotes. */
export interface ShapeValue {
  readonly kind: 'number' | 'timestamp' | 'counter' | 'payload'
  readonly start: number
  readonly end: number
}

const kindsBehind = {
  number: NUMBER,
  timestamp: TIMESTAMP,
  counter: COUNTER,
  payload: PAYLOAD,
} as const satisfies Record<ShapeValue['kind'], number>

export class MediaShape {
  timestampMs = 0
  /** -1 when the message has none. */
  counter = -1
  payloadStart = 0
  payloadEnd = 0
  /** In one piece of memory: of each piece between the values how long it is and what stands behind it, and then all of their bytes. */
  readonly #shape: Uint8Array
  readonly #pieces: Int32Array
  readonly #around: Uint8Array
  /** Of the last message. */
  #payloadBytes = 0

  /**
   * @param bytes a message that has been read, borrowed until return; @param values all of its numbers and its payload, in order
   * @param memory where messages are read
   */
  constructor(
    bytes: Uint8Array,
    values: readonly ShapeValue[],
    /** Index of the track that all messages of this shape name. */
    readonly track: number,
    private readonly memory = mediaMemory,
  ) {
    const around = (values.length + 1) * PIECE_BYTES
    const valueBytes = values.reduce((sum, { start, end }) => sum + end - start, 0)
    this.#shape = new Uint8Array(around + bytes.length - valueBytes)
    this.#pieces = new Int32Array(this.#shape.buffer, 0, (values.length + 1) * 2)
    this.#around = this.#shape.subarray(around)
    let from = 0
    let to = 0
    for (const [i, { start, end }] of [...values, { start: bytes.length, end: bytes.length }].entries()) {
      const kind = values[i]?.kind
      this.#pieces.set([start - from, kind === undefined ? END : kindsBehind[kind]], 2 * i)
      this.#around.set(bytes.subarray(from, start), to)
      to += start - from
      from = end
    }
  }

  /** Whether a message is of this shape; only then the fields above are its own. `bytes` is borrowed until return. Hot. */
  fits(bytes: Uint8Array): boolean {
    const isFit = this.memory.hasRoomFor(bytes, this.#shape)
      ? this.#fitsInMemory(bytes)
      : this.#fitsByByte(bytes)
    if (isFit) this.#payloadBytes = this.payloadEnd - this.payloadStart
    return isFit
  }

  /** The same, in vectors. */
  #fitsInMemory(bytes: Uint8Array): boolean {
    const { found } = this.memory
    if (!this.memory.fits(bytes, this.#shape, this.#around.byteOffset, this.#payloadBytes)) return false
    this.timestampMs = found[FOUND_TIMESTAMP]! + found[FOUND_TIMESTAMP + 1]! * THOUSAND_MILLION
    this.counter = found[FOUND_COUNTER]! + found[FOUND_COUNTER + 1]! * THOUSAND_MILLION
    this.payloadStart = found[FOUND_START]!
    this.payloadEnd = found[FOUND_END]!
    return true
  }

  #fitsByByte(bytes: Uint8Array): boolean {
    const pieces = this.#pieces
    const around = this.#around
    let at = 0
    let from = 0
    for (let i = 0; ; i += 2) {
      const to = from + pieces[i]!
      if (!isSame(around, from, to, bytes, at)) return false
      at += to - from
      from = to
      const kind = pieces[i + 1]!
      if (kind === END) return at === bytes.length
      const start = at
      at = kind === PAYLOAD ? this.#endOfPayload(bytes, start) : endOfDigits(bytes, start)
      if (at < 0) return false
      if (kind === PAYLOAD) {
        this.payloadStart = start
        this.payloadEnd = at
        continue
      }
      if (!isCount(bytes, start, at, bytes[start - 1] === QUOTE)) return false
      if (kind === TIMESTAMP) this.timestampMs = numberIn(bytes, start, at)
      else if (kind === COUNTER) this.counter = numberIn(bytes, start, at)
    }
  }

  /** The quote behind it, where it was the last time; a quote before that is no base64, and shows when it is decoded. */
  #endOfPayload(bytes: Uint8Array, start: number): number {
    const expected = start + this.#payloadBytes
    return expected < bytes.length && bytes[expected] === QUOTE ? expected : bytes.indexOf(QUOTE, start)
  }
}

const isSame = (around: Uint8Array, from: number, to: number, bytes: Uint8Array, at: number): boolean => {
  if (at + to - from > bytes.length) return false
  for (let i = from, j = at; i < to; i++, j++) if (around[i] !== bytes[j]) return false
  return true
}

/** Where the digits that begin here end. Hot. */
export const endOfDigits = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (at < bytes.length && bytes[at]! >= ZERO && bytes[at]! < ZERO + 10) at++
  return at
}

/** What the digits in bytes[start..end) say. Hot. */
export const numberIn = (bytes: Uint8Array, start: number, end: number): number => {
  let number = 0
  for (let at = start; at < end; at++) number = number * 10 + bytes[at]! - ZERO
  return number
}
