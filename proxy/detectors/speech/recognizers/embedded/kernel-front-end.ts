/** The front end in WebAssembly: one instance and one page of memory per thread, tables first, then scratch. */
import { instantiate } from '../../../../base/wasm.js'
import { BANDS_WASM } from './bands.wasm.js'
import { BANDS, FEATURES, FFT, type FrontEnd, frontEndTables, STEP_SPAN_SAMPLES } from './front-end.js'
import type { SpotterModel } from './model.js'

/** wasm/bands.ts. */
interface BandsExports {
  describe(
    pcm: number,
    window: number,
    order: number,
    cosines: number,
    sines: number,
    filters: number,
    bounds: number,
    bands: number,
    values: number,
    power: number,
    sums: number,
    out: number,
  ): void
}

/** A double of each of the two windows of a step. */
const PAIR_BYTES = 16

export class KernelFrontEnd implements FrontEnd {
  readonly #memory = new WebAssembly.Memory({ initial: 1 })
  readonly #describe: () => void
  readonly #span: Int16Array
  readonly #features: Int16Array
  #next = 0

  constructor(model: SpotterModel) {
    const { describe } = instantiate(BANDS_WASM, this.#memory) as unknown as BandsExports
    const tables = frontEndTables(model)
    const window = this.#place(tables.window)
    const cosines = this.#place(tables.cosines)
    const sines = this.#place(tables.sines)
    const order = this.#place(tables.order)
    const bounds = this.#place(tables.bounds)
    const filters = this.#place(
      Float64Array.from(
        tables.filters.flatMap((row, band) => [
          ...row.subarray(tables.bounds[2 * band], tables.bounds[2 * band + 1]! + 1),
        ]),
      ),
    )
    const span = this.#reserve(2 * STEP_SPAN_SAMPLES)
    const values = this.#reserve((FFT / 2) * 2 * PAIR_BYTES)
    const power = this.#reserve((FFT / 2 + 1) * PAIR_BYTES)
    const sums = this.#reserve(BANDS * PAIR_BYTES)
    const out = this.#reserve(2 * FEATURES)
    this.#span = new Int16Array(this.#memory.buffer, span, STEP_SPAN_SAMPLES)
    this.#features = new Int16Array(this.#memory.buffer, out, FEATURES)
    this.#describe = () =>
      describe(span, window, order, cosines, sines, filters, bounds, BANDS, values, power, sums, out)
  }

  describe(span: Int16Array, out: Int16Array): void {
    this.#span.set(span)
    this.#describe()
    out.set(this.#features)
  }

  #place(values: Float64Array | Uint8Array): number {
    const at = this.#reserve(values.byteLength)
    new Uint8Array(this.#memory.buffer, at).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    )
    return at
  }

  #reserve(bytes: number): number {
    const at = this.#next
    this.#next += Math.ceil(bytes / PAIR_BYTES) * PAIR_BYTES
    return at
  }
}
