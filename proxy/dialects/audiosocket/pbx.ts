import { l16 } from '../../codecs/l16/l16.js'
import { joined, mixOf } from '../../media/mix.js'
import { samplesOf } from '../../media/time.js'
import type { WireMessage } from '../../media/wire.js'
import type { DialectPbx, PbxScript, RecorderHandshake } from '../dialect.js'
import { kindOfRate, kinds, unitOf, uuidBytes } from './units.js'

/** How this PBX behaves. */
export interface Quirks {
  /** Whether it says that it hangs up; Asterisk only closes its socket. Default false. */
  readonly saysHangup?: boolean
}

/** Asterisk's own packetisation, ms. */
const PTIME_MS = 20

/** A simulated Asterisk that forks all parties mixed into one leg, by the channel driver. The call's id is a UUID. */
export class AudioSocketPbx implements DialectPbx {
  readonly handshake: RecorderHandshake = { headers: {}, subprotocols: [] }
  readonly isReady = true
  isDone = false
  readonly #frameSamples: number
  readonly #kind: number
  #rest = new Int16Array(0)

  constructor(
    private readonly script: PbxScript,
    private readonly quirks: Quirks = {},
  ) {
    this.#frameSamples = samplesOf(PTIME_MS, script.sampleRateHz)
    this.#kind = kindOfRate(script.sampleRateHz) ?? 0x10
  }

  opened(_nowMs: number, out: WireMessage[]): void {
    out.push(binary(kinds.uuid, uuidBytes(this.script.callId)))
  }

  receive(): void {}

  audio(pcm: readonly Int16Array[], _nowMs: number, out: WireMessage[]): void {
    this.#rest = joined(this.#rest, mixOf(pcm))
    for (; this.#rest.length >= this.#frameSamples; this.#rest = this.#rest.slice(this.#frameSamples))
      out.push(binary(this.#kind, l16.encode(this.#rest.subarray(0, this.#frameSamples))))
  }

  /** Told when the key is let go. */
  digit(_role: number, digit: string, _durationMs: number, _nowMs: number, out: WireMessage[]): void {
    out.push(binary(kinds.digit, Uint8Array.of(digit.charCodeAt(0))))
  }

  hangUp(_nowMs: number, out: WireMessage[]): void {
    if (this.#rest.length > 0) out.push(binary(this.#kind, l16.encode(this.#rest)))
    if (this.quirks.saysHangup) out.push(binary(kinds.hangup, new Uint8Array(0)))
    this.isDone = true
  }
}

const binary = (kind: number, payload: Uint8Array): WireMessage => ({
  data: unitOf(kind, payload),
  isBinary: true,
})
