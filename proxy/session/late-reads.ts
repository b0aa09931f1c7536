/**
 * What waited in the kernel because the process was late for the call's turn to be read. Nobody saw a frame come: of those that are
 * read together the first may have waited for all of that time, the last for hardly any, and the others in between, evenly, since that
 * is how a call's frames come. For the accounts alone; a hold-back begins when a frame is read.
 */
import { Fifo } from '../base/fifo.js'

/** Batches remembered: those of the longest hold-back, 10 s, when every turn is late, and turns are 20 ms apart at least. */
const BATCHES_MAX = 512

interface Batch {
  readonly readAtMs: number
  readonly waitedMs: number
  readonly count: number
  /** Of the count, how many have been asked for. */
  told: number
}

export class LateReads {
  readonly #batches = new Fifo<Batch>(BATCHES_MAX)

  /** `count` messages were read at `readAtMs`, the first of which may have waited for `waitedMs`. Beyond BATCHES_MAX it is not counted. */
  note(readAtMs: number, waitedMs: number, count: number): void {
    this.#batches.push({ readAtMs, waitedMs, count, told: 0 })
  }

  /** How long a frame that was read then had waited, ms: asked once for each frame, in the order in which they were read. Hot. */
  waitedMs(readAtMs: number): number {
    let batch = this.#batches.peek()
    while (batch !== undefined && batch.readAtMs < readAtMs) {
      this.#batches.shift()
      batch = this.#batches.peek()
    }
    if (batch === undefined || batch.readAtMs > readAtMs) return 0
    const share = 1 - Math.min(batch.told++, batch.count) / batch.count
    return batch.waitedMs * share
  }
}
