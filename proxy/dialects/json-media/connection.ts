import type { MediaFrame } from '../../media/frame.js'
import { textMessage, type WireMessage } from '../../media/wire.js'
import type { DialectConnection, ForkEvent, HeldMessage } from '../dialect.js'
import { messageOf } from '../held-message.js'
import { encodeMedia } from './encode.js'
import { forgetPayload, recallPayload } from './payload.js'
import { JsonMediaReceiver } from './receiver.js'
import { parse } from './text.js'
import type { JsonMediaWire } from './wire.js'

/** After `stop` a PBX closes its socket; when it has not by then, we do. */
const CLOSE_WAIT_MS = 2_000

/** One forked call: the PBX on one side, a recorder that takes us for the PBX on the other. */
export class JsonMediaConnection implements DialectConnection {
  readonly #receiver: JsonMediaReceiver
  #isPbxGone = false
  #isDrained = false
  #isClosed = false
  #isOver = false
  #closeAtMs = Infinity

  /** @param allowed the events that the recorder may send to the PBX, by their names on the wire */
  constructor(
    private readonly wire: JsonMediaWire,
    private readonly allowed: readonly string[],
  ) {
    this.#receiver = new JsonMediaReceiver(wire)
  }

  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    this.#receiver.receive(message, nowMs, out)
  }

  /** A fork is one way. Of what acts on the call only what is allowed goes back, written anew. */
  receiveFromRecorder(message: WireMessage, _nowMs: number, out: ForkEvent[]): void {
    const parsed = this.allowed.length > 0 ? parse(message) : null
    const event = parsed?.value[this.wire.eventKey]
    if (parsed !== null && typeof event === 'string' && this.allowed.includes(event))
      out.push({ kind: 'to-pbx', message: textMessage(JSON.stringify(parsed.value)) })
    else out.push({ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' })
  }

  recorderOpened(): void {}

  /** The PBX keeps its stream: on one that is two-way, closing it would end the call. */
  recorderClosed(): void {}

  pbxClosed(wasClean: boolean, _nowMs: number, out: ForkEvent[]): void {
    if (this.#isPbxGone) return
    this.#isPbxGone = true
    if (!this.#receiver.hasStarted) this.#closeRecorder(out)
    else if (!this.#receiver.hasStopped) {
      this.#isOver = wasClean && this.wire.endsByClosing
      this.#receiver.flush(out)
      out.push({ kind: 'ended', reason: this.#isOver ? 'hangup' : 'pbx-lost', held: null })
    } else if (this.#isDrained) this.#closeRecorder(out)
  }

  drained(nowMs: number, out: ForkEvent[]): void {
    this.#isDrained = true
    if (this.#isPbxGone) this.#closeRecorder(out)
    else this.#closeAtMs = nowMs + CLOSE_WAIT_MS
  }

  tick(nowMs: number, out: ForkEvent[]): void {
    this.#receiver.tick(nowMs, out)
    if (nowMs < this.#closeAtMs) return
    this.#closeRecorder(out)
    if (!this.#isPbxGone) out.push({ kind: 'close', side: 'pbx', code: 1000 })
    this.#closeAtMs = Infinity
  }

  recallPayload(frame: MediaFrame): void {
    recallPayload(frame)
  }

  forgetPayload(frame: MediaFrame): void {
    forgetPayload(frame)
  }

  encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage {
    return encodeMedia(frame, isPayloadChanged)
  }

  encodeMessage(held: HeldMessage): WireMessage {
    return messageOf(held)
  }

  preamble(): readonly WireMessage[] | null {
    return this.#receiver.preamble
  }

  /** 1000 behind the call's end; 1001, going away, when the PBX went without a word. */
  #closeRecorder(out: ForkEvent[]): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const isOrderly = this.#receiver.hasStopped || this.#isOver
    out.push({ kind: 'close', side: 'recorder', code: isOrderly ? 1000 : 1001 })
  }
}
