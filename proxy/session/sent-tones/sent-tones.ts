import { FRAME_SAMPLES_MAX } from '../../base/limits.js'
import { instantiate, moduleBytes } from '../../base/wasm.js'
import { createHearHalf, type HearHalf } from './hear-half.js'
import { HEAR_HALF_WASM } from './hear-half.wasm.js'
import {
  ENERGY_MIN,
  HALF,
  LEAD_MIN,
  ROW_BYTES,
  SHARE_MIN,
  STATE_BYTES,
  TABLE,
  TONE_COUNT,
  TURN_IM,
  TURN_RE,
  TWIST_MAX,
} from './layout.js'

/** Rows, then columns, Hz. */
const FREQUENCIES_HZ = [697, 770, 852, 941, 1209, 1336, 1477, 1633] as const

/** Quieter than about -50 dBm0 nobody reads a key from a recording; mean square of 16-bit samples. */
const QUIETEST_POWER = 80 ** 2
/** Share of a window's energy that the two tones hold: a tone that is off by 1.5 % shows little more than half of itself. */
const TONE_SHARE = 0.55
/** One tone over the other: 8 dB as in Q.24, and 3 dB that a tone loses when it lies between two bins. */
const TWIST = 10 ** 1.1
/** A tone over the next strongest of its group, 6 dB: two rows at once are no key. */
const LEAD = 4

/** Of a state, in 32 bits. */
const STATE_WORDS = STATE_BYTES / 4
const PAGE_BYTES = 65_536
const SAMPLE_BYTES = 2

/**
 * The eight DTMF frequencies (ITU-T Q.23) at one rate, by discrete Fourier sums over windows of two halves, so that every sample
 * is looked at once. A window shows a pair when one row and one column hold more than half of all its energy, neither far above
 * the other, each far above the next of its group.
 *
 * The weights of the sums are whole numbers, as large as lets no sum overflow 32 bits whatever is heard: up to 819 at 8,000 Hz. Rounding them
 * adds noise some 80 dB below the audio. Whole numbers come to the same in any order, on every machine.
 *
 * One memory for all tracks of a rate, which never grows: a track's state lies in it while a frame of the track is heard.
 */
export class SentTones {
  /** Samples in a half, 10 ms. */
  readonly half: number
  readonly #state: Int32Array
  readonly #pcm: Int16Array
  readonly #pcmAddress: number
  readonly #hearHalf: HearHalf

  /** @param isVector whether WebAssembly's vectors do the work; by default where the processor has them */
  constructor(
    readonly rateHz: number,
    readonly isVector = WebAssembly.validate(moduleBytes(HEAR_HALF_WASM)),
  ) {
    this.half = Math.round(rateHz / 100)
    this.#pcmAddress = TABLE + Math.ceil(this.half / 2) * ROW_BYTES
    const initial = Math.ceil((this.#pcmAddress + FRAME_SAMPLES_MAX * SAMPLE_BYTES) / PAGE_BYTES)
    const memory = new WebAssembly.Memory({ initial, maximum: initial })
    const { buffer } = memory
    this.#state = new Int32Array(buffer, 0, STATE_WORDS)
    this.#pcm = new Int16Array(buffer, this.#pcmAddress, FRAME_SAMPLES_MAX)
    fill(buffer, rateHz, this.half)
    this.#hearHalf = isVector
      ? (instantiate(HEAR_HALF_WASM, memory)['hearHalf'] as HearHalf)
      : createHearHalf(buffer)
  }

  /** What is known of a track that has heard nothing. */
  newState(): Int32Array {
    return new Int32Array(STATE_WORDS)
  }

  /** Puts a track's state in place, and up to FRAME_SAMPLES_MAX samples of it, all of which are to be heard. Both are borrowed. */
  take(state: Int32Array, pcm: Int16Array): void {
    this.#state.set(state)
    this.#pcm.set(pcm)
  }

  /** Copies what is known by now of the track in hand. */
  keep(state: Int32Array): void {
    state.set(this.#state)
  }

  /**
   * Hears `count` of the samples in place from `at` on, and overwrites them; `filled` are known of their half, which has room for them.
   * When it is full: the pair that its window shows, row x 4 + column, and the next half begins. -1: none. Hot.
   */
  hear(at: number, count: number, filled: number): number {
    return this.#hearHalf(this.#pcmAddress + SAMPLE_BYTES * at, count, filled)
  }
}

const fill = (memory: ArrayBuffer, rateHz: number, half: number): void => {
  const doubles = new Float64Array(memory)
  const weights = new Int16Array(memory, TABLE)
  const scale = Math.floor((2 ** 31 - 1) / 2 ** 15 / half)
  new Int32Array(memory)[HALF / 4] = half
  doubles[ENERGY_MIN / 8] = QUIETEST_POWER * 2 * half
  doubles[SHARE_MIN / 8] = TONE_SHARE * half * scale ** 2
  doubles[TWIST_MAX / 8] = TWIST
  doubles[LEAD_MIN / 8] = LEAD
  for (const [tone, hz] of FREQUENCIES_HZ.entries()) {
    const angle = (2 * Math.PI * hz) / rateHz
    doubles[TURN_RE / 8 + tone] = Math.cos(angle * half)
    doubles[TURN_IM / 8 + tone] = -Math.sin(angle * half)
    for (let n = 0; n < half; n++) {
      const first = (n >> 1) * (ROW_BYTES / 2) + 2 * tone + (n & 1)
      weights[first] = Math.round(scale * Math.cos(angle * n))
      weights[first + 2 * TONE_COUNT] = Math.round(-scale * Math.sin(angle * n))
    }
  }
}

const tonesByRate = new Map<number, SentTones>()

/** Those of this process; dialects take rates from a list, or multiples of 8,000 Hz, of which there are few. */
export const sentTonesAt = (rateHz: number): SentTones => {
  const known = tonesByRate.get(rateHz) ?? new SentTones(rateHz)
  tonesByRate.set(rateHz, known)
  return known
}
