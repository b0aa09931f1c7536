import { RedactError } from '../../base/errors.js'
import { l16 } from '../../codecs/l16/l16.js'
import { mixOf } from '../../media/mix.js'
import { samplesOf } from '../../media/time.js'
import { textMessage, textOf, type WireMessage } from '../../media/wire.js'
import type { DialectPbx, PbxScript, RecorderHandshake } from '../dialect.js'
import { parseObject } from '../json-object.js'
import { rateOf } from './messages.js'

/** How this PBX behaves; each has been documented or seen. */
export interface Quirks {
  /** Where a key event has its digit: `top` as documented, `nested` in `dtmf` as older deployments have it. Default top. */
  readonly digitForm?: 'top' | 'nested'
}

/** A simulated Vonage: the NCCO's headers first, then the mix of all parties in messages of exactly 20 ms. */
export class VonagePbx implements DialectPbx {
  readonly isReady = true
  isDone = false
  readonly #contentType: string
  readonly #frameSamples: number
  /** Mixed samples that do not fill a message yet. */
  #rest = new Int16Array(0)

  /**
   * @param script 8,000, 16,000 or 24,000 Hz; `metadata` becomes the NCCO's headers, beside `uuid`, the call's id
   * @throws RedactError REDACT_ERR_INVARIANT for any other rate
   */
  constructor(
    private readonly script: PbxScript,
    readonly handshake: RecorderHandshake,
    private readonly quirks: Quirks = {},
  ) {
    this.#contentType = `audio/l16;rate=${script.sampleRateHz}`
    if (rateOf(this.#contentType) === null)
      throw new RedactError('REDACT_ERR_INVARIANT', 'Vonage forks audio at 8,000, 16,000 or 24,000 Hz only')
    this.#frameSamples = samplesOf(20, script.sampleRateHz)
  }

  opened(_nowMs: number, out: WireMessage[]): void {
    const { callId, metadata } = this.script
    const first = {
      event: 'websocket:connected',
      'content-type': this.#contentType,
      uuid: callId,
      ...metadata,
    }
    out.push(textMessage(JSON.stringify(first)))
  }

  /** What is asked of it is answered at once: nothing is ever played here. */
  receive(message: WireMessage, _nowMs: number, out: WireMessage[]): void {
    const value = message.isBinary ? undefined : parseObject(textOf(message))?.value
    if (value?.['action'] === 'clear') out.push(textMessage('{"event":"websocket:cleared"}'))
    if (value?.['action'] === 'notify')
      out.push(textMessage(JSON.stringify({ event: 'websocket:notify', payload: value['payload'] })))
  }

  audio(pcm: readonly Int16Array[], _nowMs: number, out: WireMessage[]): void {
    const mix = mixOf(pcm)
    const all = new Int16Array(this.#rest.length + mix.length)
    all.set(this.#rest)
    all.set(mix, this.#rest.length)
    let at = 0
    for (; at + this.#frameSamples <= all.length; at += this.#frameSamples)
      out.push({ data: l16.encode(all.subarray(at, at + this.#frameSamples)), isBinary: true })
    this.#rest = all.slice(at)
  }

  digit(_role: number, digit: string, durationMs: number, _nowMs: number, out: WireMessage[]): void {
    const key = { digit, duration: durationMs }
    const told = this.quirks.digitForm === 'nested' ? { dtmf: key } : key
    out.push(textMessage(JSON.stringify({ event: 'websocket:dtmf', ...told })))
  }

  /** Nothing is said at the end: what does not fill a message is never sent, and the socket closes. */
  hangUp(): void {
    this.isDone = true
  }
}
