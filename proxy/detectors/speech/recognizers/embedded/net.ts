/**
 * The spotter's net: causal convolutions over the features of a step and of those before it, one distribution over the
 * classes per step, `delaySteps` late. Each block keeps as many of its inputs as its kernel reaches back, in a ring.
 *
 *   features -> conv 3 x 64 -> 128, relu -> nine times { h = depthwise(x); x = relu(x + pointwise(relu(h))) } -> softmax
 *
 * Matrices are multiplied in whole numbers of 16 bits (narrow.ts), everything else is single precision, rounded after every
 * operation. kernel-net.ts does the same in WebAssembly; this one is how it is checked, to the last bit.
 */
import { FEATURE_UNIT, FEATURES } from './front-end.js'
import type { SpotterModel } from './model.js'
import { type NarrowMatrix, narrowMatrix, narrowRow } from './narrow.js'

/** Steps of features that the first layer looks at. */
export const INPUT_STEPS = 3
/** Steps that a net takes at a time: what a thread is told of a stream in a batch. Weights are then read once for all of them. */
export const STEPS_MAX = 5

/** One stream's net. */
export interface SpotterNet {
  /**
   * Takes the features of one to STEPS_MAX steps, one behind the other; returns the probabilities of every class, a row for each
   * step, valid until the next step of any stream. Any split of the steps gives the same. Hot.
   */
  step(features: Int16Array): readonly Float32Array[]
  /** Gives back what it holds, overwritten: what was said can be read from it. */
  close(): void
}

interface Block {
  readonly dilation: number
  readonly kernelSize: number
  readonly ring: Float32Array
  readonly ringRows: number
  row: number
  readonly depthWeights: Float32Array
  readonly depthBias: Float32Array
  readonly point: NarrowMatrix
  readonly pointBias: Float32Array
}

/** Rows of a block's ring: how far its kernel reaches back, and the step itself. */
export const ringRowsOf = (model: SpotterModel, block: number): number =>
  (model.kernelSizes[block]! - 1) * model.dilations[block]! + 1

/** Turns the net's outputs into probabilities, in place. Hot. */
export const softmax = (out: Float32Array): void => {
  let highest = -Infinity
  for (let c = 0; c < out.length; c++) if (out[c]! > highest) highest = out[c]!
  let sum = 0
  for (let c = 0; c < out.length; c++) {
    out[c] = Math.exp(out[c]! - highest)
    sum += out[c]!
  }
  for (let c = 0; c < out.length; c++) out[c]! /= sum
}

/** What the first layer has seen before the first step: a mean of the training, not silence. */
export const initialFeatures = (model: SpotterModel): Int16Array =>
  Int16Array.from(model.tensor('mu'), (logarithm) => Math.round(logarithm / FEATURE_UNIT))

export class PlainNet implements SpotterNet {
  readonly #inputs: Int16Array
  readonly #input: NarrowMatrix
  readonly #blocks: Block[]
  readonly #output: NarrowMatrix
  readonly #x: Float32Array
  readonly #h: Float32Array
  readonly #narrow: Int16Array

  constructor(private readonly model: SpotterModel) {
    const { width } = model
    const before = initialFeatures(model)
    this.#inputs = new Int16Array(INPUT_STEPS * FEATURES)
    for (let i = 0; i < INPUT_STEPS; i++) this.#inputs.set(before, i * FEATURES)
    this.#input = narrowMatrix(model.tensor('inp.w'), width)
    this.#blocks = model.dilations.map((dilation, i) => ({
      dilation,
      kernelSize: model.kernelSizes[i]!,
      ring: new Float32Array(ringRowsOf(model, i) * width),
      ringRows: ringRowsOf(model, i),
      row: 0,
      depthWeights: model.tensor(`dw${i}.w`),
      depthBias: model.tensor(`dw${i}.b`),
      point: narrowMatrix(model.tensor(`pw${i}.w`), width),
      pointBias: model.tensor(`pw${i}.b`),
    }))
    this.#output = narrowMatrix(model.tensor('out.w'), model.classes.length)
    this.#x = new Float32Array(width)
    this.#h = new Float32Array(width)
    this.#narrow = new Int16Array(width)
  }

  step(features: Int16Array): readonly Float32Array[] {
    return Array.from({ length: features.length / FEATURES }, (_, i) =>
      this.#stepOf(features.subarray(i * FEATURES, (i + 1) * FEATURES)),
    )
  }

  close(): void {
    this.#inputs.fill(0)
    for (const { ring } of this.#blocks) ring.fill(0)
  }

  #stepOf(features: Int16Array): Float32Array {
    this.#inputs.copyWithin(0, FEATURES)
    this.#inputs.set(features, (INPUT_STEPS - 1) * FEATURES)
    this.#x.fill(0)
    addAffine(this.#inputs, FEATURE_UNIT, this.#input, this.model.tensor('inp.b'), this.#x)
    relu(this.#x)
    for (const block of this.#blocks) this.#pass(block)
    const out = new Float32Array(this.model.classes.length)
    const unit = narrowRow(this.#x, this.#narrow)
    addAffine(this.#narrow, unit, this.#output, this.model.tensor('out.b'), out)
    softmax(out)
    return out
  }

  #pass(block: Block): void {
    const width = this.#x.length
    const { ring, ringRows, kernelSize, dilation, depthWeights } = block
    ring.set(this.#x, block.row * width)
    this.#h.set(block.depthBias)
    for (let tap = 0; tap < kernelSize; tap++) {
      const row = (block.row - (kernelSize - 1 - tap) * dilation + ringRows) % ringRows
      for (let c = 0; c < width; c++)
        this.#h[c]! += Math.fround(ring[row * width + c]! * depthWeights[tap * width + c]!)
    }
    block.row = (block.row + 1) % ringRows
    relu(this.#h)
    const unit = narrowRow(this.#h, this.#narrow)
    addAffine(this.#narrow, unit, block.point, block.pointBias, this.#x)
    relu(this.#x)
  }
}

/** x[m] += bias[m] + what the sum over j of input[j] * weights[j][m] stands for, one of `input` for `unit`. */
const addAffine = (
  input: Int16Array,
  unit: number,
  { weights, scales }: NarrowMatrix,
  bias: Float32Array,
  x: Float32Array,
): void => {
  for (let m = 0; m < x.length; m++) {
    let sum = 0
    for (let j = 0, w = m; j < input.length; j++, w += x.length) sum += input[j]! * weights[w]!
    const scaled = Math.fround(Math.fround(Math.fround(sum) * scales[m]!) * unit)
    x[m]! += Math.fround(scaled + bias[m]!)
  }
}

const relu = (values: Float32Array): void => {
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i] = 0
}
