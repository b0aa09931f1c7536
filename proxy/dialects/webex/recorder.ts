import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
import { tellRecorder } from '../told-to-recorder.js'
import type { WebexOptions } from './options.js'
import { WebexReceiver } from './receive.js'

/** What a conversation without an id is called here; a recorder cannot know more. */
const NO_CALL_ID = 'unnamed'

/** A receiver of Webex conversations. It says nothing: the answer is the end of the call. */
export class WebexRecorder implements DialectRecorder {
  readonly #receiver: WebexReceiver
  readonly #heard: ForkEvent[] = []

  constructor(options: WebexOptions['options']) {
    this.#receiver = new WebexReceiver(options, () => NO_CALL_ID)
  }

  receive(message: WireMessage, nowMs: number, out: RecorderEvent[]): void {
    this.#receiver.receive(message, nowMs, this.#heard)
    tellRecorder(this.#heard, out)
  }
}
