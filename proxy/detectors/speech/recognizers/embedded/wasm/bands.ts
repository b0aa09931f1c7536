/**
 * The transform and the mel bands of the spotter's front end (../kernel-front-end.ts) in WebAssembly: the two windows of a step
 * at once, one in each lane, in double precision, as ../front-end.ts does it one after the other, to the last bit.
 * AssemblyScript, not TypeScript: `npm run build:wasm` compiles it and embeds it in ../bands.wasm.ts. Addresses are bytes.
 */

const WINDOW: usize = 200
const HOP: usize = 80
const HALF: usize = 128
const FLOOR = 1e-6
/** ../front-end.ts. */
const OCTAVE: f32 = 1_419.5654
const POLYNOMIAL_0: f32 = 830.3755
const POLYNOMIAL_1: f32 = 1_365.3682
const POLYNOMIAL_2: f32 = -453.90475
const POLYNOMIAL_3: f32 = 201.1782
const POLYNOMIAL_4: f32 = -113.58067
const POLYNOMIAL_5: f32 = 62.35956
const ROUNDING: f32 = 12_582_912
/** A value of both windows. */
const PAIR: usize = 16
/** A complex value of both windows: real parts, then imaginary parts. */
const COMPLEX: usize = 2 * PAIR

/**
 * The features of a step of int16 samples: of `bands`, a multiple of four, in the first window, then in the second. `window`: double, over full scale; `order`: bytes;
 * `cosines`, `sines`: double, HALF of each; `filters`: double, of each band those from its first bin to its last, as `bounds`, bytes,
 * says; `values`: scratch of HALF complex values; `power`: scratch of HALF + 1;
 * `sums`: scratch of `bands`.
 */
export function describe(
  pcm: usize,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  filters: usize,
  bounds: usize,
  bands: i32,
  values: usize,
  power: usize,
  sums: usize,
  out: usize,
): void {
  place(pcm, window, order, values)
  for (let size: usize = 1; size < HALF; size <<= 1) butterflies(values, size, cosines, sines)
  unfold(values, cosines, sines, power)
  let at = sums
  for (let band = 0; band < bands; band++, bounds += 2, at += PAIR) {
    let sum = f64x2.splat(FLOOR)
    const last = power + <usize>load<u8>(bounds, 1) * PAIR
    for (let bin = power + <usize>load<u8>(bounds) * PAIR; bin <= last; bin += PAIR, filters += 8)
      sum = f64x2.add(sum, f64x2.mul(v128.load(bin), v128.load64_splat(filters)))
    v128.store(at, sum)
  }
  logarithms(sums, bands, out)
}

/** Of four bands at a time, each window by itself. */
function logarithms(sums: usize, bands: i32, out: usize): void {
  const end = sums + <usize>bands * PAIR
  const second = <usize>bands * 2
  for (; sums < end; sums += 4 * PAIR, out += 8) {
    const low = v128.shuffle<f32>(single(sums), single(sums + PAIR), 0, 4, 1, 5)
    const high = v128.shuffle<f32>(single(sums + 2 * PAIR), single(sums + 3 * PAIR), 0, 4, 1, 5)
    const ofFirst = logarithm(v128.shuffle<f32>(low, high, 0, 1, 4, 5))
    const ofSecond = logarithm(v128.shuffle<f32>(low, high, 2, 3, 6, 7))
    const features = i16x8.narrow_i32x4_s(ofFirst, ofSecond)
    v128.store64_lane(out, features, 0)
    v128.store64_lane(out + second, features, 1)
  }
}

function single(sum: usize): v128 {
  return f32x4.demote_f64x2_zero(v128.load(sum))
}

/** What is no less than FLOOR as a feature, of 32 bits. */
function logarithm(power: v128): v128 {
  const exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(power, 23), i32x4.splat(127)))
  const mantissa = v128.or(v128.and(power, i32x4.splat(0x7fffff)), f32x4.splat(1))
  const t = f32x4.sub(mantissa, f32x4.splat(1.5))
  let y = f32x4.splat(POLYNOMIAL_5)
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(POLYNOMIAL_4))
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(POLYNOMIAL_3))
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(POLYNOMIAL_2))
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(POLYNOMIAL_1))
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(POLYNOMIAL_0))
  const rounding = f32x4.splat(ROUNDING)
  y = f32x4.add(f32x4.add(f32x4.mul(exponent, f32x4.splat(OCTAVE)), y), rounding)
  return i32x4.sub(y, rounding)
}

