/**
 * What the decoders of G.711 (../g711.ts) and linear audio (../l16/l16.ts) do to a whole frame, sixteen bytes at a time.
 * AssemblyScript, not TypeScript: `npm run build:wasm` compiles it and embeds it in ../frame-pcm.wasm.ts. Addresses are bytes.
 * Payloads end in the middle of a vector: up to 31 bytes behind them are read, and what they stand for is written behind the samples,
 * 32 bytes at most. What has been read is zeros afterwards.
 */

const VECTOR: usize = 16

/** One channel of G.711, `byteCount` samples. `lines`: a law as ../g711.ts writes it down. */
export function expandOne(payload: usize, byteCount: usize, lines: usize, out: usize): void {
  const inverted = v128.load(lines)
  for (const end = payload + byteCount; payload < end; payload += VECTOR, out += 2 * VECTOR)
    expand(v128.xor(taken(payload), inverted), lines, out)
}

/** Two channels in turn, `byteCount / 2` samples each. */
export function expandTwo(payload: usize, byteCount: usize, lines: usize, left: usize, right: usize): void {
  const inverted = v128.load(lines)
  const end = payload + byteCount
  for (; payload < end; payload += 2 * VECTOR, left += 2 * VECTOR, right += 2 * VECTOR) {
    const first = v128.xor(taken(payload), inverted)
    const second = v128.xor(taken(payload + VECTOR), inverted)
    expand(
      v128.shuffle<u8>(first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30),
      lines,
      left,
    )
    expand(
      v128.shuffle<u8>(first, second, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31),
      lines,
      right,
    )
  }
}

/** One channel of linear audio, `byteCount / 2` samples. `order`: of a vector's bytes, as ../l16/l16.ts writes it down. */
export function arrangeOne(payload: usize, byteCount: usize, order: usize, out: usize): void {
  const places = v128.load(order)
  for (const end = payload + byteCount; payload < end; payload += VECTOR, out += VECTOR)
    v128.store(out, i8x16.swizzle(taken(payload), places))
}

/** Two channels in turn, `byteCount / 4` samples each; `order` puts those on the left first. */
export function arrangeTwo(payload: usize, byteCount: usize, order: usize, left: usize, right: usize): void {
  const places = v128.load(order)
  const end = payload + byteCount
  for (; payload < end; payload += VECTOR, left += VECTOR / 2, right += VECTOR / 2) {
    const samples = i8x16.swizzle(taken(payload), places)
    v128.store64_lane(left, samples, 0)
    v128.store64_lane(right, samples, 1)
  }
}

/** Zeros in `byteCount` bytes and in the rest of 32. */
export function clear(at: usize, byteCount: usize): void {
  memory.fill(at, 0, (byteCount + 31) & ~31)
}

/** The next vector of a payload, which is gone then. */
function taken(payload: usize): v128 {
  const bytes = v128.load(payload)
  v128.store(payload, i8x16.splat(0))
  return bytes
}

/** A code's upper four bits say on which line its sample lies, the lower four how many steps from the line's base. */
function expand(codes: v128, lines: usize, out: usize): void {
  const line = i8x16.shr_u(codes, 4)
  const stepLow = i8x16.swizzle(v128.load(lines, 16), line)
  const stepHigh = i8x16.swizzle(v128.load(lines, 32), line)
  const baseLow = i8x16.swizzle(v128.load(lines, 48), line)
  const baseHigh = i8x16.swizzle(v128.load(lines, 64), line)
  const steps = v128.and(codes, i8x16.splat(0x0f))
  const near = i16x8.mul(i16x8.extend_low_i8x16_u(steps), firstEight(stepLow, stepHigh))
  const far = i16x8.mul(i16x8.extend_high_i8x16_u(steps), lastEight(stepLow, stepHigh))
  v128.store(out, i16x8.add(near, firstEight(baseLow, baseHigh)))
  v128.store(out, i16x8.add(far, lastEight(baseLow, baseHigh)), VECTOR)
}

function firstEight(low: v128, high: v128): v128 {
  return v128.shuffle<u8>(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

function lastEight(low: v128, high: v128): v128 {
  return v128.shuffle<u8>(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}
