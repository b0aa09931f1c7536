import type { MediaFrame } from '../media/frame.js'
import type { WireMessage } from '../media/wire.js'
import type { DialectConnection, ForkEvent, HeldMessage } from './dialect.js'
import { messageOf } from './held-message.js'

/** What reads the PBX's messages of one call. */
export interface ForkReceiver {
  readonly hasStarted: boolean
  /** Appends what the message means. Its data is kept, in frames and held messages. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void
}

/**
 * One forked call of a protocol in which closing the socket is how the PBX says that the call is over. The recorder's side
 * is closed when everything is out; the PBX's is kept when the recorder goes, because closing it would end more than the fork.
 */
export abstract class ClosingConnection implements DialectConnection {
  #isPbxGone = false
  #closeCode = 1000

  constructor(private readonly receiver: ForkReceiver) {}

  /** What the PBX is to hear of a message from the recorder, which could hang up or redirect the call; null: nothing. */
  protected abstract allowedToPbx(message: WireMessage): WireMessage | null
  abstract encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage
  abstract preamble(): readonly WireMessage[] | null

  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    this.receiver.receive(message, nowMs, out)
  }

  receiveFromRecorder(message: WireMessage, _nowMs: number, out: ForkEvent[]): void {
    const allowed = this.allowedToPbx(message)
    if (allowed !== null) out.push({ kind: 'to-pbx', message: allowed })
    else out.push({ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' })
  }

  recorderOpened(): void {}

  recorderClosed(): void {}

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

  tick(_nowMs: number, _out: ForkEvent[]): void {}

  encodeMessage(held: HeldMessage): WireMessage {
    return messageOf(held)
  }
}