/** Even samples are real parts, odd ones imaginary parts, each where the transform wants it. */
function place(pcm: usize, window: usize, order: usize, values: usize): void {
  for (let i: usize = 0; i < HALF; i++, pcm += 4, window += 16) {
    const at = values + <usize>load<u8>(order + i) * COMPLEX
    if (i < WINDOW / 2) {
      v128.store(at, f64x2.mul(pairAt(pcm), v128.load64_splat(window)))
      v128.store(at, f64x2.mul(pairAt(pcm + 2), v128.load64_splat(window, 8)), PAIR)
    } else {
      v128.store(at, f64x2.splat(0))
      v128.store(at, f64x2.splat(0), PAIR)
    }
  }
}

// @ts-expect-error: a decorator of AssemblyScript
function pairAt(pcm: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(<f64>load<i16>(pcm)), 1, <f64>load<i16>(pcm, HOP * 2))
}

function butterflies(values: usize, size: usize, cosines: usize, sines: usize): void {
  const stride = (HALF / size) * 8
  const reach = size * COMPLEX
  const end = values + HALF * COMPLEX
  for (let j: usize = 0, t: usize = 0; j < size; j++, t += stride) {
    const c = v128.load64_splat(cosines + t)
    const s = f64x2.neg(v128.load64_splat(sines + t))
    for (let a = values + j * COMPLEX; a < end; a += 2 * reach) {
      const b = a + reach
      const re = v128.load(b)
      const im = v128.load(b, PAIR)
      const xr = f64x2.sub(f64x2.mul(re, c), f64x2.mul(im, s))
      const xi = f64x2.add(f64x2.mul(re, s), f64x2.mul(im, c))
      const ar = v128.load(a)
      const ai = v128.load(a, PAIR)
      v128.store(b, f64x2.sub(ar, xr))
      v128.store(b, f64x2.sub(ai, xi), PAIR)
      v128.store(a, f64x2.add(ar, xr))
      v128.store(a, f64x2.add(ai, xi), PAIR)
    }
  }
}

/** The powers of 2 x HALF real samples from the HALF complex values they were placed in. */
function unfold(values: usize, cosines: usize, sines: usize, power: usize): void {
  const re = v128.load(values)
  const im = v128.load(values, PAIR)
  const sum = f64x2.add(re, im)
  const difference = f64x2.sub(re, im)
  v128.store(power, f64x2.mul(sum, sum))
  v128.store(power + HALF * PAIR, f64x2.mul(difference, difference))
  const half = f64x2.splat(0.5)
  for (let k: usize = 1; k < HALF; k++) {
    const at = values + k * COMPLEX
    const mirror = values + (HALF - k) * COMPLEX
    const evenRe = f64x2.mul(f64x2.add(v128.load(at), v128.load(mirror)), half)
    const evenIm = f64x2.mul(f64x2.sub(v128.load(at, PAIR), v128.load(mirror, PAIR)), half)
    const oddRe = f64x2.mul(f64x2.add(v128.load(at, PAIR), v128.load(mirror, PAIR)), half)
    const oddIm = f64x2.mul(f64x2.sub(v128.load(mirror), v128.load(at)), half)
    const c = v128.load64_splat(cosines + k * 8)
    const s = v128.load64_splat(sines + k * 8)
    const real = f64x2.add(f64x2.add(evenRe, f64x2.mul(c, oddRe)), f64x2.mul(s, oddIm))
    const imaginary = f64x2.sub(f64x2.add(evenIm, f64x2.mul(c, oddIm)), f64x2.mul(s, oddRe))
    v128.store(power + k * PAIR, f64x2.add(f64x2.mul(real, real), f64x2.mul(imaginary, imaginary)))
  }
}
