/**
 * The arithmetic of the spotter's net (../kernel-net.ts) in WebAssembly with 128-bit SIMD. AssemblyScript, not TypeScript:
 * `npm run build:wasm` compiles it and embeds it in ../spotter.wasm.ts. Addresses are bytes; every vector is of float32 and a
 * multiple of 16 long.
 */

/** out[m] = bias[m] + sum over n of input[n] * weights[n][m]. */
export function affine(
  input: usize,
  inputs: i32,
  weights: usize,
  bias: usize,
  out: usize,
  outputs: i32,
): void {
  const stride = (<usize>outputs) << 2
  for (let at: usize = 0; at < stride; at += 64) {
    let a = v128.load(bias + at)
    let b = v128.load(bias + at, 16)
    let c = v128.load(bias + at, 32)
    let d = v128.load(bias + at, 48)
    let w = weights + at
    const end = input + ((<usize>inputs) << 2)
    for (let i = input; i < end; i += 4) {
      const value = v128.load32_splat(i)
      a = f32x4.add(a, f32x4.mul(value, v128.load(w)))
      b = f32x4.add(b, f32x4.mul(value, v128.load(w, 16)))
      c = f32x4.add(c, f32x4.mul(value, v128.load(w, 32)))
      d = f32x4.add(d, f32x4.mul(value, v128.load(w, 48)))
      w += stride
    }
    v128.store(out + at, a)
    v128.store(out + at, b, 16)
    v128.store(out + at, c, 32)
    v128.store(out + at, d, 48)
  }
}

/** x = relu(x) */
export function relu(x: usize, count: i32): void {
  const zero = f32x4.splat(0)
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16)
    v128.store(x + at, f32x4.max(zero, v128.load(x + at)))
}

/** x = relu(x + addend) */
export function addRelu(x: usize, addend: usize, count: i32): void {
  const zero = f32x4.splat(0)
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16)
    v128.store(x + at, f32x4.max(zero, f32x4.add(v128.load(x + at), v128.load(addend + at))))
}

/**
 * Writes x into row `row` of a ring of `rows`, then out = relu(bias + sum over taps of ring[row - (taps - 1 - tap) * dilation]
 * * weights[tap]), channel by channel.
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
  out: usize,
  width: i32,
): void {
  const stride = (<usize>width) << 2
  const newest = ring + <usize>row * stride
  for (let at: usize = 0; at < stride; at += 16) v128.store(newest + at, v128.load(x + at))
  const zero = f32x4.splat(0)
  for (let at: usize = 0; at < stride; at += 16) {
    let sum = v128.load(bias + at)
    for (let tap = 0; tap < taps; tap++) {
      let from = row - (taps - 1 - tap) * dilation
      if (from < 0) from += rows
      sum = f32x4.add(
        sum,
        f32x4.mul(v128.load(ring + <usize>from * stride + at), v128.load(weights + <usize>tap * stride + at)),
      )
    }
    v128.store(out + at, f32x4.max(zero, sum))
  }
}
