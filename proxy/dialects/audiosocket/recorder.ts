import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
import { tellRecorder } from '../told-to-recorder.js'
import type { AudioSocketOptions } from './options.js'
import { AudioSocketReceiver } from './receive.js'

/** A recorder behind AudioSocket. It plays nothing; the call is over with a hang-up, or when the socket closes. */
export class AudioSocketRecorder implements DialectRecorder {
  readonly #receiver: AudioSocketReceiver
  readonly #heard: ForkEvent[] = []

  constructor(options: AudioSocketOptions['options']) {
    this.#receiver = new AudioSocketReceiver(options)
  }

  receive(message: WireMessage, nowMs: number, out: RecorderEvent[]): void {
    this.#receiver.receive(message, nowMs, this.#heard)
    tellRecorder(this.#heard, out)
  }
}
