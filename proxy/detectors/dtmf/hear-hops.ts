import {
  BOUND,
  BOUND_SCALE,
  DEVIATION_COS,
  DROWNED_SHARE_MIN,
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
  STEADINESS_MIN,
  STEADY_HOPS,
  STEADY_SHARE_MIN,
  STEADY_TONE,
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
      if (screen(at, firstHop + n)) shown |= 1 << n
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

/** Notes what may end with a hop: pairs in the short and the long window, a steady tone. Whether there is any. */
const screen = (at: Place, last: number): boolean => {
  const { floats } = at
  const slot = slotOf(at, last)
  floats[slot + SHORT_CANDIDATE] = candidate(at, last, SHORT_HOPS)
  floats[slot + LONG_CANDIDATE] = candidate(at, last, LONG_HOPS)
  floats[slot + STEADY_TONE] = steadyTone(at, last)
  return floats[slot + SHORT_CANDIDATE]! + floats[slot + LONG_CANDIDATE]! + floats[slot + STEADY_TONE]! > 0
}

/** Whether a window can be heard, and its bins, however they lie, could hold a share of it. */
const mayHold = (at: Place, last: number, hopCount: number, share: number): boolean =>
  sumOf(at, ENERGY, last, hopCount) >= fround(at.floats[at.bank + ENERGY_MIN]! * hopCount) &&
  sumOf(at, BOUND, last, hopCount) >= fround(share * sumOf(at, ENERGY, last, hopCount))

/** Sum of a field over a window, the newest hop first. */
const sumOf = (at: Place, field: number, last: number, hopCount: number): number => {
  let sum = 0
  for (let hop = last; hop > last - hopCount; hop -= 1)
    sum = fround(sum + at.floats[slotOf(at, hop) + field]!)
  return sum
}

/**
 * The pair, plus one, that the window which ends with `last` may show: the row and the column that are strongest when its hops
 * are added up in step with their frequencies. In step, a voice's harmonic beside a tone counts little, and so does what the
 * other tone leaks into its bin, which in 5 ms may be more than a weak tone itself. 0 when the window is too faint, or when its
 * bins, however they lie, could not hold the smallest share.
 */
const candidate = (at: Place, last: number, hopCount: number): number => {
  if (!mayHold(at, last, hopCount, at.floats[at.bank + SHARE_MIN]!)) return 0
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

/**
 * The tone, plus one, that has been the steadiest for 40 ms, if it may be half of a key, or 0. A voice may drown one of a key's
 * tones in a harmonic beside it, and then no pair is on its frequencies; the other tone sounds as if it were alone.
 */
const steadyTone = (at: Place, last: number): number => {
  const { floats, bank } = at
  if (!mayHold(at, last, STEADY_HOPS, floats[bank + DROWNED_SHARE_MIN]!)) return 0
  const least = fround(floats[bank + STEADY_SHARE_MIN]! * sumOf(at, ENERGY, last, STEADY_HOPS))
  let best = 0
  let most = 0
  for (let tone = 0; tone < TONE_COUNT; tone += 1) {
    const merit = steadiness(at, last, tone, least)
    if (merit > most) best = tone + 1
    most = Math.max(most, merit)
  }
  return best
}

/** How steady a tone is, 0 to 1; 0 when it holds less than `least`, wavers, or is off its frequency. */
const steadiness = (at: Place, last: number, tone: number, least: number): number => {
  const { floats, bank } = at
  let previousRe = 0
  let previousIm = 0
  let power = 0
  let leading = 0
  let following = 0
  let turnRe = 0
  let turnIm = 0
  for (let hop = last - STEADY_HOPS + 1; hop <= last; hop += 1) {
    const slot = slotOf(at, hop) + tone
    const re = floats[slot]!
    const im = floats[slot + IMAGINARY]!
    leading = fround(leading + power)
    power = powerOf(re, im)
    if (hop > last - STEADY_HOPS + 1) following = fround(following + power)
    turnRe = fround(turnRe + fround(fround(previousRe * re) + fround(previousIm * im)))
    turnIm = fround(turnIm + fround(fround(previousRe * im) - fround(previousIm * re)))
    previousRe = re
    previousIm = im
  }
  if (fround(fround(leading + power) * floats[bank + BOUND_SCALE]!) < least) return 0
  const turn = powerOf(turnRe, turnIm)
  const whole = fround(leading * following)
  if (turn < fround(whole * floats[bank + STEADINESS_MIN]!)) return 0
  const excessRe = fround(
    fround(turnRe * floats[bank + UNTURN_RE + tone]!) - fround(turnIm * floats[bank + UNTURN_IM + tone]!),
  )
  const isOn = excessRe > fround(fround(Math.sqrt(turn)) * floats[bank + DEVIATION_COS + tone]!)
  return isOn ? fround(turn / whole) : 0
}
