/**
 * The arithmetic of the spotter's net (../kernel-net.ts) in WebAssembly with 128-bit SIMD. AssemblyScript, not TypeScript:
 * `npm run build:wasm` compiles it and embeds it in ../spotter.wasm.ts. Addresses are bytes; every vector is a multiple of 16
 * values long; several steps of a stream lie one behind the other. ../net.ts says what is computed, to the last bit.
 */

/** A row is never taken to be lower: nothing is divided by zero. */
const HIGHEST_MIN: f32 = 1e-20
/** Outputs that dots() makes at a time: four vectors of int32. */
const GROUP = 16
/** 1.5 * 2^23: what is added to it is rounded to a whole number, to an even one from halfway, which its lowest bits are. */
const ROUNDING: f32 = 12_582_912

/**
 * out[step][m] = sum over n of input[step][n] * weights[n][m], int16 to int32. Rows of the input are `stride` bytes apart and may
 * overlap. The weights of GROUP outputs lie together: of two inputs at a time, output by output.
 */
export function dots(
  input: usize,
  inputs: i32,
  stride: usize,
  weights: usize,
  out: usize,
  outputs: i32,
  steps: i32,
): void {
  const groupBytes = <usize>inputs * GROUP * 2
  const rowBytes = (<usize>outputs) << 2
  const end = weights + groupBytes * (<usize>outputs / GROUP)
  for (let w = weights; w < end; w += groupBytes, out += GROUP * 4) {
    let step = 0
    for (; step + 1 < steps; step += 2)
      dotsOfTwo(
        input + <usize>step * stride,
        stride,
        w,
        w + groupBytes,
        out + <usize>step * rowBytes,
        rowBytes,
      )
    if (step < steps) dotsOfOne(input + <usize>step * stride, w, w + groupBytes, out + <usize>step * rowBytes)
  }
}

// @ts-expect-error: a decorator of AssemblyScript
function dotsOfTwo(i: usize, stride: usize, w: usize, end: usize, out: usize, rowBytes: usize): void {
  let a = i32x4.splat(0)
  let b = a
  let c = a
  let d = a
  let e = a
  let f = a
  let g = a
  let h = a
  for (; w < end; w += GROUP * 4, i += 4) {
    const first = v128.load32_splat(i)
    const second = v128.load32_splat(i + stride)
    let weights = v128.load(w)
    a = i32x4.add(a, i32x4.dot_i16x8_s(first, weights))
    e = i32x4.add(e, i32x4.dot_i16x8_s(second, weights))
    weights = v128.load(w, 16)
    b = i32x4.add(b, i32x4.dot_i16x8_s(first, weights))
    f = i32x4.add(f, i32x4.dot_i16x8_s(second, weights))
    weights = v128.load(w, 32)
    c = i32x4.add(c, i32x4.dot_i16x8_s(first, weights))
    g = i32x4.add(g, i32x4.dot_i16x8_s(second, weights))
    weights = v128.load(w, 48)
    d = i32x4.add(d, i32x4.dot_i16x8_s(first, weights))
    h = i32x4.add(h, i32x4.dot_i16x8_s(second, weights))
  }
  v128.store(out, a)
  v128.store(out, b, 16)
  v128.store(out, c, 32)
  v128.store(out, d, 48)
  v128.store(out + rowBytes, e)
  v128.store(out + rowBytes, f, 16)
  v128.store(out + rowBytes, g, 32)
  v128.store(out + rowBytes, h, 48)
}

// @ts-expect-error: a decorator of AssemblyScript
function dotsOfOne(i: usize, w: usize, end: usize, out: usize): void {
  let a = i32x4.splat(0)
  let b = a
  let c = a
  let d = a
  for (; w < end; w += GROUP * 4, i += 4) {
    const input = v128.load32_splat(i)
    a = i32x4.add(a, i32x4.dot_i16x8_s(input, v128.load(w)))
    b = i32x4.add(b, i32x4.dot_i16x8_s(input, v128.load(w, 16)))
    c = i32x4.add(c, i32x4.dot_i16x8_s(input, v128.load(w, 32)))
    d = i32x4.add(d, i32x4.dot_i16x8_s(input, v128.load(w, 48)))
  }
  v128.store(out, a)
  v128.store(out, b, 16)
  v128.store(out, c, 32)
  v128.store(out, d, 48)
}

/**
 * x[step][m] = sums[step][m] * scales[m] * units[step] + bias[m], added to what lies there if `adds`, and no less than `lowest`:
 * what the sums of dots() stand for.
 */
