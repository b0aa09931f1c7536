/**
 * The matrices of the net in 16 bits: half the memory, and a processor multiplies eight of them at a time, where it does four of 32.
 * What is multiplied with them is narrowed as well, each row by its own highest value, so that nothing is measured beforehand
 * and any weights will do. No sum can overflow, whatever the input:
 *
 *   |input| <= 2^15   and   sum over inputs of |weight| <= 2^16 - 1   =>   |sum of products| < 2^31
 */

/** A matrix in 16 bits: weights[input][output] * scales[output] is what it was made from. */
export interface NarrowMatrix {
  readonly inputs: number
  readonly outputs: number
  readonly weights: Int16Array
  readonly scales: Float32Array
}

/** What the weights of an output may add up to, their signs aside. */
export const WEIGHT_SUM_MAX = 65_535
const WEIGHT_MAX = 32_767
/** What the highest of a row becomes. */
const INPUT_MAX = 32_767
/** A row is never taken to be lower: nothing is divided by zero. */
const HIGHEST_MIN = Math.fround(1e-20)
/** 1.5 * 2^23: a float32 added to it is rounded to a whole number, to an even one from halfway. */
const ROUNDING = 12_582_912

/** @param weights float32, [input][output] */
export const narrowMatrix = (weights: Float32Array, outputs: number): NarrowMatrix => {
  const inputs = weights.length / outputs
  const narrow = {
    inputs,
    outputs,
    weights: new Int16Array(weights.length),
    scales: new Float32Array(outputs),
  }
  for (let m = 0; m < outputs; m++) narrowColumn(weights, m, narrow)
  return narrow
}

/** As fine as the bounds let it be; rounding may add half to each weight. */
const narrowColumn = (
  from: Float32Array,
  m: number,
  { inputs, outputs, weights, scales }: NarrowMatrix,
): void => {
  let sum = 0
  let highest = 0
  for (let at = m; at < from.length; at += outputs) {
    sum += Math.abs(from[at]!)
    highest = Math.max(highest, Math.abs(from[at]!))
  }
  if (highest === 0) return
  const scale = Math.max(sum / (WEIGHT_SUM_MAX - inputs / 2), highest / WEIGHT_MAX)
  scales[m] = scale
  for (let at = m; at < from.length; at += outputs) weights[at] = Math.round(from[at]! / scale)
}

/** A row of what is never negative to int16; returns what one of it stands for. Hot. */
export const narrowRow = (row: Float32Array, out: Int16Array): number => {
  let highest = HIGHEST_MIN
  for (let i = 0; i < row.length; i++) if (row[i]! > highest) highest = row[i]!
  const factor = Math.fround(INPUT_MAX / highest)
  for (let i = 0; i < row.length; i++)
    out[i] = Math.min(INPUT_MAX, Math.fround(Math.fround(row[i]! * factor) + ROUNDING) - ROUNDING)
  return Math.fround(highest / INPUT_MAX)
}
