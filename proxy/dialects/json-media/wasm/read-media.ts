/**
 * What media-shape.ts and base64.ts do, in AssemblyScript for WebAssembly's vectors of 16 bytes: the same messages have a shape, the
 * same numbers are in them, and the same texts are base64. `npm run build:wasm` makes read-media.wasm.ts of it.
 *
 * Whoever calls has put the text, and the shape, where media-layout.ts says. Loads reach up to 15 bytes behind what they are for; what
 * they find there is masked away before it can decide anything.
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
  PAYLOAD,
  PAYLOAD_AT,
  SHAPE_AT,
  TEXT_AT,
  THOUSAND_MILLION,
  TIMESTAMP,
} from '../media-layout'

const QUOTE: u8 = 0x22
const ZERO: u8 = 0x30
const ONE: u8 = 0x31
const PAD: u8 = 0x3d
const A: u8 = 0x41

const PIECE_BYTES = 8

/**
 * Whether the text is of the shape, whose bytes around the values begin `around` bytes behind its address; `payloadBytes` is where the
 * payload's end is looked for first. Writes what it finds.
 */
export function fits(textBytes: i32, around: i32, payloadBytes: i32): bool {
  store<i64>(0, 0, FOUND_TIMESTAMP * 4)
  store<i64>(0, 0xffffffff, FOUND_COUNTER * 4)
  store<i64>(0, 0, FOUND_START * 4)
  const end: usize = TEXT_AT + textBytes
  let piece: usize = SHAPE_AT
  let from: usize = SHAPE_AT + around
  let at: usize = TEXT_AT
  let kind = END
  do {
    const pieceBytes = load<i32>(piece)
    if (at + pieceBytes > end || !isSame(from, at, pieceBytes)) return false
    from += pieceBytes
    at += pieceBytes
    kind = load<i32>(piece, 4)
    piece += PIECE_BYTES
    const start = at
    if (kind === PAYLOAD) {
      at = endOfPayload(start, end, payloadBytes)
      if (at === 0) return false
      store<i32>(0, i32(start - TEXT_AT), FOUND_START * 4)
      store<i32>(0, i32(at - TEXT_AT), FOUND_END * 4)
    } else if (kind !== END) {
      at = endOfDigits(start, end)
      if (!isCount(start, at)) return false
      if (kind === TIMESTAMP) storeNumber(start, at, FOUND_TIMESTAMP * 4)
      else if (kind === COUNTER) storeNumber(start, at, FOUND_COUNTER * 4)
    }
  } while (kind !== END)
  return at === end
}

function isSame(a: usize, b: usize, byteCount: i32): bool {
  for (; byteCount >= 16; byteCount -= 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(a), v128.load(b)))) return false
    a += 16
    b += 16
  }
  const differ = i8x16.bitmask(i8x16.ne(v128.load(a), v128.load(b)))
  return (differ & ((1 << byteCount) - 1)) === 0
}

/** 0 when no quote is left. */
function endOfPayload(start: usize, end: usize, payloadBytes: i32): usize {
  const expected = start + payloadBytes
  if (expected < end && load<u8>(expected) === QUOTE) return expected
  for (let at = start; at < end; at += 16) {
    const quotes = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(QUOTE)))
    if (quotes === 0) continue
    const found = at + i32.ctz(quotes)
    return found < end ? found : 0
  }
  return 0
}

function endOfDigits(start: usize, end: usize): usize {
  let at = start
  while (at < end && u8(load<u8>(at) - ZERO) < 10) at += 1
  return at
}

function isCount(start: usize, end: usize): bool {
  const digits = i32(end - start)
  if (digits === 0) return false
  const first = load<u8>(start)
  if (digits > 1 && first === ZERO && load<u8>(start - 1) !== QUOTE) return false
  return digits <= DIGITS_MAX || (digits === EPOCH_DIGITS && first === ONE)
}

function storeNumber(start: usize, end: usize, found: usize): void {
  let number: u64 = 0
  for (let at = start; at < end; at += 1) number = number * 10 + (load<u8>(at) - ZERO)
  const unit: u64 = THOUSAND_MILLION
  const above: u64 = number < unit ? 0 : number / unit
  store<i32>(found, i32(number - above * unit))
  store<i32>(found, i32(above), 4)
}

/** Bytes that the text's base64 from `start` to `end` spells, which lie at the payload's address then; -1 when it is none. */
export function decode(start: i32, end: i32): i32 {
  const charCount = end - start
  if ((charCount & 3) !== 0) return -1
  if (charCount === 0) return 0
  let stop: usize = TEXT_AT + end
  const padding = load<u8>(stop - 1) !== PAD ? 0 : load<u8>(stop - 2) !== PAD ? 1 : 2
  stop -= padding
  let at: usize = TEXT_AT + start
  let to: usize = PAYLOAD_AT
  let faults = i8x16.splat(0)
  for (; at + 16 <= stop; at += 16) {
    const chars = v128.load(at)
    faults = v128.or(faults, faultsOf(chars))
    v128.store(to, bytesOf(chars))
    to += 12
  }
  if (at < stop) {
    const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    const isChar = i8x16.lt_u(lanes, i8x16.splat(i8(stop - at)))
    const chars = v128.bitselect(v128.load(at), i8x16.splat(A), isChar)
    faults = v128.or(faults, faultsOf(chars))
    v128.store(to, bytesOf(chars))
  }
  return v128.any_true(faults) ? -1 : (charCount >> 2) * 3 - padding
}

/** A bit in the lane of each character that is none of the alphabet: one for which its two halves, each by itself, rule it out. */
function faultsOf(chars: v128): v128 {
  const byHigh = i8x16(16, 16, 1, 2, 4, 8, 4, 8, 16, 16, 16, 16, 16, 16, 16, 16)
  const byLow = i8x16(21, 17, 17, 17, 17, 17, 17, 17, 17, 17, 19, 26, 27, 27, 27, 26)
  const high = i8x16.swizzle(byHigh, i8x16.shr_u(chars, 4))
  const low = i8x16.swizzle(byLow, v128.and(chars, i8x16.splat(0x0f)))
  return v128.and(high, low)
}

/**
 * The 12 bytes that 16 characters of the alphabet spell, and four zeros. What must be added to a character is in its upper half, but
 * for the slash, which has one with the plus; the rest is 6 bits and 6 are 12, and 12 and 12 are 24 (Muła and Lemire, Faster Base64
 * Encoding and Decoding Using AVX2 Instructions, 2018).
 */
function bytesOf(chars: v128): v128 {
  const offsets = i8x16(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0)
  const isSlash = i8x16.eq(chars, i8x16.splat(0x2f))
  const row = i8x16.add(isSlash, i8x16.shr_u(chars, 4))
  const sextets = i8x16.add(chars, i8x16.swizzle(offsets, row))
  const even = i16x8.shl(v128.and(sextets, i16x8.splat(0xff)), 6)
  const pairs = v128.or(even, i16x8.shr_u(sextets, 8))
  const fours = i32x4.dot_i16x8_s(pairs, i32x4.splat(0x0001_1000))
  return v128.shuffle<i8>(fours, i8x16.splat(0), 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 16, 16, 16, 16)
}

/** Overwrites so much of the text and of the payload, or some bytes more. */
export function overwrite(textBytes: i32, payloadBytes: i32): void {
  clear(TEXT_AT, TEXT_AT + textBytes)
  clear(PAYLOAD_AT, PAYLOAD_AT + payloadBytes)
}

function clear(start: usize, end: usize): void {
  for (let at = start; at < end; at += 16) v128.store(at, i8x16.splat(0))
}
