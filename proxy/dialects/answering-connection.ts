import type { MediaFrame } from '../media/frame.js'
import type { WireMessage } from '../media/wire.js'
import type { ForkReceiver } from './closing-connection.js'
import type { DialectConnection, ForkEvent, HeldMessage } from './dialect.js'
import { messageOf } from './held-message.js'

/** The recorder did not answer as it should: nobody between it and the PBX can (RFC 6455 registry: 1014, bad gateway). */
const BAD_GATEWAY = 1014

/** A frame's message as it came, and where in its bytes the payload lies. */
export interface PayloadInMessage {
  readonly message: WireMessage
  readonly payloadStart: number
}

/**
 * One forked call of a protocol on gRPC: the PBX ends its stream and is answered once, and what it hears is what came of the
 * recorder. A recorder that is lost cannot take up a call where another connection left it, so the PBX is told at once.
 */
export abstract class AnsweringConnection implements DialectConnection {
  #isPbxGone = false
  #isRecorderGone = false
  #closeCode = 1000

  constructor(private readonly receiver: ForkReceiver) {}

  /** A message from the recorder: whether it is the answer that this protocol has. */
  protected abstract takesAnswer(message: WireMessage): boolean
  /** What the PBX is told when the recorder has closed well; with a message or without. */
  protected abstract answer(): WireMessage

  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    this.receiver.receive(message, nowMs, out)
  }

  receiveFromRecorder(message: WireMessage, _nowMs: number, out: ForkEvent[]): void {
    if (!this.takesAnswer(message))
      out.push({ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' })
  }

  recorderOpened(): void {}

  recorderClosed(wasClean: boolean, _nowMs: number, out: ForkEvent[]): void {
    if (this.#isRecorderGone) return
    this.#isRecorderGone = true
    if (wasClean) out.push({ kind: 'to-pbx', message: this.answer() })
    else out.push({ kind: 'recorder-refused' })
    out.push({ kind: 'close', side: 'pbx', code: wasClean ? 1000 : BAD_GATEWAY })
  }

  pbxClosed(wasClean: boolean, _nowMs: number, out: ForkEvent[]): void {
    if (this.#isPbxGone) return
    this.#isPbxGone = true
    this.#closeCode = wasClean ? 1000 : 1001
    if (this.receiver.hasStarted)
      out.push({ kind: 'ended', reason: wasClean ? 'hangup' : 'pbx-lost', held: null })
    else out.push({ kind: 'close', side: 'recorder', code: this.#closeCode })
  }

  drained(_nowMs: number, out: ForkEvent[]): void {
    out.push({ kind: 'close', side: 'recorder', code: this.#closeCode })
  }

  tick(): void {}

  /** The very message that came, silenced in place. Hot. */
  encodeMedia({ payload, envelope }: MediaFrame): WireMessage {
    const { message, payloadStart } = envelope as PayloadInMessage
    const { data } = message
    if (payload.buffer !== data.buffer || payload.byteOffset !== data.byteOffset + payloadStart)
      data.set(payload, payloadStart)
    return message
  }

  encodeMessage(held: HeldMessage): WireMessage {
    return messageOf(held)
  }

  /** No recorder takes up a call in its middle. */
  preamble(): null {
    return null
  }
}
