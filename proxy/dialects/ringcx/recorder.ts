import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
import type { RingcxOptions } from './options.js'
import { RingcxReceiver } from './receive.js'

/** A receiver of RingCX streams. It says nothing: the answer is the end of the call. */
export class RingcxRecorder implements DialectRecorder {
  readonly #receiver: RingcxReceiver
  readonly #heard: ForkEvent[] = []

  constructor(options: RingcxOptions['options']) {
    this.#receiver = new RingcxReceiver(options, () => NO_CALL_ID)
  }

  receive(message: WireMessage, nowMs: number, out: RecorderEvent[]): void {
    this.#receiver.receive(message, nowMs, this.#heard)
    for (const event of this.#heard) {
      if (event.kind === 'started') out.push({ kind: 'started', call: event.call })
      else if (event.kind === 'media') out.push(event)
      else if (event.kind === 'violation') out.push({ kind: 'violation', code: event.code })
    }
    this.#heard.length = 0
  }
}

/** What a dialog without an id is called here; a recorder cannot know more. */
const NO_CALL_ID = 'unnamed'
