import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
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
    for (const event of this.#heard) {
      if (event.kind === 'started') out.push({ kind: 'started', call: event.call })
      else if (event.kind === 'media') out.push(event)
      else if (event.kind === 'ended') out.push({ kind: 'ended' })
      else if (event.kind === 'violation') out.push({ kind: 'violation', code: event.code })
      else if (event.kind === 'close') out.push({ kind: 'close', code: event.code })
    }
    this.#heard.length = 0
  }
}
