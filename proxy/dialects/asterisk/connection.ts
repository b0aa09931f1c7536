import type { MediaFrame } from '../../media/frame.js'
import { textMessage, textOf, type WireMessage } from '../../media/wire.js'
import { ClosingConnection } from '../closing-connection.js'
import { parseObject } from '../json-object.js'
import type { AsteriskOptions } from './options.js'
import { AsteriskReceiver } from './receive.js'

/** Longest text that Asterisk reads, in bytes (MAX_TEXT_MESSAGE_LEN); it ignores longer ones. */
const COMMAND_BYTES_MAX = 128

/** Longest message that Asterisk takes, in bytes (AST_WEBSOCKET_MAX_RX_PAYLOAD_SIZE, less headers): beyond it hangs up. */
const MEDIA_BYTES_MAX = 65_500

/** One forked call: Asterisk on one side, a recorder that takes us for Asterisk on the other. Closing Asterisk's socket hangs up. */
export class AsteriskConnection extends ClosingConnection {
  readonly #receiver: AsteriskReceiver
  readonly #commands: ReadonlySet<string>
  readonly #mayPlay: boolean

  constructor(options: AsteriskOptions['options']) {
    const receiver = new AsteriskReceiver(options)
    super(receiver)
    this.#receiver = receiver
    this.#commands = new Set(options.allowFromRecorder.filter((name) => name !== 'binary'))
    this.#mayPlay = options.allowFromRecorder.includes('binary')
  }

  /** The very message that came, silenced in place; of a silent Opus packet, which may be shorter, a message of its own. */
  encodeMedia(frame: MediaFrame): WireMessage {
    const message = frame.envelope as WireMessage
    return frame.payload === message.data ? message : { data: frame.payload, isBinary: true }
  }

  preamble(): readonly WireMessage[] {
    const { start } = this.#receiver
    return start === null ? [] : [start]
  }

  protected allowedToPbx(message: WireMessage): WireMessage | null {
    const { data, isBinary } = message
    if (isBinary) return this.#mayPlay && data.length <= MEDIA_BYTES_MAX ? message : null
    if (data.length > COMMAND_BYTES_MAX) return null
    // Asterisk takes the white space around a command away as well.
    const text = textOf(message).trim()
    const command = text.startsWith('{') ? this.#json(text) : this.#plain(text)
    if (command === null) return null
    const written = textMessage(command)
    return written.data.length <= COMMAND_BYTES_MAX ? written : null
  }

  /** Written anew from what Asterisk reads of it. */
  #json(text: string): string | null {
    const { command, correlation_id, direction } = parseObject(text)?.value ?? {}
    if (typeof command !== 'string' || !this.#commands.has(command)) return null
    return JSON.stringify({ command, correlation_id: textOr(correlation_id), direction: textOr(direction) })
  }

  /** The command ends at the first space. */
  #plain(line: string): string | null {
    return this.#commands.has(line.split(' ', 1)[0]!) ? line : null
  }
}

const textOr = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
