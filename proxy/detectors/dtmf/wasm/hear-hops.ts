/**
 * What hear-hops.ts does, in AssemblyScript for WebAssembly's vectors of four: the same sums in the same order, so that what is
 * written to a slot is the same to the last bit. `npm run build:wasm` makes hear-hops.wasm.ts of it.
 */
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
  LAST_LANES,
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
  UNMIX,
  UNMIX_IMAGINARY,
  UNMIX_PER_PAIR,
  UNTURN_IM,
  UNTURN_RE,
} from '../layout'

/** Hears the hops that lie in the bank's PCM; they are numbered from the track's first. Returns a bit per hop that may show a key. */
export function hearHops(bank: usize, track: usize, firstHop: i32, hopCount: i32): i32 {
  const half = i32(floatAt(bank, HALF_HOP))
  const rows = i32(floatAt(bank, KERNEL_ROWS))
  const pcm = bank + (KERNEL + rows * KERNEL_ROW_FLOATS) * 4 + PCM_MARGIN * 2
  let shown = 0
  for (let n = 0; n < hopCount; n += 1) {
    const hop = firstHop + n
    analyse(bank, rows, pcm + (2 * n + 1) * half * 2, slotOf(track, hop))
    if (screen(bank, track, hop)) shown |= 1 << n
  }
  memory.fill(pcm, 0, (hopCount + 1) * half * 4)
  return shown
}

function floatAt(at: usize, index: i32): f32 {
  return load<f32>(at + (index << 2))
}

function slotOf(track: usize, hop: i32): usize {
  return track + (hop & (SLOT_COUNT - 1)) * (SLOT_FLOATS * 4)
}

/** Bins, energy and bound of the hop around `middle`. */
function analyse(bank: usize, rows: i32, middle: usize, slot: usize): void {
  let kernel = bank + KERNEL * 4
  let above = middle
  let below = middle - 8
  let rowRe = f32x4.splat(0)
  let columnRe = f32x4.splat(0)
  let rowIm = f32x4.splat(0)
  let columnIm = f32x4.splat(0)
  let energies = f32x4.splat(0)
  for (let left = rows; left > 0; left -= 4) {
    const later = v128.load_ext<i16>(above)
    const near = v128.load_ext<i16>(below)
    const earlier = v128.shuffle<i32>(near, near, 3, 2, 1, 0)
    let even = f32x4.convert_i32x4_s(i32x4.add(later, earlier))
    let odd = f32x4.convert_i32x4_s(i32x4.sub(later, earlier))
    if (left === 4) {
      const lanes = v128.load(bank, LAST_LANES * 4)
      even = f32x4.mul(even, lanes)
      odd = f32x4.mul(odd, lanes)
    }
    energies = f32x4.add(energies, f32x4.add(f32x4.mul(even, even), f32x4.mul(odd, odd)))
    let x = v128.shuffle<i32>(even, even, 0, 0, 0, 0)
    let y = v128.shuffle<i32>(odd, odd, 0, 0, 0, 0)
    rowRe = f32x4.add(rowRe, f32x4.mul(x, v128.load(kernel, 0)))
    columnRe = f32x4.add(columnRe, f32x4.mul(x, v128.load(kernel, 16)))
    rowIm = f32x4.add(rowIm, f32x4.mul(y, v128.load(kernel, 32)))
    columnIm = f32x4.add(columnIm, f32x4.mul(y, v128.load(kernel, 48)))
    x = v128.shuffle<i32>(even, even, 1, 1, 1, 1)
    y = v128.shuffle<i32>(odd, odd, 1, 1, 1, 1)
    rowRe = f32x4.add(rowRe, f32x4.mul(x, v128.load(kernel, 64)))
    columnRe = f32x4.add(columnRe, f32x4.mul(x, v128.load(kernel, 80)))
    rowIm = f32x4.add(rowIm, f32x4.mul(y, v128.load(kernel, 96)))
    columnIm = f32x4.add(columnIm, f32x4.mul(y, v128.load(kernel, 112)))
    x = v128.shuffle<i32>(even, even, 2, 2, 2, 2)
    y = v128.shuffle<i32>(odd, odd, 2, 2, 2, 2)
    rowRe = f32x4.add(rowRe, f32x4.mul(x, v128.load(kernel, 128)))
    columnRe = f32x4.add(columnRe, f32x4.mul(x, v128.load(kernel, 144)))
    rowIm = f32x4.add(rowIm, f32x4.mul(y, v128.load(kernel, 160)))
    columnIm = f32x4.add(columnIm, f32x4.mul(y, v128.load(kernel, 176)))
    x = v128.shuffle<i32>(even, even, 3, 3, 3, 3)
    y = v128.shuffle<i32>(odd, odd, 3, 3, 3, 3)
    rowRe = f32x4.add(rowRe, f32x4.mul(x, v128.load(kernel, 192)))
    columnRe = f32x4.add(columnRe, f32x4.mul(x, v128.load(kernel, 208)))
    rowIm = f32x4.add(rowIm, f32x4.mul(y, v128.load(kernel, 224)))
    columnIm = f32x4.add(columnIm, f32x4.mul(y, v128.load(kernel, 240)))
    kernel += 256
    above += 8
    below -= 8
  }
  v128.store(slot, rowRe, 0)
  v128.store(slot, columnRe, 16)
  v128.store(slot, rowIm, IMAGINARY * 4)
  v128.store(slot, columnIm, IMAGINARY * 4 + 16)
  const energy =
    f32x4.extract_lane(energies, 0) +
    f32x4.extract_lane(energies, 1) +
    (f32x4.extract_lane(energies, 2) + f32x4.extract_lane(energies, 3))
  store<f32>(slot, energy * 0.5, ENERGY * 4)
  const strongest =
    largest(f32x4.add(f32x4.mul(rowRe, rowRe), f32x4.mul(rowIm, rowIm))) +
    largest(f32x4.add(f32x4.mul(columnRe, columnRe), f32x4.mul(columnIm, columnIm)))
  store<f32>(slot, strongest * floatAt(bank, BOUND_SCALE), BOUND * 4)
}

