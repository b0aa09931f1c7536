/**
 * How the memory is laid out in which media messages are read, and what counts in them may be. The WebAssembly that reads there
 * (wasm/read-media.ts) has these numbers from this file as well, which is why each is written out as an integer and nothing else.
 */

/** A count has 12 digits at most, and so no card number is one; 13 when it is the time in ms, which begins with 1 until 2033. */
export const DIGITS_MAX = 12
export const EPOCH_DIGITS = 13

/** What stands behind a piece of a shape: nothing more, a value, or the payload. */
export const END = 0
export const NUMBER = 1
export const TIMESTAMP = 2
export const COUNTER = 3
export const PAYLOAD = 4

/**
 * What was found in a message, in integers of 32 bits, at address 0. Counts take two, what is below a thousand million and the thousand
 * millions: one alone has room for 9 digits.
 */
export const FOUND_TIMESTAMP = 0
export const FOUND_COUNTER = 2
export const FOUND_START = 4
export const FOUND_END = 5
export const FOUND_INTEGERS = 6
export const THOUSAND_MILLION = 1_000_000_000

/** Addresses of a shape, of a message's text, and of its payload; behind each is a margin that 16 bytes may reach into. */
export const SHAPE_AT = 64
export const SHAPE_BYTES_MAX = 4_096
/** The byte before a text is always 0. */
export const TEXT_AT = 8_192
/** MESSAGE_BYTES_MAX */
export const TEXT_BYTES_MAX = 1_048_576
export const PAYLOAD_AT = 1_056_832
export const PAYLOAD_BYTES_MAX = 786_432
/** Of 64 KiB: up to 1,843,328. */
export const MEMORY_PAGES = 29
