import { Fifo } from '../base/fifo.js'
import { RECORDER_QUEUE_ITEMS_MAX } from '../base/limits.js'
import type { WireMessage } from '../media/wire.js'
import { MessageStore } from '../session/message-store.js'

/** Copies of messages that a socket has been sent, for as long as the network may not have taken them. */
export class Unwritten {
  readonly #messages = new MessageStore()
  readonly #kept = new Fifo<WireMessage>(RECORDER_QUEUE_ITEMS_MAX)

  /** A copy of a borrowed message, to be handed to the network; null when RECORDER_QUEUE_ITEMS_MAX wait. */
  copyOf(message: WireMessage): WireMessage | null {
    if (this.#kept.isFull) return null
    const copy = this.#messages.copyOf(message)
    this.#kept.push(copy)
    return copy
  }

  /** The network has taken the oldest: it is overwritten. */
  written(): void {
    const copy = this.#kept.shift()
    if (copy !== undefined) this.#messages.giveBack(copy)
  }

  /** All that has not been taken, in order. */
  takeBack(): WireMessage[] {
    return this.#kept.drain()
  }
}
