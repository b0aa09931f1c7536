import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
import { tellRecorder } from '../told-to-recorder.js'
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
    tellRecorder(this.#heard, out)
  }
}

/** What a dialog without an id is called here; a recorder cannot know more. */
const NO_CALL_ID = 'unnamed'
