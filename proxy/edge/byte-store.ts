/** A store that is empty again gives memory back beyond this: most peers send one large message a call, if any. */
const KEPT_BYTES_MAX = 64 * 1024

/**
 * Bytes of a stream that have not come whole, in memory that grows with what has come and not with what was announced: a
 * stream that comes byte by byte costs no more copies than one that does not. What has been taken out is overwritten.
 */
export class ByteStore {
  #bytes = new Uint8Array(0)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Appends a copy; returns all that is kept, borrowed until the next call. */
  append(chunk: Uint8Array): Uint8Array {
    const size = this.#size + chunk.length
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(2 * size)
      grown.set(this.#bytes.subarray(0, this.#size))
      this.#bytes.fill(0)
      this.#bytes = grown
    }
    this.#bytes.set(chunk, this.#size)
    this.#size = size
    return this.#bytes.subarray(0, size)
  }

  /** The first `count` bytes have been used: what is left moves to the front. */
  dropFirst(count: number): void {
    const left = this.#size - count
    this.#bytes.copyWithin(0, count, this.#size)
    this.#bytes.fill(0, left, this.#size)
    this.#size = left
    if (left === 0 && this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = new Uint8Array(0)
  }
}