export function scale(
  sums: usize,
  scales: usize,
  units: usize,
  bias: usize,
  x: usize,
  width: i32,
  steps: i32,
  adds: bool,
  lowest: f32,
): void {
  const rowBytes = (<usize>width) << 2
  const low = f32x4.splat(lowest)
  for (let step = 0; step < steps; step++, units += 4, sums += rowBytes, x += rowBytes) {
    const unit = v128.load32_splat(units)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      let y = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums + at)), v128.load(scales + at))
      y = f32x4.add(f32x4.mul(y, unit), v128.load(bias + at))
      if (adds) y = f32x4.add(v128.load(x + at), y)
      v128.store(x + at, f32x4.pmax(low, y))
    }
  }
}

/**
 * Of each step writes x into the next row of a ring of `rows`, `row` the first, then makes h = relu(bias + sum over taps of
 * ring[row - (taps - 1 - tap) * dilation] * weights[tap]), channel by channel, and narrow(h) of it.
 */
export function depthwise(
  x: usize,
  ring: usize,
  row: i32,
  rows: i32,
  dilation: i32,
  taps: i32,
  weights: usize,
  bias: usize,
  h: usize,
  out: usize,
  units: usize,
  width: i32,
  steps: i32,
): void {
  const rowBytes = (<usize>width) << 2
  for (let step = 0; step < steps; step++, x += rowBytes, out += rowBytes >> 1, units += 4) {
    const newest = ring + <usize>row * rowBytes
    for (let at: usize = 0; at < rowBytes; at += 16) v128.store(newest + at, v128.load(x + at))
    let oldest = row - (taps - 1) * dilation
    if (oldest < 0) oldest += rows
    depthwiseOfOne(ring, oldest, rows, dilation, taps, weights, bias, h, rowBytes)
    narrowRow(h, rowBytes, out, units)
    row = row + 1 === rows ? 0 : row + 1
  }
}

// @ts-expect-error: a decorator of AssemblyScript
function depthwiseOfOne(
  ring: usize,
  oldest: i32,
  rows: i32,
  dilation: i32,
  taps: i32,
  weights: usize,
  bias: usize,
  h: usize,
  rowBytes: usize,
): void {
  const zero = f32x4.splat(0)
  for (let at: usize = 0; at < rowBytes; at += 64) {
    let a = v128.load(bias + at)
    let b = v128.load(bias + at, 16)
    let c = v128.load(bias + at, 32)
    let d = v128.load(bias + at, 48)
    let row = oldest
    let w = weights + at
    for (let tap = 0; tap < taps; tap++, w += rowBytes) {
      const from = ring + <usize>row * rowBytes + at
      a = f32x4.add(a, f32x4.mul(v128.load(from), v128.load(w)))
      b = f32x4.add(b, f32x4.mul(v128.load(from, 16), v128.load(w, 16)))
      c = f32x4.add(c, f32x4.mul(v128.load(from, 32), v128.load(w, 32)))
      d = f32x4.add(d, f32x4.mul(v128.load(from, 48), v128.load(w, 48)))
      row += dilation
      if (row >= rows) row -= rows
    }
    v128.store(h + at, f32x4.pmax(zero, a))
    v128.store(h + at, f32x4.pmax(zero, b), 16)
    v128.store(h + at, f32x4.pmax(zero, c), 32)
    v128.store(h + at, f32x4.pmax(zero, d), 48)
  }
}

/** Rows of what is never negative to int16, the highest of each 32,767; units[step] is what one of it stands for. */
export function narrow(h: usize, width: i32, out: usize, units: usize, steps: i32): void {
  const rowBytes = (<usize>width) << 2
  for (let step = 0; step < steps; step++, h += rowBytes, out += rowBytes >> 1, units += 4)
    narrowRow(h, rowBytes, out, units)
}

// @ts-expect-error: a decorator of AssemblyScript
function narrowRow(h: usize, rowBytes: usize, out: usize, unit: usize): void {
  let highest = f32x4.splat(HIGHEST_MIN)
  for (let at: usize = 0; at < rowBytes; at += 16) highest = f32x4.pmax(highest, v128.load(h + at))
  highest = f32x4.pmax(
    highest,
    i8x16.shuffle(highest, highest, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
  )
  const max = f32x4.extract_lane(highest, 0)
  const other = f32x4.extract_lane(highest, 1)
  const top: f32 = max > other ? max : other
  store<f32>(unit, top / 32767)
  const factor = f32x4.splat(<f32>32767 / top)
  const rounding = f32x4.splat(ROUNDING)
  for (let at: usize = 0; at < rowBytes; at += 32) {
    const low = f32x4.add(f32x4.mul(v128.load(h + at), factor), rounding)
    const high = f32x4.add(f32x4.mul(v128.load(h + at, 16), factor), rounding)
    v128.store(out + (at >> 1), i16x8.narrow_i32x4_s(i32x4.sub(low, rounding), i32x4.sub(high, rounding)))
  }
}
