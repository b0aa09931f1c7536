import type { TcpTransport } from '../dialects/transport.js'

/**
 * Finds the units of a byte stream, however it was cut. What has not come whole is kept, in memory that grows with it up
 * to the largest unit: a stream that comes byte by byte costs no more copies than one that does not.
 */
export class UnitReader {
  #rest = new Uint8Array(0)
  #restBytes = 0

  constructor(private readonly transport: TcpTransport) {}

  /**
   * Hands on every unit that is whole with this chunk, each in memory of its own; the chunk is overwritten. False when the
   * stream announces a unit over the limit, or tells no length within it: nothing behind that can be told apart any more.
   */
  read(chunk: Uint8Array, take: (unit: Uint8Array) => void): boolean {
    const bytes = this.#restBytes === 0 ? chunk : this.#appended(chunk)
    let start = 0
    while (start < bytes.length) {
      const unitBytes = this.transport.unitBytes(bytes.subarray(start))
      if ((unitBytes ?? bytes.length - start) > this.transport.unitBytesMax) return false
      if (unitBytes === null || bytes.length - start < unitBytes) break
      take(new Uint8Array(bytes.subarray(start, start + unitBytes)))
      start += unitBytes
    }
    this.#keep(bytes, start)
    chunk.fill(0)
    return true
  }

  #appended(chunk: Uint8Array): Uint8Array {
    const size = this.#restBytes + chunk.length
    if (size > this.#rest.length) {
      const grown = new Uint8Array(2 * size)
      grown.set(this.#rest.subarray(0, this.#restBytes))
      this.#rest.fill(0)
      this.#rest = grown
    }
    this.#rest.set(chunk, this.#restBytes)
    return this.#rest.subarray(0, size)
  }

  /** What is left moves to the front. */
  #keep(bytes: Uint8Array, start: number): void {
    const left = bytes.length - start
    if (this.#restBytes > 0) {
      this.#rest.copyWithin(0, start, bytes.length)
      this.#rest.fill(0, left, bytes.length)
    } else {
      if (left > this.#rest.length) this.#rest = new Uint8Array(left)
      this.#rest.set(bytes.subarray(start))
    }
    this.#restBytes = left
  }
}
