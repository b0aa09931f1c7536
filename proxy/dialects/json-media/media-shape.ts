/**
 * What stands around the values of a media message. A PBX writes all messages of a track alike: one that has the very same bytes around
 * its values as one that has been read key by key means the same, and takes a third of the time.
 *
 *   {"event":"media","sequenceNumber":"  2  ","media":{"track":"inbound","timestamp":"  61  ","payload":"  //7+  "},"streamSid":"MZ1"}
 *   \------------- the same -----------/    \--------------- the same --------------/      \-- the same -/        \---- the same -----/
 *
 * Nothing that a call says is kept here: its numbers and its audio are what is left out.
 */
const QUOTE = 0x22
const ZERO = 0x30
const ONE = 0x31

/** A count has 12 digits at most, and so no card number is one; 13 when it is the time in ms, which begins with 1 until 2033. */
const DIGITS_MAX = 12
const EPOCH_DIGITS = 13

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

export class MediaShape {
  timestampMs = 0
  /** -1 when the message has none. */
  counter = -1
  payloadStart = 0
  payloadEnd = 0
  /** All bytes between the values, one behind the other. */
  readonly #around: Uint8Array
  /** Where in them each value stands. */
  readonly #places: readonly number[]
  readonly #kinds: readonly ShapeValue['kind'][]
  /** Of the last message. */
  #payloadBytes = 0

  /** @param bytes a message that has been read, borrowed until return; @param values all of its numbers and its payload, in order */
  constructor(
    bytes: Uint8Array,
    values: readonly ShapeValue[],
    /** Index of the track that all messages of this shape name. */
    readonly track: number,
  ) {
    this.#kinds = values.map(({ kind }) => kind)
    let valueBytes = 0
    this.#places = values.map(({ start, end }) => {
      const place = start - valueBytes
      valueBytes += end - start
      return place
    })
    this.#around = new Uint8Array(bytes.length - valueBytes)
    let from = 0
    for (const [i, { end }] of [...values, { start: bytes.length, end: bytes.length }].entries()) {
      const place = this.#places[i] ?? this.#around.length
      const pieceStart = i === 0 ? 0 : this.#places[i - 1]!
      this.#around.set(bytes.subarray(from, from + place - pieceStart), pieceStart)
      from = end
    }
  }

  /** Whether a message is of this shape; only then the fields above are its own. `bytes` is borrowed until return. Hot. */
  fits(bytes: Uint8Array): boolean {
    const kinds = this.#kinds
    const places = this.#places
    const around = this.#around
    let at = 0
    let from = 0
    for (let i = 0; i < kinds.length; i++) {
      const place = places[i]!
      if (!isSame(around, from, place, bytes, at)) return false
      at += place - from
      from = place
      const kind = kinds[i]!
      const start = at
      at = kind === 'payload' ? this.#endOfPayload(bytes, start) : endOfDigits(bytes, start)
      if (at < 0) return false
      if (kind === 'payload') {
        this.payloadStart = start
        this.payloadEnd = at
        continue
      }
      if (!isCount(bytes, start, at, bytes[start - 1] === QUOTE)) return false
      if (kind === 'timestamp') this.timestampMs = numberIn(bytes, start, at)
      else if (kind === 'counter') this.counter = numberIn(bytes, start, at)
    }
    return at + around.length - from === bytes.length && isSame(around, from, around.length, bytes, at)
  }

  /** The quote behind it, where it was the last time; a quote before that is no base64, and shows when it is decoded. */
  #endOfPayload(bytes: Uint8Array, start: number): number {
    const expected = start + this.#payloadBytes
    if (expected < bytes.length && bytes[expected] === QUOTE) return expected
    const end = bytes.indexOf(QUOTE, start)
    this.#payloadBytes = Math.max(0, end - start)
    return end
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
