import type { MediaFrame } from '../../media/frame.js'
import { textMessage, textOf, type WireMessage } from '../../media/wire.js'
import type { DialectConnection, ForkEvent, HeldMessage } from '../dialect.js'
import { parseObject } from '../json-object.js'
import { encodeMedia, encodeMessage } from './encode.js'
import type { ModAudioForkOptions } from './options.js'
import { ModAudioForkReceiver } from './receive.js'

/** One forked call: the module on one side, a recorder that takes us for the module on the other. */
export class ModAudioForkConnection implements DialectConnection {
  readonly #receiver: ModAudioForkReceiver
  readonly #allowed: ReadonlySet<unknown>
  #isPbxGone = false
  #closeCode = 1000

  constructor(options: ModAudioForkOptions['options'], randomUuid: () => string) {
    this.#receiver = new ModAudioForkReceiver(options, randomUuid)
    this.#allowed = new Set(options.allowFromRecorder)
  }

  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    this.#receiver.receive(message, nowMs, out)
  }

  /** What a recorder says can hang up or redirect the call; only what is allowed by name gets through. */
  receiveFromRecorder(message: WireMessage, _nowMs: number, out: ForkEvent[]): void {
    const allowed = this.#allowedMessage(message)
    if (allowed !== null) out.push({ kind: 'to-pbx', message: allowed })
    else out.push({ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' })
  }

  recorderOpened(): void {}

  /** Closing the PBX's socket would end jambonz' `listen` verb, and with it perhaps the call. */
  recorderClosed(): void {}

  /** Closing the socket is how the module says that the call is over. */
  pbxClosed(wasClean: boolean, _nowMs: number, out: ForkEvent[]): void {
    if (this.#isPbxGone) return
    this.#isPbxGone = true
    this.#closeCode = wasClean ? 1000 : 1001
    if (this.#receiver.hasStarted)
      out.push({ kind: 'ended', reason: wasClean ? 'hangup' : 'pbx-lost', held: null })
    else out.push({ kind: 'close', side: 'recorder', code: this.#closeCode })
  }

  drained(_nowMs: number, out: ForkEvent[]): void {
    out.push({ kind: 'close', side: 'recorder', code: this.#closeCode })
  }

  tick(): void {}

  encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage {
    return encodeMedia(frame, isPayloadChanged)
  }

  encodeMessage(held: HeldMessage): WireMessage {
    return encodeMessage(held)
  }

  preamble(): readonly WireMessage[] {
    const { metadata } = this.#receiver
    return metadata === null ? [] : [metadata]
  }

  /**
   * The message written anew. The module's JSON reader takes the first of several keys and ignores case, ours the last:
   * a message with more than one `type` in any case means something else to each, and goes nowhere.
   */
  #allowedMessage(message: WireMessage): WireMessage | null {
    if (message.isBinary) return this.#allowed.has('binary') ? message : null
    const value = parseObject(textOf(message))?.value
    if (value === undefined || !this.#allowed.has(value['type'])) return null
    const types = Object.keys(value).filter((key) => key.toLowerCase() === 'type')
    return types.length === 1 ? textMessage(JSON.stringify(value)) : null
  }
}
