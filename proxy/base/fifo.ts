/**
 * First in, first out, in a ring that doubles up to its bound.
 *
 *     slots   . . c d e . . .        head = 2, size = 3
 *                 ^head    ^tail     indices wrap at slots.length, a power of two
 *
 * A slot is cleared when its item leaves: nothing that has been released stays reachable.
 */
export class Fifo<T> {
  #slots: (T | undefined)[] = new Array(16).fill(undefined)
  #head = 0
  #size = 0

  /** @param sizeMax most items at once */
  constructor(readonly sizeMax: number) {}

  get size(): number {
    return this.#size
  }

  get isFull(): boolean {
    return this.#size >= this.sizeMax
  }

  peek(): T | undefined {
    return this.#slots[this.#head]
  }

  /** Appends; false, and nothing done, when full. */
  push(item: T): boolean {
    if (this.isFull) return false
    if (this.#size === this.#slots.length) this.#grow()
    this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = item
    this.#size++
    return true
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const item = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#slots.length - 1)
    this.#size--
    return item
  }

  /** Takes out all that there is, in order. */
  drain(): T[] {
    const all: T[] = []
    for (let item = this.shift(); item !== undefined; item = this.shift()) all.push(item)
    return all
  }

  #grow(): void {
    const grown: (T | undefined)[] = new Array(this.#slots.length * 2).fill(undefined)
    for (let i = 0; i < this.#size; i++) grown[i] = this.#slots[(this.#head + i) & (this.#slots.length - 1)]
    this.#slots = grown
    this.#head = 0
  }
}
