import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
import { tellRecorder } from '../told-to-recorder.js'
import type { AsteriskOptions } from './options.js'
import { AsteriskReceiver } from './receive.js'

/** A recorder behind chan_websocket. It asks for nothing, and the call is over when the socket closes. */
export class AsteriskRecorder implements DialectRecorder {
  readonly #receiver: AsteriskReceiver
  readonly #heard: ForkEvent[] = []

  constructor(options: AsteriskOptions['options']) {
    this.#receiver = new AsteriskReceiver(options)
  }

  receive(message: WireMessage, nowMs: number, out: RecorderEvent[]): void {
    this.#receiver.receive(message, nowMs, this.#heard)
    tellRecorder(this.#heard, out)
  }
}
