/**
 * Frames on their way to one write. What one connection sends in one turn of the event loop leaves in one system call: a
 * read that has brought several frames lets several go. One batch per process, of one connection at a time: when the next
 * begins to send, the one before has nothing more to say for now.
 */
import { endOfTurn } from '../turns.js'
import { applyMask, HEADER_BYTES_MAX, wordsOf } from './frame.js'
import { writeMaskKey } from './mask-keys.js'

/** Where a batch goes. */
export interface FrameSink {
  /** Frames of a client are masked: RFC 6455, section 5.1. */
  readonly isMasking: boolean
  /** Sends frames that hold so many messages; their memory is borrowed until return. */
  write(frames: Uint8Array, messages: number): void
  /** Tells whoever has sent them of the messages that have been taken meanwhile; never from within a call to the sink. */
  tellSent(): void
}

/** A second of stereo L16 at 16 kHz, as far as a recorder may be ahead; a larger frame goes alone. */
const BATCH_BYTES = 64 * 1024

class FrameBatch {
  readonly #bytes = new Uint8Array(BATCH_BYTES)
  readonly #words = wordsOf(this.#bytes)
  #size = 0
  #messages = 0
  #sink: FrameSink | null = null
  #isAwaited = false
  /** Who has sent something since the last `settle`. */
  readonly #senders: FrameSink[] = []

  /** Bytes of this sink that have not been written yet. */
  bytesOf(sink: FrameSink): number {
    return sink === this.#sink ? this.#size : 0
  }

  /** Adds a frame, copied. @param messages 1 for a message, 0 for a control frame. Hot. */
  add(sink: FrameSink, opcode: number, payload: Uint8Array, messages: 0 | 1): void {
    if (sink !== this.#sink || this.#size + HEADER_BYTES_MAX + payload.length > BATCH_BYTES) this.flush()
    if (HEADER_BYTES_MAX + payload.length > BATCH_BYTES) {
      const alone = new Uint8Array(HEADER_BYTES_MAX + payload.length)
      const end = writeFrame(alone, wordsOf(alone), 0, opcode, payload, sink.isMasking)
      sink.write(alone.subarray(0, end), messages)
      this.#senders.push(sink)
      this.#settleLater()
      return
    }
    this.#sink = sink
    this.#size = writeFrame(this.#bytes, this.#words, this.#size, opcode, payload, sink.isMasking)
    this.#messages += messages
    this.#settleLater()
  }

  /** Sends what there is, and tells everybody of what has been sent: from where nobody is within a call to a sink. Hot. */
  settle(): void {
    this.flush()
    for (let sender = this.#senders.pop(); sender !== undefined; sender = this.#senders.pop())
      sender.tellSent()
  }

  /** Sends what there is. */
  flush(): void {
    const sink = this.#sink
    if (sink === null) return
    const frames = this.#bytes.subarray(0, this.#size)
    const messages = this.#messages
    this.#sink = null
    this.#size = 0
    this.#messages = 0
    sink.write(frames, messages)
    this.#senders.push(sink)
  }

  #settleLater(): void {
    if (this.#isAwaited) return
    this.#isAwaited = true
    endOfTurn(() => {
      this.#isAwaited = false
      this.settle()
    })
  }
}

/** The process's own. */
export const frameBatch = new FrameBatch()

/** Writes a frame that is a whole message, or a control frame; returns where it ends. */
const writeFrame = (
  bytes: Uint8Array,
  words: Uint32Array,
  start: number,
  opcode: number,
  payload: Uint8Array,
  isMasking: boolean,
): number => {
  const { length } = payload
  const maskBit = isMasking ? 0x80 : 0
  let end = start
  bytes[end++] = 0x80 | opcode
  if (length < 126) bytes[end++] = maskBit | length
  else if (length < 65_536) {
    bytes[end++] = maskBit | 126
    bytes[end++] = length >>> 8
    bytes[end++] = length & 0xff
  } else {
    bytes[end++] = maskBit | 127
    for (let shift = 56; shift >= 32; shift -= 8) bytes[end++] = 0
    for (let shift = 24; shift >= 0; shift -= 8) bytes[end++] = (length >>> shift) & 0xff
  }
  if (!isMasking) {
    bytes.set(payload, end)
    return end + length
  }
  writeMaskKey(bytes, end)
  bytes.set(payload, end + 4)
  applyMask(bytes, words, end, length)
  return end + 4 + length
}
