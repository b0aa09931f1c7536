/**
 * The spotter's net in WebAssembly: one instance and one memory per thread, weights first, then a region per stream.
 *
 *   | matrices, scales, biases | scratch | stream 0: last features, nine rings | stream 1 | ...    grown as streams come
 */
import { instantiate } from '../../../../base/wasm.js'
import { FEATURE_UNIT, FEATURES } from './front-end.js'
import type { SpotterModel } from './model.js'
import { type NarrowMatrix, narrowMatrix } from './narrow.js'
import { INPUT_STEPS, initialFeatures, ringRowsOf, type SpotterNet, STEPS_MAX, softmax } from './net.js'
import { SPOTTER_WASM } from './spotter.wasm.js'

/** wasm/spotter.ts. */
interface KernelExports {
  dots(
    input: number,
    inputs: number,
    stride: number,
    weights: number,
    out: number,
    outputs: number,
    steps: number,
  ): void
  scale(
    sums: number,
    scales: number,
    units: number,
    bias: number,
    x: number,
    width: number,
    steps: number,
    adds: boolean,
    lowest: number,
  ): void
  depthwise(
    x: number,
    ring: number,
    row: number,
    rows: number,
    dilation: number,
    taps: number,
    weights: number,
    bias: number,
    h: number,
    out: number,
    units: number,
    width: number,
    steps: number,
  ): void
  narrow(x: number, width: number, out: number, units: number, steps: number): void
}

interface MatrixPlace {
  readonly inputs: number
  readonly outputs: number
  readonly weights: number
  readonly scales: number
  readonly bias: number
}

interface BlockPlace {
  readonly rows: number
  readonly dilation: number
  readonly taps: number
  readonly depthWeights: number
  readonly depthBias: number
  readonly point: MatrixPlace
  /** Of the ring, from the beginning of a stream's region. */
  readonly ringOffset: number
}

const PAGE_BYTES = 65_536
/** Outputs of which the kernel wants the weights together. */
const GROUP = 16
/** Streams by which the memory grows: 16 x 81 KiB. */
const STREAMS_PER_GROWTH = 16
/** Features before a step that the first layer looks at as well; int16, as those of the step. */
const featuresBefore = (INPUT_STEPS - 1) * FEATURES

export class Kernel {
  readonly #memory = new WebAssembly.Memory({ initial: 1 })
  readonly #exports: KernelExports
  readonly #free: number[] = []
  readonly #input: MatrixPlace
  readonly #blocks: BlockPlace[]
  readonly #output: MatrixPlace
  readonly #streamBytes: number
  /** Scratch, of STEPS_MAX steps: what a matrix is multiplied with, in 16 bits, and what one of it stands for. */
  readonly #features: number
  readonly #featureUnits: number
  readonly #narrow: number
  readonly #units: number
  readonly #sums: number
  readonly #x: number
  readonly #h: number
  readonly #out: number
  #next = 0
  #shorts = new Int16Array(this.#memory.buffer)
  #floats = new Float32Array(this.#memory.buffer)
  /** Views of #out: those of so many steps. */
  #rowsOf: readonly (readonly Float32Array[])[] = []

