import type { MediaFrame } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import { ClosingConnection } from '../closing-connection.js'
import type { ForkEvent } from '../dialect.js'
import type { AudioSocketOptions } from './options.js'
import { AudioSocketReceiver } from './receive.js'
import { HEAD_BYTES, isUnit, kinds, rateOfKind } from './units.js'

/** One forked call: Asterisk on one side, a recorder that takes us for Asterisk on the other. Closing Asterisk's socket hangs up. */
export class AudioSocketConnection extends ClosingConnection {
  readonly #receiver: AudioSocketReceiver
  readonly #allowed: ReadonlySet<string>

  constructor(options: AudioSocketOptions['options']) {
    const receiver = new AudioSocketReceiver(options)
    super(receiver)
    this.#receiver = receiver
    this.#allowed = new Set(options.allowFromRecorder)
  }

  override tick(nowMs: number, out: ForkEvent[]): void {
    this.#receiver.tick(nowMs, out)
  }

  /** The very unit that came, silenced in place. */
  encodeMedia(frame: MediaFrame): WireMessage {
    const message = frame.envelope as WireMessage
    if (frame.payload.buffer !== message.data.buffer)
      message.data.set(frame.payload.subarray(0, message.data.length - HEAD_BYTES), HEAD_BYTES)
    return message
  }

  preamble(): readonly WireMessage[] {
    const { name } = this.#receiver
    return name === null ? [] : [name]
  }

  /** Asterisk knows audio and the hang-up; anything else makes it hang up as well. */
  protected allowedToPbx(message: WireMessage): WireMessage | null {
    if (!isUnit(message.data)) return null
    const kind = message.data[0]!
    const isAllowed =
      kind === kinds.hangup
        ? this.#allowed.has('hangup')
        : rateOfKind(kind) !== undefined && this.#allowed.has('audio')
    return isAllowed ? message : null
  }
}
