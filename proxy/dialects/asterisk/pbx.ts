import { l16 } from '../../codecs/l16/l16.js'
import { joined, mixOf } from '../../media/mix.js'
import { msOf, samplesOf } from '../../media/time.js'
import { textMessage, textOf, type WireMessage } from '../../media/wire.js'
import type { DialectPbx, PbxScript, RecorderHandshake } from '../dialect.js'
import { linearNameAt } from './formats.js'

/** How this Asterisk behaves; every one of these has been seen. */
export interface Quirks {
  /** Form of its events: `f(json)` or the plain text that is still the default. Default json. */
  readonly form?: 'json' | 'plain'
  /** Whether the first audio overtakes `MEDIA_START`, as on loaded 22.7 systems. Default false. */
  readonly isAudioFirst?: boolean
}

/** Asterisk's own packetisation, ms. */
const PTIME_MS = 20

/** A simulated Asterisk that forks all parties mixed into one leg, as signed linear. */
export class AsteriskPbx implements DialectPbx {
  readonly isReady = true
  isDone = false
  readonly #frameSamples: number
  readonly #format: string
  #rest = new Int16Array(0)
  #start: string | null

  constructor(
    private readonly script: PbxScript,
    readonly handshake: RecorderHandshake,
    private readonly quirks: Quirks = {},
  ) {
    const { sampleRateHz } = script
    this.#frameSamples = samplesOf(PTIME_MS, sampleRateHz)
    this.#format = linearNameAt(sampleRateHz) ?? 'slin'
    this.#start = this.#mediaStart()
  }

  opened(_nowMs: number, out: WireMessage[]): void {
    if (!this.quirks.isAudioFirst) this.#sayStart(out)
  }

  /** Of commands only the one that asks is answered. */
  receive(message: WireMessage, _nowMs: number, out: WireMessage[]): void {
    if (message.isBinary || !textOf(message).includes('GET_STATUS')) return
    const levels = { queue_length: 0, xon_level: 800, xoff_level: 900 }
    const flags = { queue_full: false, bulk_media: false, media_paused: false }
    this.#say('STATUS', { channel_id: this.script.callId, ...levels, ...flags }, out)
  }

  audio(pcm: readonly Int16Array[], _nowMs: number, out: WireMessage[]): void {
    this.#rest = joined(this.#rest, mixOf(pcm))
    for (; this.#rest.length >= this.#frameSamples; this.#rest = this.#rest.slice(this.#frameSamples)) {
      out.push(this.#encoded(this.#rest.subarray(0, this.#frameSamples)))
      this.#sayStart(out)
    }
  }

  /** Told when the key is let go. */
  digit(_role: number, digit: string, _durationMs: number, _nowMs: number, out: WireMessage[]): void {
    const { callId } = this.script
    const fields =
      this.quirks.form === 'plain' ? { digit, channel_id: callId } : { channel_id: callId, digit }
    this.#say('DTMF_END', fields, out)
  }

  hangUp(_nowMs: number, out: WireMessage[]): void {
    if (this.#rest.length > 0) out.push(this.#encoded(this.#rest))
    this.isDone = true
  }

  #encoded(pcm: Int16Array): WireMessage {
    return { data: l16.encode(pcm), isBinary: true }
  }

  #sayStart(out: WireMessage[]): void {
    if (this.#start !== null) out.push(textMessage(this.#start))
    this.#start = null
  }

  #mediaStart(): string {
    const { callId, metadata } = this.script
    const optimal = 2 * this.#frameSamples
    const fields = {
      connection_id: 'fork1',
      channel: 'WebSocket/fork1/0x55d6c0ffee00',
      channel_id: callId,
      format: this.#format,
      optimal_frame_size: optimal,
      ptime: msOf(this.#frameSamples, this.script.sampleRateHz),
    }
    if (this.quirks.form === 'plain') return plain('MEDIA_START', fields)
    const inherited = Object.entries(metadata).map(([key, value]) => [`__${key}`, value])
    const own = {
      MEDIA_WEBSOCKET_CONNECTION_ID: 'fork1',
      MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE: `${optimal}`,
    }
    const variables = { ...own, ...Object.fromEntries(inherited) }
    return JSON.stringify({ event: 'MEDIA_START', ...fields, channel_variables: variables })
  }

  #say(name: string, fields: object, out: WireMessage[]): void {
    const text =
      this.quirks.form === 'plain' ? plain(name, fields) : JSON.stringify({ event: name, ...fields })
    out.push(textMessage(text))
  }
}

const plain = (name: string, fields: object): string =>
  [name, ...Object.entries(fields).map(([key, value]) => `${key}:${value}`)].join(' ')
