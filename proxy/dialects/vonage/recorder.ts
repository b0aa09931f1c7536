import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
import { tellRecorder } from '../told-to-recorder.js'
import type { VonageOptions } from './options.js'
import { VonageReceiver } from './receive.js'

/** What a call without an id is called here; a recorder cannot know more. */
const NO_CALL_ID = 'unnamed'

/** A recorder as a party of a Vonage call: it listens and never says a word. The call is over when its socket closes. */
export class VonageRecorder implements DialectRecorder {
  readonly #receiver: VonageReceiver
  readonly #heard: ForkEvent[] = []

  constructor(options: VonageOptions['options']) {
    this.#receiver = new VonageReceiver(options, () => NO_CALL_ID)
  }

  receive(message: WireMessage, nowMs: number, out: RecorderEvent[]): void {
    this.#receiver.receive(message, nowMs, this.#heard)
    tellRecorder(this.#heard, out)
  }
}
