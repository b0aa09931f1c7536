import type { MediaFrame } from '../../media/frame.js'
import { textMessage, textOf, type WireMessage } from '../../media/wire.js'
import { encodeMedia } from '../binary-media.js'
import { ClosingConnection } from '../closing-connection.js'
import { parseObject } from '../json-object.js'
import type { ListenOptions } from './options.js'
import { ModAudioForkReceiver } from './receive.js'

/**
 * One forked call: the module on one side, a recorder that takes us for the module on the other. Closing the PBX's socket
 * would end jambonz' `listen` verb, and with it perhaps the call.
 */
export class ModAudioForkConnection extends ClosingConnection {
  readonly #receiver: ModAudioForkReceiver
  readonly #allowed: ReadonlySet<unknown>

  constructor(options: ListenOptions, randomUuid: () => string) {
    const receiver = new ModAudioForkReceiver(options, randomUuid)
    super(receiver)
    this.#receiver = receiver
    this.#allowed = new Set(options.allowFromRecorder)
  }

  encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage {
    return encodeMedia(frame, isPayloadChanged)
  }

  preamble(): readonly WireMessage[] {
    const { metadata } = this.#receiver
    return metadata === null ? [] : [metadata]
  }

  /**
   * The message written anew. The module's JSON reader takes the first of several keys and ignores case, ours the last:
   * a message with more than one `type` in any case means something else to each, and goes nowhere.
   */
  protected allowedToPbx(message: WireMessage): WireMessage | null {
    if (message.isBinary) return this.#allowed.has('binary') ? message : null
    const value = parseObject(textOf(message))?.value
    if (value === undefined || !this.#allowed.has(value['type'])) return null
    const types = Object.keys(value).filter((key) => key.toLowerCase() === 'type')
    return types.length === 1 ? textMessage(JSON.stringify(value)) : null
  }
}
