/**
 * Where media messages are read: one piece of memory of the process, in which WebAssembly's vectors look at a message's text
 * and decode its payload. Both are overwritten when the audio has been heard or refused: none is there between two messages (R3).
 * The shape is copied beside the text each time, so that nothing of a call has to be kept here, found again, or freed.
 *
 * What has no vectors, or no room here, is read by media-shape.ts and base64.ts, which hold the rules.
 */
import { beginningOf } from '../../base/beginning-of.js'
import { instantiate, moduleBytes } from '../../base/wasm.js'
import { base64Bytes, decodeBase64Into } from './base64.js'
import {
  FOUND_INTEGERS,
  MEMORY_PAGES,
  PAYLOAD_AT,
  PAYLOAD_BYTES_MAX,
  SHAPE_AT,
  SHAPE_BYTES_MAX,
  TEXT_AT,
  TEXT_BYTES_MAX,
} from './media-layout.js'
import { READ_MEDIA_WASM } from './read-media.wasm.js'

/** wasm/read-media.ts */
interface Kernel {
  fits(textBytes: number, around: number, payloadBytes: number): number
  decode(start: number, end: number): number
  overwrite(textBytes: number, payloadBytes: number): void
}

export class MediaMemory {
  /** What the last message that has a shape says: FOUND_TIMESTAMP and the rest. */
  readonly found: Int32Array
  /** Whose payload lies here; null: nobody's. */
  payloadOf: Uint8Array | null = null
  readonly #kernel: Kernel | null
  readonly #shape: Uint8Array
  readonly #text: Uint8Array
  readonly #payload: Uint8Array
  readonly #beginning: (length: number) => Uint8Array
  /** Whose text has just been put here, to be decoded next; null: nobody's. */
  #textOf: Uint8Array | null = null
  /** As much has been written since it was overwritten, bytes. */
  #textBytes = 0
  #payloadBytes = 0

  /** @param isVector whether WebAssembly's vectors do the work; by default where the processor has them */
  constructor(readonly isVector = WebAssembly.validate(moduleBytes(READ_MEDIA_WASM))) {
    // No system gives memory for what nobody has written to.
    const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES })
    const { buffer } = memory
    this.#kernel = isVector ? (instantiate(READ_MEDIA_WASM, memory) as unknown as Kernel) : null
    this.found = new Int32Array(buffer, 0, FOUND_INTEGERS)
    this.#shape = new Uint8Array(buffer, SHAPE_AT, SHAPE_BYTES_MAX)
    this.#text = new Uint8Array(buffer, TEXT_AT, TEXT_BYTES_MAX)
    this.#payload = new Uint8Array(buffer, PAYLOAD_AT, PAYLOAD_BYTES_MAX)
    this.#beginning = beginningOf(this.#payload)
  }

  /** Whether a text and its shape can be read here. Hot. */
  hasRoomFor(text: Uint8Array, shape: Uint8Array): boolean {
    return this.#kernel !== null && text.length <= TEXT_BYTES_MAX && shape.length <= SHAPE_BYTES_MAX
  }

  /**
   * Whether a text that has room is of a shape (MediaShape); only then `found` says what is in it. `around` is where in the shape the
   * bytes around the values begin; `payloadBytes` says where the payload's end is looked for first. Hot.
   */
  fits(text: Uint8Array, shape: Uint8Array, around: number, payloadBytes: number): boolean {
    this.#putText(text)
    this.#shape.set(shape)
    if (this.#kernel!.fits(text.length, around, payloadBytes) !== 0) return true
    this.overwrite()
    return false
  }

  /** The payload that source[start..end) spells, borrowed until the next is decoded; null unless it is base64 (decodeBase64Into). Hot. */
  decode(source: Uint8Array, start: number, end: number): Uint8Array | null {
    const byteCount =
      start < 0 || end < start || end > source.length
        ? -1
        : this.#kernel !== null && source.length <= TEXT_BYTES_MAX
          ? this.#decodeText(this.#kernel, source, start, end)
          : this.#decodeBytes(source, start, end)
    if (byteCount < 0) {
      this.overwrite()
      return null
    }
    this.payloadOf = source
    return this.#beginning(byteCount)
  }

  /** Overwrites whatever of a call's lies here. Hot. */
  overwrite(): void {
    if (this.#kernel === null) this.#payload.fill(0, 0, this.#payloadBytes)
    else this.#kernel.overwrite(this.#textBytes, this.#payloadBytes)
    this.#textBytes = 0
    this.#payloadBytes = 0
    this.#textOf = null
    this.payloadOf = null
  }

  #putText(text: Uint8Array): void {
    this.#text.set(text)
    this.#textOf = text
    if (text.length > this.#textBytes) this.#textBytes = text.length
  }

  /** A text that has just been looked at is here still; later its bytes may be others. */
  #decodeText(kernel: Kernel, source: Uint8Array, start: number, end: number): number {
    if (this.#textOf !== source) this.#putText(source)
    this.#textOf = null
    this.#willWrite(((end - start) / 4) * 3)
    return kernel.decode(start, end)
  }

  #decodeBytes(source: Uint8Array, start: number, end: number): number {
    const byteCount = base64Bytes(source, start, end)
    if (byteCount < 0 || byteCount > PAYLOAD_BYTES_MAX) return -1
    this.#willWrite(byteCount)
    return decodeBase64Into(source, start, end, this.#payload) ? byteCount : -1
  }

  #willWrite(byteCount: number): void {
    if (byteCount > this.#payloadBytes) this.#payloadBytes = byteCount
  }
}

/** The memory of this process. */
export const mediaMemory = new MediaMemory()
