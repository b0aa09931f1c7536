/**
 * The spotter's net: causal convolutions over the features of a step and of those before it, one distribution over the
 * classes per step, `delaySteps` late. Each block keeps as many of its inputs as its kernel reaches back, in a ring.
 *
 *   features -> conv 3 x 64 -> 80, relu -> nine times { h = depthwise(x); x = relu(x + pointwise(relu(h))) } -> softmax
 *
 * kernel-net.ts does the same in WebAssembly, five times as fast; this one is how it is checked.
 */
import { FEATURES } from './front-end.js'
import type { SpotterModel } from './model.js'

/** Steps of features that the first layer looks at. */
export const INPUT_STEPS = 3

/** One stream's net. */
export interface SpotterNet {
  /** Takes the features of a step; returns the probability of every class, valid until the next step of any stream. Hot. */
  step(features: Float32Array): Float32Array
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
  readonly pointWeights: Float32Array
  readonly pointBias: Float32Array
}

/** Rows of a block's ring: how far its kernel reaches back, and the step itself. */
export const ringRowsOf = (model: SpotterModel, block: number): number =>
  (model.kernelSizes[block]! - 1) * model.dilations[block]! + 1

/** Turns the net's outputs into probabilities, in place. Hot. */
export const softmax = (out: Float32Array, count: number): void => {
  let highest = -Infinity
  for (let c = 0; c < count; c++) if (out[c]! > highest) highest = out[c]!
  let sum = 0
  for (let c = 0; c < count; c++) {
    out[c] = Math.exp(out[c]! - highest)
    sum += out[c]!
  }
  for (let c = 0; c < count; c++) out[c]! /= sum
}

export class PlainNet implements SpotterNet {
  readonly #width: number
  readonly #inputs: Float32Array
  readonly #blocks: Block[]
  readonly #x: Float32Array
  readonly #h: Float32Array
  readonly #out: Float32Array

  constructor(private readonly model: SpotterModel) {
    this.#width = model.width
    this.#inputs = initialInputs(model)
    this.#blocks = model.dilations.map((dilation, i) => ({
      dilation,
      kernelSize: model.kernelSizes[i]!,
      ring: new Float32Array(ringRowsOf(model, i) * model.width),
      ringRows: ringRowsOf(model, i),
      row: 0,
      depthWeights: model.tensor(`dw${i}.w`),
      depthBias: model.tensor(`dw${i}.b`),
      pointWeights: model.tensor(`pw${i}.w`),
      pointBias: model.tensor(`pw${i}.b`),
    }))
    this.#x = new Float32Array(model.width)
    this.#h = new Float32Array(model.width)
    this.#out = new Float32Array(model.classes.length)
  }

  step(features: Float32Array): Float32Array {
    this.#inputs.copyWithin(0, FEATURES)
    this.#inputs.set(features, (INPUT_STEPS - 1) * FEATURES)
    affine(this.#inputs, this.model.tensor('inp.w'), this.model.tensor('inp.b'), this.#x)
    relu(this.#x)
    for (const block of this.#blocks) this.#pass(block)
    affine(this.#x, this.model.tensor('out.w'), this.model.tensor('out.b'), this.#out)
    softmax(this.#out, this.#out.length)
    return this.#out
  }

  close(): void {
    this.#inputs.fill(0)
    for (const { ring } of this.#blocks) ring.fill(0)
  }

  #pass(block: Block): void {
    const width = this.#width
    const { ring, ringRows, kernelSize, dilation, depthWeights } = block
    ring.set(this.#x, block.row * width)
    this.#h.set(block.depthBias)
    for (let tap = 0; tap < kernelSize; tap++) {
      const row = (block.row - (kernelSize - 1 - tap) * dilation + ringRows) % ringRows
      for (let c = 0; c < width; c++) this.#h[c]! += ring[row * width + c]! * depthWeights[tap * width + c]!
    }
    block.row = (block.row + 1) % ringRows
    relu(this.#h)
    const sum = new Float32Array(width)
    affine(this.#h, block.pointWeights, block.pointBias, sum)
    for (let c = 0; c < width; c++) this.#x[c]! += sum[c]!
    relu(this.#x)
  }
}

/** What the first layer has seen before the first step: a mean of the training, not silence. */
export const initialInputs = (model: SpotterModel): Float32Array => {
  const inputs = new Float32Array(INPUT_STEPS * FEATURES)
  for (let i = 0; i < INPUT_STEPS; i++) inputs.set(model.tensor('mu'), i * FEATURES)
  return inputs
}

/** out[m] = bias[m] + sum over j of input[j] * weights[j][m]. */
const affine = (input: Float32Array, weights: Float32Array, bias: Float32Array, out: Float32Array): void => {
  out.set(bias)
  for (let j = 0, w = 0; j < input.length; j++) {
    const value = input[j]!
    for (let m = 0; m < out.length; m++, w++) out[m]! += value * weights[w]!
  }
}

const relu = (values: Float32Array): void => {
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i] = 0
}
