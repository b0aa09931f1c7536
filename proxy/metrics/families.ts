import { Histogram } from './histogram.js'
import { LabelGrid, type LabelSets } from './label-grid.js'

/** One counted or timed thing with the values of its labels, in the order in which names.ts lists the labels. */
export interface Labelled<T> {
  readonly labels: readonly string[]
  readonly value: T
}

/** A counter for every combination of its labels, in one array. */
export class CounterFamily {
  readonly #grid: LabelGrid
  readonly #values: Float64Array
  /** Slots that have counted, and the known ones: a few of thousands, and all of them would be looked at for each scrape. */
  readonly #slots: number[]

  constructor(...sets: LabelSets) {
    this.#grid = new LabelGrid(...sets)
    this.#values = new Float64Array(this.#grid.slotCount)
    this.#slots = [...this.#grid.knownSlots]
  }

  /** Adds `amount`; what is not a finite number above 0 adds nothing, for a counter never falls. Hot. */
  add(amount: number, first?: string, second?: string): void {
    if (!(amount > 0 && amount < Infinity)) return
    const slot = this.#grid.slotOf(first, second)
    if (this.#values[slot] === 0 && !this.#slots.includes(slot)) this.#slots.push(slot)
    this.#values[slot]! += amount
  }

  /** The counters that have counted, and the known ones. */
  read(): Labelled<number>[] {
    return this.#slots
      .sort((a, b) => a - b)
      .map((slot) => ({ labels: this.#grid.valuesAt(slot), value: this.#values[slot]! }))
  }
}

/** A histogram for every combination of its labels, made when it is first needed. */
export class HistogramFamily {
  readonly #grid: LabelGrid
  readonly #histograms: (Histogram | undefined)[]

  constructor(...sets: LabelSets) {
    this.#grid = new LabelGrid(...sets)
    this.#histograms = Array.from({ length: this.#grid.slotCount }, () => undefined)
    for (const slot of this.#grid.knownSlots) this.#histograms[slot] = new Histogram()
  }

  /** Counts a duration in ms, `count` times; odd values as Histogram.observe() has it. Hot. */
  observe(ms: number, first?: string, count = 1): void {
    const slot = this.#grid.slotOf(first)
    this.#histograms[slot] ??= new Histogram()
    this.#histograms[slot].observe(ms, count)
  }

  /** The histograms that have counted, and the known ones; live, not copies. */
  read(): Labelled<Histogram>[] {
    return this.#histograms.flatMap((value, slot) =>
      value === undefined ? [] : [{ labels: this.#grid.valuesAt(slot), value }],
    )
  }
}
