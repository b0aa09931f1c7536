import { LABEL_PATTERN } from '../base/label.js'

/** Where every label value beyond a set's size is counted, and every one that is no name. */
const OTHER = 'other'

/**
 * Values one label may take, `other` included. The vocabularies that we count by (reasons, dialects, detectors, triggers,
 * refusals) have some 20 words at most; a family of 64 histograms is 64 x 6 kB = 384 kB.
 */
const LABEL_VALUES_MAX = 64

/** The values of one label, numbered as they come, up to a bound. */
export class LabelSet {
  readonly #indexes = new Map([[OTHER, 0]])
  readonly #names = [OTHER]
  /** How many of the values were known from the start: those of index 1 to `knownCount`. */
  readonly knownCount: number

  /**
   * @param known values to show at 0 before they first occur
   * @param size values told apart, `other` included
   */
  constructor(
    known: readonly string[] = [],
    readonly size: number = LABEL_VALUES_MAX,
  ) {
    for (const name of known) this.indexOf(name)
    this.knownCount = this.#names.length - 1
  }

  /** Index of a value, below `size`; 0 (`other`) when the set is full or the value is no name. Hot. */
  indexOf(name: string): number {
    return this.#indexes.get(name) ?? this.#add(name)
  }

  nameAt(index: number): string {
    return this.#names[index] ?? OTHER
  }

  #add(name: string): number {
    if (this.#names.length >= this.size || !LABEL_PATTERN.test(name)) return 0
    this.#indexes.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }
}
