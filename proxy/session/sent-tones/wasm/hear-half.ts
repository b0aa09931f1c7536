/**
 * What hear-half.ts does, in AssemblyScript for WebAssembly's vectors: the sums are whole numbers and the window is looked at in the same
 * double precision, so that what comes out is the same to the last bit. `npm run build:wasm` makes hear-half.wasm.ts of it.
 */
import {
  ENERGY,
  ENERGY_MIN,
  FIRST_COLUMN,
  HALF,
  IMAGINARY,
  LAST_ENERGY,
  LAST_SUMS,
  LEAD_MIN,
  PAIR,
  ROW_BYTES,
  SHARE_MIN,
  SUMS,
  TABLE,
  TURN_IM,
  TURN_RE,
  TWIST_MAX,
} from '../layout'

const NONE = -1

/** Adds `count` samples to a half of which `filled` are known. When it is full: the pair in its window, or -1, and the next begins. */
export function hearHalf(pcm: usize, count: i32, filled: i32): i32 {
  let row: usize = TABLE + (filled >> 1) * ROW_BYTES
  let left = count
  if (left > 0 && filled & 1) {
    addOne(pcm, 16, row)
    pcm += 2
    row += ROW_BYTES
    left -= 1
  }
  addPairs(pcm, left >> 1, row)
  if (left & 1) addOne(pcm + ((left >> 1) << 2), 0, row + (left >> 1) * ROW_BYTES)
  return filled + count === load<i32>(HALF) ? turn() : NONE
}

/** A sample whose neighbour is not at hand; `shift` is 16 when it is the second of its pair. */
function addOne(pcm: usize, shift: i32, row: usize): void {
  store<i32>(PAIR, i32(load<u16>(pcm)) << shift)
  store<i16>(pcm, 0)
  addPairs(PAIR, 1, row)
}

/** Adds pairs of samples to the sums, and overwrites them. */
function addPairs(pcm: usize, count: i32, row: usize): void {
  let rowRe = v128.load(SUMS)
  let columnRe = v128.load(SUMS, 16)
  let rowIm = v128.load(SUMS, IMAGINARY)
  let columnIm = v128.load(SUMS, IMAGINARY + 16)
  let energy = i64x2.splat(0)
  for (let left = count; left > 0; left -= 1) {
    const pair = v128.load32_splat(pcm)
    store<i32>(pcm, 0)
    rowRe = i32x4.add(rowRe, i32x4.dot_i16x8_s(pair, v128.load(row)))
    columnRe = i32x4.add(columnRe, i32x4.dot_i16x8_s(pair, v128.load(row, 16)))
    rowIm = i32x4.add(rowIm, i32x4.dot_i16x8_s(pair, v128.load(row, 32)))
    columnIm = i32x4.add(columnIm, i32x4.dot_i16x8_s(pair, v128.load(row, 48)))
    energy = i64x2.add(energy, i64x2.extend_low_i32x4_u(i32x4.dot_i16x8_s(pair, pair)))
    pcm += 4
    row += ROW_BYTES
  }
  v128.store(SUMS, rowRe)
  v128.store(SUMS, columnRe, 16)
  v128.store(SUMS, rowIm, IMAGINARY)
  v128.store(SUMS, columnIm, IMAGINARY + 16)
  store<f64>(ENERGY, load<f64>(ENERGY) + f64(i64x2.extract_lane(energy, 0)))
}

/** The half is full: looks at the window that it ends, and begins the next. */
function turn(): i32 {
  const pair = pairInWindow()
  const none = i32x4.splat(0)
  for (let at: usize = 0; at < 2 * IMAGINARY; at += 16) {
    v128.store(LAST_SUMS + at, v128.load(SUMS + at))
    v128.store(SUMS + at, none)
  }
  store<f64>(LAST_ENERGY, load<f64>(ENERGY))
  store<f64>(ENERGY, 0)
  return pair
}

function pairInWindow(): i32 {
  const energy = load<f64>(ENERGY) + load<f64>(LAST_ENERGY)
  if (energy < load<f64>(ENERGY_MIN)) return NONE
  const rows0 = powers(0)
  const rows2 = powers(2)
  const columns0 = powers(FIRST_COLUMN)
  const columns2 = powers(FIRST_COLUMN + 2)
  const row = largest(rows0, rows2)
  const column = largest(columns0, columns2)
  if (row + column < load<f64>(SHARE_MIN) * energy) return NONE
  const twistMax = load<f64>(TWIST_MAX)
  if (row > twistMax * column || column > twistMax * row) return NONE
  const nearRow = near(rows0, rows2, row)
  const nearColumn = near(columns0, columns2, column)
  if (i32.popcnt(nearRow) !== 1 || i32.popcnt(nearColumn) !== 1) return NONE
  return i32.ctz(nearRow) * FIRST_COLUMN + i32.ctz(nearColumn)
}

/** The powers of two frequencies in the window. */
function powers(tone: usize): v128 {
  const turnRe = v128.load(TURN_RE + tone * 8)
  const turnIm = v128.load(TURN_IM + tone * 8)
  const re = two(SUMS + tone * 4)
  const im = two(SUMS + IMAGINARY + tone * 4)
  const turnedRe = f64x2.sub(f64x2.mul(turnRe, re), f64x2.mul(turnIm, im))
  const turnedIm = f64x2.add(f64x2.mul(turnRe, im), f64x2.mul(turnIm, re))
  const wholeRe = f64x2.add(two(LAST_SUMS + tone * 4), turnedRe)
  const wholeIm = f64x2.add(two(LAST_SUMS + IMAGINARY + tone * 4), turnedIm)
  return f64x2.add(f64x2.mul(wholeRe, wholeRe), f64x2.mul(wholeIm, wholeIm))
}

function two(at: usize): v128 {
  return f64x2.convert_low_i32x4_s(v128.load64_zero(at))
}

function largest(first: v128, second: v128): f64 {
  const larger = f64x2.max(first, second)
  return max(f64x2.extract_lane(larger, 0), f64x2.extract_lane(larger, 1))
}

/** A bit for each of four frequencies that the strongest does not leave behind. */
function near(first: v128, second: v128, strongest: f64): i32 {
  const leadMin = f64x2.splat(load<f64>(LEAD_MIN))
  const most = f64x2.splat(strongest)
  return (
    i64x2.bitmask(f64x2.gt(f64x2.mul(first, leadMin), most)) |
    (i64x2.bitmask(f64x2.gt(f64x2.mul(second, leadMin), most)) << 2)
  )
}