function largest(values: v128): f32 {
  return max(
    max(f32x4.extract_lane(values, 0), f32x4.extract_lane(values, 1)),
    max(f32x4.extract_lane(values, 2), f32x4.extract_lane(values, 3)),
  )
}

/** Notes what may end with a hop: pairs in the short and the long window, a steady tone. Whether there is any. */
function screen(bank: usize, track: usize, last: i32): bool {
  const slot = slotOf(track, last)
  let energy: f32 = 0
  let bound: f32 = 0
  let hop = last
  for (; hop > last - SHORT_HOPS; hop -= 1) {
    energy += floatAt(slotOf(track, hop), ENERGY)
    bound += floatAt(slotOf(track, hop), BOUND)
  }
  const short = candidate(bank, track, last, SHORT_HOPS, energy, bound)
  for (; hop > last - LONG_HOPS; hop -= 1) {
    energy += floatAt(slotOf(track, hop), ENERGY)
    bound += floatAt(slotOf(track, hop), BOUND)
  }
  const long = candidate(bank, track, last, LONG_HOPS, energy, bound)
  for (; hop > last - STEADY_HOPS; hop -= 1) {
    energy += floatAt(slotOf(track, hop), ENERGY)
    bound += floatAt(slotOf(track, hop), BOUND)
  }
  const steady = steadyTone(bank, track, last, energy, bound)
  store<f32>(slot, f32(short), SHORT_CANDIDATE * 4)
  store<f32>(slot, f32(long), LONG_CANDIDATE * 4)
  store<f32>(slot, f32(steady), STEADY_TONE * 4)
  return short + long + steady > 0
}

/** The pair, plus one, that the window which ends with `last` may show, or 0; its energy and bound are known. */
function candidate(bank: usize, track: usize, last: i32, hopCount: i32, energy: f32, bound: f32): i32 {
  if (energy < floatAt(bank, ENERGY_MIN) * f32(hopCount) || bound < floatAt(bank, SHARE_MIN) * energy)
    return 0
  const row = strongest(bank, track, last, hopCount, 0)
  const column = strongest(bank, track, last, hopCount, FIRST_COLUMN)
  const pair = row * FIRST_COLUMN + column
  const unmix = bank + (UNMIX + pair * UNMIX_PER_PAIR) * 4
  return isOnFrequency(bank, track, last, hopCount, row, FIRST_COLUMN + column, unmix, 0) &&
    isOnFrequency(bank, track, last, hopCount, FIRST_COLUMN + column, row, unmix, 2)
    ? pair + 1
    : 0
}

/** The tone, plus one, that has been the steadiest in the window which ends with `last`, if it may be half of a key, or 0. */
function steadyTone(bank: usize, track: usize, last: i32, energy: f32, bound: f32): i32 {
  if (energy < floatAt(bank, ENERGY_MIN) * f32(STEADY_HOPS)) return 0
  if (bound < floatAt(bank, DROWNED_SHARE_MIN) * energy) return 0
  const least = floatAt(bank, STEADY_SHARE_MIN) * energy
  let best = 0
  let most: f32 = 0
  for (let firstTone = 0; firstTone < TONE_COUNT; firstTone += FIRST_COLUMN) {
    const merits = steadiness(bank, track, last, firstTone, least)
    if (f32x4.extract_lane(merits, 0) > most) best = firstTone + 1
    most = max(most, f32x4.extract_lane(merits, 0))
    if (f32x4.extract_lane(merits, 1) > most) best = firstTone + 2
    most = max(most, f32x4.extract_lane(merits, 1))
    if (f32x4.extract_lane(merits, 2) > most) best = firstTone + 3
    most = max(most, f32x4.extract_lane(merits, 2))
    if (f32x4.extract_lane(merits, 3) > most) best = firstTone + 4
    most = max(most, f32x4.extract_lane(merits, 3))
  }
  return best
}

