/**
 * How the memory of a rate is laid out, in bytes. The WebAssembly that works in it (wasm/hear-half.ts) reads these numbers from
 * this file as well, which is why each is written out as an integer and nothing else.
 */

/** The DTMF frequencies (ITU-T Q.23): four rows, then four columns. */
export const TONE_COUNT = 8
export const FIRST_COLUMN = 4

/**
 * What is known of the track in hand: the Fourier sums of the half that is being filled, eight real parts, then eight imaginary ones, 32 bits
 * each; those of the half before; the energy of either, a double each. This much is carried from frame to frame.
 */
export const SUMS = 0
export const IMAGINARY = 32
export const LAST_SUMS = 64
export const ENERGY = 128
export const LAST_ENERGY = 136
export const STATE_BYTES = 144

/** Samples in a half, 32 bits; behind them a pair of samples of which one is none. */
export const HALF = 144
export const PAIR = 148

/** Doubles: what a window must have to be looked at, and its tones to be a key's. */
export const ENERGY_MIN = 152
export const SHARE_MIN = 160
export const TWIST_MAX = 168
export const LEAD_MIN = 176

/** Doubles, one per frequency: the turn from one half to the next. */
export const TURN_RE = 192
export const TURN_IM = 256

/**
 * For each two samples of a half a row of 16 pairs of 16 bits: what the first and the second weigh in each of the sums. A half of an odd
 * count ends with a pair of which the second weighs nothing. Behind the table lies the PCM of a frame.
 */
export const TABLE = 320
export const ROW_BYTES = 64
