import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
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
    for (const event of this.#heard) {
      if (event.kind === 'started') out.push({ kind: 'started', call: event.call })
      else if (event.kind === 'media') out.push(event)
      else if (event.kind === 'violation') out.push({ kind: 'violation', code: event.code })
      else if (event.kind === 'ended') out.push({ kind: 'ended' })
      else if (event.kind === 'close') out.push({ kind: 'close', code: event.code })
    }
    this.#heard.length = 0
  }
}