/** How steady four tones are, 0 to 1; 0 for those that hold less than `least`, waver, or are off their frequencies. */
function steadiness(bank: usize, track: usize, last: i32, firstTone: i32, least: f32): v128 {
  const at = bank + firstTone * 4
  const first = slotOf(track, last - STEADY_HOPS + 1) + firstTone * 4
  let previousRe = v128.load(first)
  let previousIm = v128.load(first, IMAGINARY * 4)
  let power = f32x4.add(f32x4.mul(previousRe, previousRe), f32x4.mul(previousIm, previousIm))
  let leading = f32x4.splat(0)
  let following = f32x4.splat(0)
  let turnRe = f32x4.splat(0)
  let turnIm = f32x4.splat(0)
  for (let hop = last - STEADY_HOPS + 2; hop <= last; hop += 1) {
    const slot = slotOf(track, hop) + firstTone * 4
    const re = v128.load(slot)
    const im = v128.load(slot, IMAGINARY * 4)
    leading = f32x4.add(leading, power)
    power = f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im))
    following = f32x4.add(following, power)
    turnRe = f32x4.add(turnRe, f32x4.add(f32x4.mul(previousRe, re), f32x4.mul(previousIm, im)))
    turnIm = f32x4.add(turnIm, f32x4.sub(f32x4.mul(previousRe, im), f32x4.mul(previousIm, re)))
    previousRe = re
    previousIm = im
  }
  const held = f32x4.mul(f32x4.add(leading, power), f32x4.splat(floatAt(bank, BOUND_SCALE)))
  const turn = f32x4.add(f32x4.mul(turnRe, turnRe), f32x4.mul(turnIm, turnIm))
  const whole = f32x4.mul(leading, following)
  const excessRe = f32x4.sub(
    f32x4.mul(turnRe, v128.load(at, UNTURN_RE * 4)),
    f32x4.mul(turnIm, v128.load(at, UNTURN_IM * 4)),
  )
  const isStrong = f32x4.ge(held, f32x4.splat(least))
  const isSteady = f32x4.ge(turn, f32x4.mul(whole, f32x4.splat(floatAt(bank, STEADINESS_MIN))))
  const isOn = f32x4.gt(excessRe, f32x4.mul(f32x4.sqrt(turn), v128.load(at, DEVIATION_COS * 4)))
  return v128.and(f32x4.div(turn, whole), v128.and(isStrong, v128.and(isSteady, isOn)))
}

/** Which of four tones is the strongest when the window's hops are added up in step with them; the first of equals. */
function strongest(bank: usize, track: usize, last: i32, hopCount: i32, firstTone: i32): i32 {
  const unturnRe = v128.load(bank + firstTone * 4, UNTURN_RE * 4)
  const unturnIm = v128.load(bank + firstTone * 4, UNTURN_IM * 4)
  let re = f32x4.splat(0)
  let im = f32x4.splat(0)
  for (let hop = last; hop > last - hopCount; hop -= 1) {
    const slot = slotOf(track, hop) + firstTone * 4
    const turned = f32x4.sub(f32x4.mul(re, unturnRe), f32x4.mul(im, unturnIm))
    const crossed = f32x4.add(f32x4.mul(im, unturnRe), f32x4.mul(re, unturnIm))
    im = f32x4.add(crossed, v128.load(slot, IMAGINARY * 4))
    re = f32x4.add(turned, v128.load(slot))
  }
  const powers = f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im))
  return i32.ctz(i32x4.bitmask(f32x4.eq(powers, f32x4.splat(largest(powers)))))
}

/**
 * Whether a tone of a pair turns from hop to hop about as its frequency demands, net of what the other tone leaks: the
 * refusal of PairFit, with a little room for what single precision rounds, so that nothing is refused here that it would take.
 */
function isOnFrequency(
  bank: usize,
  track: usize,
  last: i32,
  hopCount: i32,
  tone: i32,
  other: i32,
  unmix: usize,
  own: i32,
): bool {
  const ownRe = floatAt(unmix, own)
  const acrossRe = floatAt(unmix, 1)
  const ownIm = floatAt(unmix, own + UNMIX_IMAGINARY)
  const acrossIm = floatAt(unmix, 1 + UNMIX_IMAGINARY)
  let turnRe: f32 = 0
  let turnIm: f32 = 0
  let previousRe: f32 = 0
  let previousIm: f32 = 0
  for (let hop = last - hopCount + 1; hop <= last; hop += 1) {
    const slot = slotOf(track, hop)
    const re = ownRe * floatAt(slot, tone) + acrossRe * floatAt(slot, other)
    const im = ownIm * floatAt(slot, IMAGINARY + tone) + acrossIm * floatAt(slot, IMAGINARY + other)
    turnRe += previousRe * re + previousIm * im
    turnIm += previousRe * im - previousIm * re
    previousRe = re
    previousIm = im
  }
  const excessRe = turnRe * floatAt(bank, UNTURN_RE + tone) - turnIm * floatAt(bank, UNTURN_IM + tone)
  const length = sqrt<f32>(turnRe * turnRe + turnIm * turnIm)
  return length > 0 && excessRe >= floatAt(bank, DEVIATION_COS + tone) * length
}
