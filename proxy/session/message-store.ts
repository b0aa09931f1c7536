/**
 * The memory of one call's messages: each is a copy of what came, and is used for another once its audio has left. Nothing
 * of one call is ever in another's memory.
 *
 *   copyOf(borrowed) -> dialect, timeline, recorder -> giveBack: overwritten, free for the next
 *
 * Messages that nobody gives back (text, what a dialect keeps) are collected like anything else.
 */
import type { WireMessage } from '../media/wire.js'

/** Sizes are rounded up to this, so that a number with one digit more fits where the one before lay, bytes. */
const STEP_BYTES = 64
/** Longer messages are not kept: 20 ms of stereo L16 at 48 kHz are 3,840 bytes. */
const KEPT_BYTES_MAX = 4096
/** Messages that wait to be used again: a second of two tracks, which may leave at once after a stall. */
const FREE_MAX = 100
/**
 * So many of those that wait are looked at for one of the very length: texts of two tracks differ by a letter or two, and a view that is
 * made anew lives as long as its message, and is moved by the collector of garbage meanwhile.
 */
const LOOKED_AT_MAX = 4
/** Messages of one size are cut from one piece of memory, this many at a time. */
const CUT_AT_ONCE = 8

class KeptMessage implements WireMessage {
  isBinary = true
  isFree = true

  constructor(
    /** All of its memory; `data` is as much of it as the message takes. */
    readonly memory: Uint8Array,
    public data: Uint8Array,
  ) {}
}

export class MessageStore {
  readonly #free: KeptMessage[] = []
  #lastBytes = 0

  /** A copy of a borrowed message, to be given back or forgotten. Hot. */
  copyOf({ data, isBinary }: WireMessage): WireMessage {
    const message = this.#fitting(data.length)
    if (message.data.length !== data.length) message.data = message.memory.subarray(0, data.length)
    message.data.set(data)
    message.isBinary = isBinary
    message.isFree = false
    return message
  }

  /** Overwrites a message that `copyOf` has made, and that nobody reads any more (R3). Hot. */
  giveBack(message: WireMessage): void {
    if (!(message instanceof KeptMessage) || message.isFree) return
    message.isFree = true
    message.memory.fill(0)
    if (message.memory.length <= KEPT_BYTES_MAX && this.#free.length < FREE_MAX) this.#free.push(message)
  }

  #fitting(bytes: number): KeptMessage {
    const free = this.#ofLength(bytes) ?? this.#free.pop()
    return free !== undefined && free.memory.length >= bytes ? free : this.#cut(bytes)
  }

  #ofLength(bytes: number): KeptMessage | undefined {
    const last = this.#free.length - 1
    for (let i = last; i >= 0 && i > last - LOOKED_AT_MAX; i--) {
      const free = this.#free[i]!
      if (free.data.length !== bytes) continue
      this.#free[i] = this.#free[last]!
      this.#free.pop()
      return free
    }
    return undefined
  }

  /** The first message of a size may be the only one; from the second on there will be more. */
  #cut(bytes: number): KeptMessage {
    const size = Math.max(1, Math.ceil(bytes / STEP_BYTES)) * STEP_BYTES
    const count = size === this.#lastBytes && size <= KEPT_BYTES_MAX ? CUT_AT_ONCE : 1
    this.#lastBytes = size
    const piece = new Uint8Array(size * count)
    for (let i = 1; i < count; i++) this.#free.push(keptIn(piece.subarray(i * size, (i + 1) * size)))
    return keptIn(count === 1 ? piece : piece.subarray(0, size))
  }
}

const keptIn = (memory: Uint8Array): KeptMessage => new KeptMessage(memory, memory)