  constructor(readonly model: SpotterModel) {
    this.#exports = instantiate(SPOTTER_WASM, this.#memory) as unknown as KernelExports
    const { width, classes } = model
    this.#input = this.#placeMatrix('inp', width)
    let ringOffset = featuresBefore * 2
    this.#blocks = model.dilations.map((dilation, i) => {
      const rows = ringRowsOf(model, i)
      const place = {
        rows,
        dilation,
        taps: model.kernelSizes[i]!,
        depthWeights: this.#placeFloats(model.tensor(`dw${i}.w`)),
        depthBias: this.#placeFloats(model.tensor(`dw${i}.b`)),
        point: this.#placeMatrix(`pw${i}`, width),
        ringOffset,
      }
      ringOffset += rows * width * 4
      return place
    })
    this.#streamBytes = ringOffset
    this.#output = this.#placeMatrix('out', classes.length)
    this.#features = this.#reserve((featuresBefore + STEPS_MAX * FEATURES) * 2)
    this.#featureUnits = this.#placeFloats(new Float32Array(STEPS_MAX).fill(FEATURE_UNIT))
    this.#narrow = this.#reserve(STEPS_MAX * width * 2)
    this.#units = this.#reserve(STEPS_MAX * 4)
    this.#sums = this.#reserve(STEPS_MAX * width * 4)
    this.#x = this.#reserve(STEPS_MAX * width * 4)
    this.#h = this.#reserve(width * 4)
    this.#out = this.#reserve(STEPS_MAX * this.#output.outputs * 4)
    this.#lookAtMemory()
  }

  /** What a stream holds, bytes. */
  get streamBytes(): number {
    return this.#streamBytes
  }

  get blockCount(): number {
    return this.#blocks.length
  }

  /** A stream's region, fresh; the caller's until release(). */
  acquire(): number {
    if (this.#free.length === 0) {
      for (let i = 0; i < STREAMS_PER_GROWTH; i++) this.#free.push(this.#reserve(this.#streamBytes))
      this.#lookAtMemory()
    }
    const region = this.#free.pop()!
    const before = initialFeatures(this.model)
    for (let i = 0; i < INPUT_STEPS - 1; i++) this.#shorts.set(before, region / 2 + i * FEATURES)
    return region
  }

  /** Takes a region back, overwritten: what was said can be read from it. */
  release(region: number): void {
    this.#floats.fill(0, region / 4, (region + this.#streamBytes) / 4)
    this.#free.push(region)
  }

  /** Steps of the stream in `region`, as SpotterNet's; `rows` says where each of its rings stands, and is moved on. Hot. */
  step(region: number, rows: Uint8Array, features: Int16Array): readonly Float32Array[] {
    const { depthwise, narrow } = this.#exports
    const { width } = this.model
    const steps = features.length / FEATURES
    this.#takeFeatures(region, features)
    this.#multiply(this.#features, FEATURES, this.#input, steps)
    this.#scale(this.#featureUnits, this.#input, this.#x, steps, false, 0)
    for (let i = 0; i < this.#blocks.length; i++) {
      const block = this.#blocks[i]!
      depthwise(
        this.#x,
        region + block.ringOffset,
        rows[i]!,
        block.rows,
        block.dilation,
        block.taps,
        block.depthWeights,
        block.depthBias,
        this.#h,
        this.#narrow,
        this.#units,
        width,
        steps,
      )
      rows[i] = (rows[i]! + steps) % block.rows
      this.#multiply(this.#narrow, width, block.point, steps)
      this.#scale(this.#units, block.point, this.#x, steps, true, 0)
    }
    narrow(this.#x, width, this.#narrow, this.#units, steps)
    this.#multiply(this.#narrow, width, this.#output, steps)
    this.#scale(this.#units, this.#output, this.#out, steps, false, -Infinity)
    const out = this.#rowsOf[steps]!
    for (const row of out) softmax(row)
    return out
  }

  /** Puts the features behind those before them, of which the last are kept for the next ones. */
  #takeFeatures(region: number, features: Int16Array): void {
    const shorts = this.#shorts
    const at = this.#features / 2
    shorts.copyWithin(at, region / 2, region / 2 + featuresBefore)
    shorts.set(features, at + featuresBefore)
    shorts.copyWithin(region / 2, at + features.length, at + features.length + featuresBefore)
  }

  /** @param stride from a step's inputs to those of the next */
  #multiply(input: number, stride: number, { inputs, weights, outputs }: MatrixPlace, steps: number): void {
    this.#exports.dots(input, inputs, stride * 2, weights, this.#sums, outputs, steps)
  }

  #scale(
    units: number,
    { scales, bias, outputs }: MatrixPlace,
    x: number,
    steps: number,
    adds: boolean,
    lowest: number,
  ): void {
    this.#exports.scale(this.#sums, scales, units, bias, x, outputs, steps, adds, lowest)
  }

  #placeMatrix(name: string, outputs: number): MatrixPlace {
    const narrow = narrowMatrix(this.model.tensor(`${name}.w`), outputs)
    const outputsWhole = Math.ceil(outputs / GROUP) * GROUP
    const weights = this.#reserve(narrow.inputs * outputsWhole * 2)
    this.#shorts.set(grouped(narrow, outputsWhole), weights / 2)
    return {
      inputs: narrow.inputs,
      outputs: outputsWhole,
      weights,
      scales: this.#placeFloats(narrow.scales, outputsWhole),
      bias: this.#placeFloats(this.model.tensor(`${name}.b`), outputsWhole),
    }
  }

  /** Behind them zeros, up to `count`. */
  #placeFloats(values: Float32Array, count = values.length): number {
    const at = this.#reserve(count * 4)
    this.#floats.set(values, at / 4)
    return at
  }

  #reserve(bytes: number): number {
    const at = this.#next
    this.#next += Math.ceil(bytes / 16) * 16
    const missing = Math.ceil((this.#next - this.#memory.buffer.byteLength) / PAGE_BYTES)
    if (missing > 0) {
      this.#memory.grow(missing)
      this.#shorts = new Int16Array(this.#memory.buffer)
      this.#floats = new Float32Array(this.#memory.buffer)
    }
    return at
  }

  /** A memory that has grown has other views. */
  #lookAtMemory(): void {
    const rows = Array.from({ length: STEPS_MAX }, (_, step) => {
      const at = this.#out / 4 + step * this.#output.outputs
      return this.#floats.subarray(at, at + this.model.classes.length)
    })
    this.#rowsOf = Array.from({ length: STEPS_MAX + 1 }, (_, steps) => rows.slice(0, steps))
  }
}

/** In the kernel's order: GROUP outputs together, of those two inputs together, then output by output; zeros where there is none. */
const grouped = ({ inputs, outputs, weights }: NarrowMatrix, outputsWhole: number): Int16Array => {
  const out = new Int16Array(inputs * outputsWhole)
  for (let input = 0; input < inputs; input++)
    for (let m = 0; m < outputs; m++) {
      const pair = (m - (m % GROUP)) * inputs + (input - (input % 2)) * GROUP
      out[pair + (m % GROUP) * 2 + (input % 2)] = weights[input * outputs + m]!
    }
  return out
}

/** One stream's net in a thread's kernel. */
export class KernelNet implements SpotterNet {
  readonly #region: number
  readonly #rows: Uint8Array

  constructor(private readonly kernel: Kernel) {
    this.#region = kernel.acquire()
    this.#rows = new Uint8Array(kernel.blockCount)
  }

  step(features: Int16Array): readonly Float32Array[] {
    return this.kernel.step(this.#region, this.#rows, features)
  }

  close(): void {
    this.kernel.release(this.#region)
  }
}
