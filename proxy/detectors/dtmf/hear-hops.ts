import {
  BOUND,
  BOUND_SCALE,
  ENERGY,
  ENERGY_MIN,
  FIRST_COLUMN,
  HALF_HOP,
  IMAGINARY,
  KERNEL,
  KERNEL_ROW_FLOATS,
  KERNEL_ROWS,
  LONG_CANDIDATE,
  LONG_HOPS,
  PCM_MARGIN,
  SHARE_MIN,
  SHORT_CANDIDATE,
  SHORT_HOPS,
  SLOT_COUNT,
  SLOT_FLOATS,
  TONE_COUNT,
  UNTURN_IM,
  UNTURN_RE,
} from './layout.js'
import type { HearHops, ToneMemory } from './tone-memory.js'

/**
 * Hops of PCM become slots: what eight Fourier sums make of a hop, and which pairs its windows may show. This is the oracle of
 * wasm/hear-hops.ts, which does the same in a sixth of the time, and stands in for it on processors without 128-bit vectors.
 * Every sum is rounded as four lanes of single precision round it, so that a call is judged alike on every machine, to the bit.
 *
 * Hops are analysed without window or overlap; what is finer than their 200 Hz comes from the phase advance between them. The
 * sums are folded about the middle of the hop: samples that lie alike on both sides share one cosine and one sine.
 */
export const createHearHops =
  (memory: ToneMemory): HearHops =>
  (bank, track, firstHop, hopCount) => {
    const at = { floats: memory.floats, bank: bank >> 2, track: track >> 2 }
    const half = at.floats[at.bank + HALF_HOP]!
    const pcm = 2 * (at.bank + KERNEL + at.floats[at.bank + KERNEL_ROWS]! * KERNEL_ROW_FLOATS) + PCM_MARGIN
    let shown = 0
    for (let n = 0; n < hopCount; n += 1) {
      const slot = slotOf(at, firstHop + n)
      analyse(at, memory.samples, pcm + (2 * n + 1) * half, slot)
      const short = candidate(at, firstHop + n, SHORT_HOPS)
      const long = candidate(at, firstHop + n, LONG_HOPS)
      at.floats[slot + SHORT_CANDIDATE] = short
      at.floats[slot + LONG_CANDIDATE] = long
      if (short + long > 0) shown |= 1 << n
    }
    memory.samples.fill(0, pcm, pcm + 2 * half * (hopCount + 1))
    return shown
  }

/** Tone memory, and where in its floats the bank and the track begin. */
interface Place {
  readonly floats: Float32Array
  readonly bank: number
  readonly track: number
}

const { fround } = Math

const slotOf = ({ track }: Place, hop: number): number => track + (hop & (SLOT_COUNT - 1)) * SLOT_FLOATS

/** Bins, energy and bound of the hop around `middle`. */
const analyse = ({ floats, bank }: Place, samples: Int16Array, middle: number, slot: number): void => {
  const half = floats[bank + HALF_HOP]!
  const sums = floats.subarray(slot, slot + 2 * TONE_COUNT).fill(0)
  const energies = [0, 0, 0, 0]
  for (let n = 0; n < half; n += 1) {
    const even = samples[middle + n]! + samples[middle - 1 - n]!
    const odd = samples[middle + n]! - samples[middle - 1 - n]!
    energies[n & 3] = fround(energies[n & 3]! + fround(fround(even * even) + fround(odd * odd)))
    const row = bank + KERNEL + n * KERNEL_ROW_FLOATS
    for (let tone = 0; tone < TONE_COUNT; tone += 1) {
      sums[tone] = sums[tone]! + fround(even * floats[row + tone]!)
      sums[IMAGINARY + tone] = sums[IMAGINARY + tone]! + fround(odd * floats[row + IMAGINARY + tone]!)
    }
  }
  const energy = fround(fround(energies[0]! + energies[1]!) + fround(energies[2]! + energies[3]!))
  floats[slot + ENERGY] = energy / 2
  const strongest = fround(largestPower(sums, 0) + largestPower(sums, FIRST_COLUMN))
  floats[slot + BOUND] = strongest * floats[bank + BOUND_SCALE]!
}

const largestPower = (sums: Float32Array, firstTone: number): number => {
  let most = 0
  for (let tone = firstTone; tone < firstTone + FIRST_COLUMN; tone += 1)
    most = Math.max(most, powerOf(sums[tone]!, sums[IMAGINARY + tone]!))
  return most
}

const powerOf = (re: number, im: number): number => fround(fround(re * re) + fround(im * im))

/**
 * The pair, plus one, that the window which ends with `last` may show: the row and the column that are strongest when its hops
 * are added up in step with their frequencies. In step, a voice's harmonic beside a tone counts little, and so does what the
 * other tone leaks into its bin, which in 5 ms may be more than a weak tone itself. 0 when the window is too faint, or when its
 * bins, however they lie, could not hold the smallest share.
 */
const candidate = (at: Place, last: number, hopCount: number): number => {
  const { floats, bank } = at
  let energy = 0
  let bound = 0
  for (let hop = last - hopCount + 1; hop <= last; hop += 1) {
    energy = fround(energy + floats[slotOf(at, hop) + ENERGY]!)
    bound = fround(bound + floats[slotOf(at, hop) + BOUND]!)
  }
  if (energy < fround(floats[bank + ENERGY_MIN]! * hopCount)) return 0
  if (bound < fround(floats[bank + SHARE_MIN]! * energy)) return 0
  const row = strongest(at, last, hopCount, 0)
  return row * FIRST_COLUMN + strongest(at, last, hopCount, FIRST_COLUMN) - FIRST_COLUMN + 1
}

/** Of the four tones from `firstTone`; the first of equals. */
const strongest = (at: Place, last: number, hopCount: number, firstTone: number): number => {
  let best = firstTone
  let bestPower = -1
  for (let tone = firstTone; tone < firstTone + FIRST_COLUMN; tone += 1) {
    const power = powerInStep(at, last, hopCount, tone)
    if (power <= bestPower) continue
    bestPower = power
    best = tone
  }
  return best
}

/** Squared magnitude of a tone's bins, turned back by its nominal phase advance and added up. */
const powerInStep = (at: Place, last: number, hopCount: number, tone: number): number => {
  const { floats, bank } = at
  const unturnRe = floats[bank + UNTURN_RE + tone]!
  const unturnIm = floats[bank + UNTURN_IM + tone]!
  let re = 0
  let im = 0
  for (let hop = last; hop > last - hopCount; hop -= 1) {
    const slot = slotOf(at, hop) + tone
    const turned = fround(fround(re * unturnRe) - fround(im * unturnIm))
    im = fround(fround(fround(im * unturnRe) + fround(re * unturnIm)) + floats[slot + IMAGINARY]!)
    re = fround(turned + floats[slot]!)
  }
  return powerOf(re, im)
}
