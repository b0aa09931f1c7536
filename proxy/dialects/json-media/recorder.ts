import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
import { tellRecorder } from '../told-to-recorder.js'
import { JsonMediaReceiver } from './receiver.js'
import type { JsonMediaWire } from './wire.js'

/** A recorder of such streams: it listens and never answers, as a fork demands. */
export class JsonMediaRecorder implements DialectRecorder {
  readonly #receiver: JsonMediaReceiver
  readonly #heard: ForkEvent[] = []

  /** What comes here has been put in order already. */
  constructor(wire: JsonMediaWire) {
    this.#receiver = new JsonMediaReceiver({ ...wire, reorderMs: 0 })
  }

  receive(message: WireMessage, nowMs: number, out: RecorderEvent[]): void {
    this.#receiver.receive(message, nowMs, this.#heard)
    tellRecorder(this.#heard, out)
  }
}
