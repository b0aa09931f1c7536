import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
import { isObject } from '../json-object.js'
import { tellRecorder } from '../told-to-recorder.js'
import { jsonMessage, parse } from './messages.js'
import type { AudiocodesOptions } from './options.js'
import { AudiocodesReceiver } from './receive.js'

/** A recorder that VoiceAI Connect takes for a bot: it accepts, opens every stream, and never says a word. */
export class AudiocodesRecorder implements DialectRecorder {
  readonly #receiver: AudiocodesReceiver
  readonly #heard: ForkEvent[] = []

  constructor(options: AudiocodesOptions['options']) {
    this.#receiver = new AudiocodesReceiver(options)
  }

  receive(message: WireMessage, nowMs: number, out: RecorderEvent[]): void {
    this.#receiver.receive(message, nowMs, this.#heard)
    this.#answer(message, out)
    tellRecorder(this.#heard, out)
  }

  #answer(message: WireMessage, out: RecorderEvent[]): void {
    const value = parse(message)?.value
    const { isAwaitingAnswer, offered } = this.#receiver
    const [mediaFormat] = offered
    if (isAwaitingAnswer && mediaFormat !== undefined) {
      out.push({ kind: 'reply', message: jsonMessage({ type: 'session.accepted', mediaFormat }) })
      this.#receiver.accept(mediaFormat, this.#heard)
    } else if (isObject(value)) {
      const type = replies.get(value['type'])
      const { participant } = value
      if (type !== undefined) out.push({ kind: 'reply', message: jsonMessage({ type, participant }) })
    }
  }
}

const replies: ReadonlyMap<unknown, string> = new Map([
  ['connection.validate', 'connection.validated'],
  ['userStream.start', 'userStream.started'],
  ['userStream.stop', 'userStream.stopped'],
])
