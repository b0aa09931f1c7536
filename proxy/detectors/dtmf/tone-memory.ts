import { instantiate, moduleBytes } from '../../base/wasm.js'
import { createHearHops } from './hear-hops.js'
import { HEAR_HOPS_WASM } from './hear-hops.wasm.js'
import { SLOT_COUNT, SLOT_FLOATS } from './layout.js'

/**
 * Hears `hopCount` hops, HOPS_MAX at most, that have been put into the PCM of a bank; `bank` and `track` are addresses in tone
 * memory, `firstHop` is the slot of the first, hops modulo SLOT_COUNT. Fills a slot for each, and overwrites their PCM and that of the
 * hop behind them. Bit n of what it returns is set when a window that ends with the nth of them may show a pair.
 */
export type HearHops = (bank: number, track: number, firstHop: number, hopCount: number) => number

const FLOAT_BYTES = 4
const PAGE_BYTES = 65_536
const TRACK_BYTES = SLOT_COUNT * SLOT_FLOATS * FLOAT_BYTES

/** By how much the memory grows, pages: 1 MB, some 340 tracks. */
const GROWTH_PAGES = 16

/**
 * One memory for all tracks and banks of a process, which both ways of hearing work in. A track takes 3 KB of it while its call
 * lasts; what a call leaves is overwritten before another gets it. The first track's room is nobody's: a ring that has been closed
 * lies there.
 */
export class ToneMemory {
  readonly hearHops: HearHops
  /** All of it, as numbers of either kind; replaced when the memory grows. */
  floats: Float32Array
  samples: Int16Array
  private readonly memory: WebAssembly.Memory
  private readonly free: number[] = []
  private end = TRACK_BYTES

  /** @param isVector whether WebAssembly's vectors do the work; by default where the processor has them */
  constructor(readonly isVector = WebAssembly.validate(moduleBytes(HEAR_HOPS_WASM))) {
    this.memory = new WebAssembly.Memory({ initial: GROWTH_PAGES })
    this.floats = new Float32Array(this.memory.buffer)
    this.samples = new Int16Array(this.memory.buffer)
    this.hearHops = isVector
      ? (instantiate(HEAR_HOPS_WASM, this.memory)['hearHops'] as HearHops)
      : createHearHops(this)
  }

  /** The address of so many bytes that stay taken, filled with zeros; a multiple of 16. */
  allocate(byteCount: number): number {
    const at = this.end
    this.end += 16 * Math.ceil(byteCount / 16)
    const missingPages = Math.ceil(this.end / PAGE_BYTES) - this.memory.buffer.byteLength / PAGE_BYTES
    if (missingPages > 0) {
      this.memory.grow(Math.max(missingPages, GROWTH_PAGES))
      this.floats = new Float32Array(this.memory.buffer)
      this.samples = new Int16Array(this.memory.buffer)
    }
    return at
  }

  /** The address of a track's slots, all zeros: it has heard nothing but silence. */
  openTrack(): number {
    return this.free.pop() ?? this.allocate(TRACK_BYTES)
  }

  /** Overwrites a track's slots and keeps them for the next. */
  closeTrack(track: number): void {
    this.floats.fill(0, track / FLOAT_BYTES, (track + TRACK_BYTES) / FLOAT_BYTES)
    this.free.push(track)
  }
}

/** The memory of this process. */
export const toneMemory = new ToneMemory()
