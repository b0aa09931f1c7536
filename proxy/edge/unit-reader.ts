import type { TcpTransport } from '../dialects/transport.js'
import { ByteStore } from './byte-store.js'

/** Finds the units of a byte stream, however it was cut. What has not come whole is kept, up to the largest unit. */
export class UnitReader {
  readonly #rest = new ByteStore()

  constructor(private readonly transport: TcpTransport) {}

  /**
   * Hands on every unit that is whole with this chunk, each in memory of its own; the chunk is overwritten. False when the
   * stream announces a unit over the limit, or tells no length within it: nothing behind that can be told apart any more.
   */
  read(chunk: Uint8Array, take: (unit: Uint8Array) => void): boolean {
    const isAtStart = this.#rest.size === 0
    const bytes = isAtStart ? chunk : this.#rest.append(chunk)
    let start = 0
    while (start < bytes.length) {
      const unitBytes = this.transport.unitBytes(bytes.subarray(start))
      if ((unitBytes ?? bytes.length - start) > this.transport.unitBytesMax) return false
      if (unitBytes === null || bytes.length - start < unitBytes) break
      take(new Uint8Array(bytes.subarray(start, start + unitBytes)))
      start += unitBytes
    }
    if (isAtStart) this.#rest.append(bytes.subarray(start))
    else this.#rest.dropFirst(start)
    chunk.fill(0)
    return true
  }
}
