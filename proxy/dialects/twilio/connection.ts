import type { MediaFrame } from '../../media/frame.js'
import { textMessage, type WireMessage } from '../../media/wire.js'
import type { DialectConnection, ForkEvent, HeldMessage } from '../dialect.js'
import { encodeMedia, encodeMessage } from './encode.js'
import { parse } from './messages.js'
import type { TwilioOptions } from './options.js'
import { TwilioReceiver } from './receive.js'

/** After `stop` Twilio closes its socket; when it has not by then, we do. */
const CLOSE_WAIT_MS = 2_000

/** What `<Connect><Stream>` understands; anything else is Twilio's error 31924, and ends the stream. */
const eventsToTwilio: ReadonlySet<unknown> = new Set(['media', 'mark', 'clear'])

/** One forked call: Twilio on one side, a recorder that takes us for Twilio on the other. */
export class TwilioConnection implements DialectConnection {
  readonly #receiver: TwilioReceiver
  readonly #options: TwilioOptions['options']
  #isPbxGone = false
  #isDrained = false
  #isClosed = false
  #closeAtMs = Infinity

  constructor(options: TwilioOptions['options']) {
    this.#options = options
    this.#receiver = new TwilioReceiver(options)
  }

  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    this.#receiver.receive(message, nowMs, out)
  }

  /** A fork is one way. On a connected stream only what Twilio understands goes back, written anew. */
  receiveFromRecorder(message: WireMessage, _nowMs: number, out: ForkEvent[]): void {
    const parsed = this.#options.direction === 'connect' ? parse(message) : null
    if (parsed !== null && eventsToTwilio.has(parsed.value['event']))
      out.push({ kind: 'to-pbx', message: textMessage(JSON.stringify(parsed.value)) })
    else out.push({ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' })
  }

  recorderOpened(): void {}

  /** Twilio keeps its stream: on `<Connect>` closing it would end the call. */
  recorderClosed(): void {}

  pbxClosed(_wasClean: boolean, _nowMs: number, out: ForkEvent[]): void {
    if (this.#isPbxGone) return
    this.#isPbxGone = true
    if (!this.#receiver.hasStarted) this.#closeRecorder(out)
    else if (!this.#receiver.hasStopped) out.push({ kind: 'ended', reason: 'pbx-lost', held: null })
    else if (this.#isDrained) this.#closeRecorder(out)
  }

  drained(nowMs: number, out: ForkEvent[]): void {
    this.#isDrained = true
    if (this.#isPbxGone) this.#closeRecorder(out)
    else this.#closeAtMs = nowMs + CLOSE_WAIT_MS
  }

  tick(nowMs: number, out: ForkEvent[]): void {
    if (nowMs < this.#closeAtMs) return
    this.#closeRecorder(out)
    if (!this.#isPbxGone) out.push({ kind: 'close', side: 'pbx', code: 1000 })
    this.#closeAtMs = Infinity
  }

  encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage {
    return encodeMedia(frame, isPayloadChanged)
  }

  encodeMessage(held: HeldMessage): WireMessage {
    return encodeMessage(held)
  }

  preamble(): readonly WireMessage[] | null {
    return this.#receiver.preamble
  }

  /** 1000 after `stop`; 1001, going away, when Twilio went without a word. */
  #closeRecorder(out: ForkEvent[]): void {
    if (this.#isClosed) return
    this.#isClosed = true
    out.push({ kind: 'close', side: 'recorder', code: this.#receiver.hasStopped ? 1000 : 1001 })
  }
}
