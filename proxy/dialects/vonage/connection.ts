import type { MediaFrame } from '../../media/frame.js'
import { samplesOf } from '../../media/time.js'
import { textMessage, textOf, type WireMessage } from '../../media/wire.js'
import { encodeMedia } from '../binary-media.js'
import { ClosingConnection } from '../closing-connection.js'
import { parseObject } from '../json-object.js'
import type { VonageOptions } from './options.js'
import { VonageReceiver } from './receive.js'

/** Vonage takes audio in messages of exactly this long, 16 bits a sample. */
const PTIME_MS = 20
const BYTES_PER_SAMPLE = 2

/** One forked call: Vonage on one side, a recorder that takes us for Vonage on the other. Closing Vonage's socket moves the call on in its NCCO. */
export class VonageConnection extends ClosingConnection {
  readonly #receiver: VonageReceiver
  readonly #allowed: ReadonlySet<unknown>

  constructor(options: VonageOptions['options'], randomUuid: () => string) {
    const receiver = new VonageReceiver(options, randomUuid)
    super(receiver)
    this.#receiver = receiver
    this.#allowed = new Set(options.allowFromRecorder)
  }

  encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage {
    return encodeMedia(frame, isPayloadChanged)
  }

  preamble(): readonly WireMessage[] {
    const { connected } = this.#receiver
    return connected === null ? [] : [connected]
  }

  protected allowedToPbx(message: WireMessage): WireMessage | null {
    if (message.isBinary) return this.#isPlayable(message) ? message : null
    const value = parseObject(textOf(message))?.value
    return value !== undefined && this.#allowed.has(value['action']) && value['action'] !== 'binary'
      ? textMessage(JSON.stringify(value))
      : null
  }

  #isPlayable({ data }: WireMessage): boolean {
    const frameBytes = BYTES_PER_SAMPLE * samplesOf(PTIME_MS, this.#receiver.clockRateHz)
    return this.#allowed.has('binary') && data.length === frameBytes
  }
}
