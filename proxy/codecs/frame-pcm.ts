import { beginningOf } from '../base/beginning-of.js'
import { FRAME_SAMPLES_MAX } from '../base/limits.js'
import { instantiate, moduleBytes } from '../base/wasm.js'
import type { AudioDecoder } from './codec.js'
import { FRAME_PCM_WASM } from './frame-pcm.wasm.js'

const PAGE_BYTES = 65_536
/** Whole vectors are read and written: room for the rest of the last, behind everything that has an end of its own. */
const MARGIN_BYTES = 32
/** Room for a decoder's table. */
const TABLE_BYTES = 128

/**
 * The memory of the kernel:
 *
 *     table | left, margin | right, margin | payload, margin
 */
const LEFT_AT = TABLE_BYTES
const CHANNEL_BYTES = 2 * FRAME_SAMPLES_MAX + MARGIN_BYTES
const RIGHT_AT = LEFT_AT + CHANNEL_BYTES
const PAYLOAD_AT = RIGHT_AT + CHANNEL_BYTES
/** Linear audio, two channels of it. */
const PAYLOAD_BYTES = 4 * FRAME_SAMPLES_MAX
const MEMORY_PAGES = Math.ceil((PAYLOAD_AT + PAYLOAD_BYTES + MARGIN_BYTES) / PAGE_BYTES)

/** wasm/frame-pcm.ts: addresses and counts of bytes. */
interface FrameKernel {
  expandOne(payload: number, byteCount: number, lines: number, out: number): void
  expandTwo(payload: number, byteCount: number, lines: number, left: number, right: number): void
  arrangeOne(payload: number, byteCount: number, order: number, out: number): void
  arrangeTwo(payload: number, byteCount: number, order: number, left: number, right: number): void
  clear(at: number, byteCount: number): void
}

/**
 * The PCM of one frame, each channel by itself: it is heard and forgotten before the next frame is decoded. It lies in memory of
 * WebAssembly, which never grows, so that codecs that treat all samples alike have a frame decoded there in one call.
 */
export class FramePcm {
  /** The first channel, or the only one; FRAME_SAMPLES_MAX signed 16-bit samples each. */
  readonly left: Int16Array
  readonly right: Int16Array
  readonly #payload: Uint8Array
  readonly #table: Uint8Array
  /** What lies in #table: that of the codec used last; the calls of a process seldom have several. */
  #tableInUse: Uint8Array | null = null
  readonly #kernel: FrameKernel | null
  readonly #beginnings: readonly [(length: number) => Int16Array, (length: number) => Int16Array]
  /** Of two channels that are decoded together. */
  readonly #interleaved = new Int16Array(2 * FRAME_SAMPLES_MAX)

  /** @param isVector whether WebAssembly's vectors do the work; by default where the processor has them */
  constructor(isVector = WebAssembly.validate(moduleBytes(FRAME_PCM_WASM))) {
    const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES })
    this.left = new Int16Array(memory.buffer, LEFT_AT, FRAME_SAMPLES_MAX)
    this.right = new Int16Array(memory.buffer, RIGHT_AT, FRAME_SAMPLES_MAX)
    this.#payload = new Uint8Array(memory.buffer, PAYLOAD_AT, PAYLOAD_BYTES)
    this.#table = new Uint8Array(memory.buffer, 0, TABLE_BYTES)
    this.#beginnings = [beginningOf(this.left), beginningOf(this.right)]
    this.#kernel = isVector ? (instantiate(FRAME_PCM_WASM, memory) as unknown as FrameKernel) : null
  }

  /** Decodes a payload of so many channels; returns samples per channel, at the decoder's rate. Hot. */
  decode(decoder: AudioDecoder, payload: Uint8Array, channelCount: 1 | 2): number {
    const decoded = decoder.decodeFrame?.(payload, this) ?? -1
    if (decoded >= 0) return decoded
    if (channelCount === 1) return decoder.decodeInto(payload, this.left)
    const { left, right } = this
    const interleaved = this.#interleaved
    const count = decoder.decodeInto(payload, interleaved)
    for (let i = 0; i < count; i++) {
      left[i] = interleaved[2 * i]!
      right[i] = interleaved[2 * i + 1]!
    }
    interleaved.fill(0, 0, 2 * count)
    return count
  }

  /** The first `count` samples of a channel, 0 or 1; borrowed until the next decode. Hot. */
  channel(channel: number, count: number): Int16Array {
    return this.#beginnings[channel as 0 | 1](count)
  }

  /** Overwrites the frame decoded last (R3): it has been heard, and nothing may be decoded for long. Hot. */
  forget(count: number, channelCount: 1 | 2): void {
    if (this.#kernel === null) {
      this.left.fill(0, 0, count)
      if (channelCount === 2) this.right.fill(0, 0, count)
      return
    }
    this.#kernel.clear(LEFT_AT, 2 * count)
    if (channelCount === 2) this.#kernel.clear(RIGHT_AT, 2 * count)
  }

  /**
   * Expands G.711 by vectors; `lines` says how (g711.ts). False where there are none, and nothing has been done. The payload is whole
   * samples, of FRAME_SAMPLES_MAX instants at most. Hot.
   */
  expand(payload: Uint8Array, lines: Uint8Array, channelCount: 1 | 2): boolean {
    if (this.#kernel === null) return false
    this.#put(payload, lines)
    if (channelCount === 1) this.#kernel.expandOne(PAYLOAD_AT, payload.length, 0, LEFT_AT)
    else this.#kernel.expandTwo(PAYLOAD_AT, payload.length, 0, LEFT_AT, RIGHT_AT)
    return true
  }

  /** The same for linear audio; `order` says where in sixteen bytes of it the bytes of its samples lie (l16/l16.ts). Hot. */
  arrange(payload: Uint8Array, order: Uint8Array, channelCount: 1 | 2): boolean {
    if (this.#kernel === null) return false
    this.#put(payload, order)
    if (channelCount === 1) this.#kernel.arrangeOne(PAYLOAD_AT, payload.length, 0, LEFT_AT)
    else this.#kernel.arrangeTwo(PAYLOAD_AT, payload.length, 0, LEFT_AT, RIGHT_AT)
    return true
  }

  #put(payload: Uint8Array, table: Uint8Array): void {
    this.#payload.set(payload)
    if (table === this.#tableInUse) return
    this.#table.set(table)
    this.#tableInUse = table
  }
}

/** The one of this process. */
export const framePcm = new FramePcm()
