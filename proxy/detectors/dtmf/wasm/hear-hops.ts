/**
 * What hear-hops.ts does, in AssemblyScript for WebAssembly's vectors of four: the same sums in the same order, so that what is
 * written to a slot is the same to the last bit. `npm run build:wasm` makes hear-hops.wasm.ts of it.
 */
import {
  BOUND,
  BOUND_SCALE,
  DEVIATION_COS,
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
  UNMIX,
  UNMIX_IMAGINARY,
  UNMIX_PER_PAIR,
  UNTURN_IM,
  UNTURN_RE,
} from '../layout'

/** Hears the hops that lie in the bank's PCM; they are numbered from the track's first. Returns a bit per hop that may show a pair. */
export function hearHops(bank: usize, track: usize, firstHop: i32, hopCount: i32): i32 {
  const half = i32(floatAt(bank, HALF_HOP))
  const rows = i32(floatAt(bank, KERNEL_ROWS))
  const pcm = bank + (KERNEL + rows * KERNEL_ROW_FLOATS) * 4 + PCM_MARGIN * 2
  let shown = 0
  for (let n = 0; n < hopCount; n += 1) {
    const hop = firstHop + n
    analyse(bank, rows, pcm + (2 * n + 1) * half * 2, slotOf(track, hop))
    const short = candidate(bank, track, hop, SHORT_HOPS)
    const long = candidate(bank, track, hop, LONG_HOPS)
    store<f32>(slotOf(track, hop) + SHORT_CANDIDATE * 4, f32(short))
    store<f32>(slotOf(track, hop) + LONG_CANDIDATE * 4, f32(long))
    if (short + long > 0) shown |= 1 << n
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

/** The pair, plus one, that the window which ends with `last` may show, or 0. */
function candidate(bank: usize, track: usize, last: i32, hopCount: i32): i32 {
  let energy: f32 = 0
  let bound: f32 = 0
  for (let hop = last - hopCount + 1; hop <= last; hop += 1) {
    energy += floatAt(slotOf(track, hop), ENERGY)
    bound += floatAt(slotOf(track, hop), BOUND)
  }
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
