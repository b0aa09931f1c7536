/**
 * How tone memory is laid out. The WebAssembly that fills it (wasm/hear-hops.ts) reads these numbers from this file as well, which
 * is why each is written out as an integer and nothing else.
 */

/** The eight tones of ITU-T Q.23: four rows, then four columns. */
export const TONE_COUNT = 8
export const FIRST_COLUMN = 4

/**
 * A slot is what is kept of a hop, in floats: eight real parts of its bins, eight imaginary ones, its energy, the most of it that
 * a pair can hold, the pairs, plus one, that the windows of 10 and of 20 ms which end with it may show, and the tone, plus one, that
 * has been steady for 40 ms; 0 for none.
 */
export const IMAGINARY = 8
export const ENERGY = 16
export const BOUND = 17
export const SHORT_CANDIDATE = 18
export const LONG_CANDIDATE = 19
export const STEADY_TONE = 20
export const SLOT_FLOATS = 24

/** Slots of a track: a power of two, and no less than the longest reach-back, 20 hops, and the hops heard at once. */
export const SLOT_COUNT = 32

/** Hops that are heard at once: a frame of 60 ms. */
export const HOPS_MAX = 12

/** Hops of the short and of the long window, and of the one that a tone must be steady in. */
export const SHORT_HOPS = 2
export const LONG_HOPS = 4
export const STEADY_HOPS = 8

/** Per pair, for its real parts and then for its imaginary ones: what row, both and column weigh. */
export const UNMIX_PER_PAIR = 6
export const UNMIX_IMAGINARY = 3

/**
 * A bank, in floats. HALF_HOP is half the samples of a hop; KERNEL_ROWS the same, rounded up to a multiple of four, and
 * LAST_LANES say which of the last four count. Behind the kernel lies the PCM of the hops in hand and of one that is not whole, with
 * a margin of samples on either side that the rows beyond a hop may touch.
 */
export const HALF_HOP = 0
export const KERNEL_ROWS = 1
export const ENERGY_MIN = 2
export const BOUND_SCALE = 3
export const LAST_LANES = 4
export const UNTURN_RE = 8
export const UNTURN_IM = 16
export const DEVIATION_COS = 24
export const UNMIX = 32
export const SHARE_MIN = 128
export const STEADY_SHARE_MIN = 129
export const STEADINESS_MIN = 130
export const DROWNED_SHARE_MIN = 131
export const KERNEL = 132
export const KERNEL_ROW_FLOATS = 16
export const PCM_MARGIN = 8
