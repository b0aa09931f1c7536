/**
 * The spotter's net in WebAssembly: one instance and one memory per thread, weights first, then a region per stream.
 *
 *   | weights and biases | scratch | stream 0: inputs, nine rings | stream 1 | ...    grown as streams come
 */
import { FEATURES } from './front-end.js'
import type { SpotterModel } from './model.js'
import { INPUT_STEPS, initialInputs, ringRowsOf, type SpotterNet, softmax } from './net.js'
import { SPOTTER_WASM } from './spotter.wasm.js'

/** wasm/spotter.ts. */
interface KernelExports {
  affine(input: number, inputs: number, weights: number, bias: number, out: number, outputs: number): void
  relu(x: number, count: number): void
  addRelu(x: number, addend: number, count: number): void
  depthwise(
    x: number,
    ring: number,
    row: number,
    rows: number,
    dilation: number,
    taps: number,
    weights: number,
    bias: number,
    out: number,
    width: number,
  ): void
}

interface BlockPlace {
  readonly rows: number
  readonly dilation: number
  readonly taps: number
  readonly depthWeights: number
  readonly depthBias: number
  readonly pointWeights: number
  readonly pointBias: number
  /** Of the ring, from the beginning of a stream's region. */
  readonly ringOffset: number
}

const PAGE_BYTES = 65_536
/** The kernel works on 16 outputs at a time. */
const LANE = 16
/** Streams by which the memory grows: 16 x 52 kB. */
const STREAMS_PER_GROWTH = 16

const inputsBytes = INPUT_STEPS * FEATURES * 4

export class Kernel {
  readonly #memory = new WebAssembly.Memory({ initial: 1 })
  readonly #exports: KernelExports
  readonly #free: number[] = []
  readonly #blocks: BlockPlace[]
  readonly #streamBytes: number
  readonly #inputWeights: number
  readonly #inputBias: number
  readonly #outWeights: number
  readonly #outBias: number
  readonly #x: number
  readonly #h: number
  readonly #g: number
  readonly #out: number
  readonly #outCount: number
  #next = 0
  #probabilities = new Float32Array(0)
  #floats = new Float32Array(this.#memory.buffer)

  constructor(readonly model: SpotterModel) {
    const module = new WebAssembly.Module(Uint8Array.from(Buffer.from(SPOTTER_WASM, 'base64')))
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } })
    this.#exports = exports as unknown as KernelExports
    const { width } = model
    this.#outCount = Math.ceil(model.classes.length / LANE) * LANE
    this.#inputWeights = this.#place(model.tensor('inp.w'))
    this.#inputBias = this.#place(model.tensor('inp.b'))
    let ringOffset = inputsBytes
    this.#blocks = model.dilations.map((dilation, i) => {
      const rows = ringRowsOf(model, i)
      const place = {
        rows,
        dilation,
        taps: model.kernelSizes[i]!,
        depthWeights: this.#place(model.tensor(`dw${i}.w`)),
        depthBias: this.#place(model.tensor(`dw${i}.b`)),
        pointWeights: this.#place(model.tensor(`pw${i}.w`)),
        pointBias: this.#place(model.tensor(`pw${i}.b`)),
        ringOffset,
      }
      ringOffset += rows * width * 4
      return place
    })
    this.#streamBytes = ringOffset
    this.#outWeights = this.#place(widened(model.tensor('out.w'), model.classes.length, this.#outCount))
    this.#outBias = this.#place(widened(model.tensor('out.b'), model.classes.length, this.#outCount))
    this.#x = this.#reserve(width * 4)
    this.#h = this.#reserve(width * 4)
    this.#g = this.#reserve(width * 4)
    this.#out = this.#reserve(this.#outCount * 4)
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
    if (this.#free.length === 0)
      for (let i = 0; i < STREAMS_PER_GROWTH; i++) this.#free.push(this.#reserve(this.#streamBytes))
    const region = this.#free.pop()!
    this.#floats.set(initialInputs(this.model), region / 4)
    return region
  }

  /** Takes a region back, overwritten: what was said can be read from it. */
  release(region: number): void {
    this.#floats.fill(0, region / 4, (region + this.#streamBytes) / 4)
    this.#free.push(region)
  }

  /** One step of the stream in `region`; `rows` says where each of its rings stands, and is moved on. Hot. */
  step(region: number, rows: Uint8Array, features: Float32Array): Float32Array {
    const { affine, relu, addRelu, depthwise } = this.#exports
    const { width, classes } = this.model
    const inputs = region / 4
    this.#floats.copyWithin(inputs, inputs + FEATURES, inputs + INPUT_STEPS * FEATURES)
    this.#floats.set(features, inputs + (INPUT_STEPS - 1) * FEATURES)
    affine(region, INPUT_STEPS * FEATURES, this.#inputWeights, this.#inputBias, this.#x, width)
    relu(this.#x, width)
    for (let i = 0; i < this.#blocks.length; i++) {
      const block = this.#blocks[i]!
      const row = rows[i]!
      const ring = region + block.ringOffset
      depthwise(
        this.#x,
        ring,
        row,
        block.rows,
        block.dilation,
        block.taps,
        block.depthWeights,
        block.depthBias,
        this.#h,
        width,
      )
      rows[i] = row + 1 === block.rows ? 0 : row + 1
      affine(this.#h, width, block.pointWeights, block.pointBias, this.#g, width)
      addRelu(this.#x, this.#g, width)
    }
    affine(this.#x, width, this.#outWeights, this.#outBias, this.#out, this.#outCount)
    const out = this.#probabilities
    softmax(out, classes.length)
    return out
  }

  #place(values: Float32Array): number {
    const at = this.#reserve(values.length * 4)
    this.#floats.set(values, at / 4)
    return at
  }

  #reserve(bytes: number): number {
    const at = this.#next
    this.#next += Math.ceil(bytes / 16) * 16
    const missing = Math.ceil((this.#next - this.#memory.buffer.byteLength) / PAGE_BYTES)
    if (missing > 0) {
      this.#memory.grow(missing)
      this.#floats = new Float32Array(this.#memory.buffer)
    }
    this.#probabilities = this.#floats.subarray(this.#out / 4, this.#out / 4 + this.model.classes.length)
    return at
  }
}

/** Rows of `from` values, each filled up with zeros to `to`. */
const widened = (values: Float32Array, from: number, to: number): Float32Array => {
  const rows = values.length / from
  const out = new Float32Array(rows * to)
  for (let row = 0; row < rows; row++) out.set(values.subarray(row * from, (row + 1) * from), row * to)
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

  step(features: Float32Array): Float32Array {
    return this.kernel.step(this.#region, this.#rows, features)
  }

  close(): void {
    this.kernel.release(this.#region)
  }
}
