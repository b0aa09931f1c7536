/**
 * From AudioSocket's units to events. The first unit names the call and the first audio tells the rate: the call begins with
 * it. A leg that sends no audio for long is a call all the same, and begins at the rate of the dial-plan application.
 */
import type { WireMessage } from '../../media/wire.js'
import type { ForkReceiver } from '../closing-connection.js'
import type { ForkEvent } from '../dialect.js'
import { heldOf } from '../held-message.js'
import { LinearAudio } from '../linear-audio.js'
import { isDigit } from '../text.js'
import type { AudioSocketOptions } from './options.js'
import { HEAD_BYTES, isUnit, kinds, payloadOf, rateOfKind, uuidText, type Violation } from './units.js'

/** A call without audio begins after this long, ms: sockets that bring no call at all are cut off some time after it. */
const SILENT_START_MS = 10_000

/** Rate of the application AudioSocket(), Hz. */
const APPLICATION_RATE_HZ = 8000

/** Keys that may be told before there is audio; more than anyone presses in SILENT_START_MS. */
const EARLY_DIGITS_MAX = 200

export class AudioSocketReceiver implements ForkReceiver {
  /** The unit that names the call, for the recorder's every connection. */
  name: WireMessage | null = null
  hasStarted = false

  #state: 'new' | 'open' | 'over' = 'new'
  #callId = ''
  #namedAtMs = Infinity
  #rateHz = APPLICATION_RATE_HZ
  #earlyDigits: string[] = []
  readonly #audio = new LinearAudio(1, HEAD_BYTES)

  constructor(private readonly options: AudioSocketOptions['options']) {}

  /** Appends what the unit means. Its data is kept, in frames and held messages. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    if (this.#state === 'over') return
    if (!isUnit(message.data)) violate('unit-malformed', out)
    else if (this.#state === 'new') this.#onFirst(message, nowMs, out)
    else if (rateOfKind(message.data[0]!) !== undefined) this.#onAudio(message, nowMs, out)
    else this.#onOther(message, out)
  }

  /** Time passes. */
  tick(nowMs: number, out: ForkEvent[]): void {
    if (!this.hasStarted && nowMs - this.#namedAtMs >= SILENT_START_MS) this.#begin(APPLICATION_RATE_HZ, out)
  }

  #onFirst(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const { data } = message
    const uuid = data[0] === kinds.uuid ? uuidText(payloadOf(data)) : null
    if (uuid === null) {
      this.#state = 'over'
      violate('uuid-missing', out)
      out.push({ kind: 'close', side: 'pbx', code: 1008 })
      return
    }
    this.#state = 'open'
    this.#callId = uuid
    this.#namedAtMs = nowMs
    this.name = message
    out.push({ kind: 'to-recorder', message })
  }

  #onAudio(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const rateHz = rateOfKind(message.data[0]!)!
    if (!this.hasStarted) this.#begin(rateHz, out)
    if (rateHz !== this.#rateHz) {
      // Nobody listens at this rate: the unit goes on, silent.
      violate('rate-changed', out)
      payloadOf(message.data).fill(0)
      out.push({ kind: 'message', held: heldOf(message) })
      return
    }
    const frame = this.#audio.frameOf(message, nowMs)
    if (this.#audio.isOdd) violate('odd-length', out)
    if (frame === null) out.push({ kind: 'message', held: heldOf(message) })
    else out.push({ kind: 'media', frame })
  }

  #begin(rateHz: number, out: ForkEvent[]): void {
    this.hasStarted = true
    this.#rateHz = rateHz
    const format = { codec: 'l16', clockRateHz: rateHz, channelCount: 1 as const }
    const call = {
      callId: this.#callId,
      streamId: this.#callId,
      tracks: [{ index: 0, role: this.options.role }],
      streams: [{ format, tracks: [0] }],
      metadata: { uuid: this.#callId },
      isProbe: false,
    }
    out.push({ kind: 'started', call, held: null })
    for (const digit of this.#earlyDigits) pushDigit(digit, out)
    this.#earlyDigits = []
  }

  #onOther(message: WireMessage, out: ForkEvent[]): void {
    const payload = payloadOf(message.data)
    switch (message.data[0]) {
      case kinds.digit:
        this.#onDigit(payload, out)
        return
      case kinds.hangup:
        if (!this.hasStarted) this.#begin(APPLICATION_RATE_HZ, out)
        this.#state = 'over'
        out.push({ kind: 'ended', reason: 'hangup', held: heldOf(message) })
        return
      case kinds.error:
        // A code is a byte; what is longer could say anything.
        if (payload.length > 1) violate('error-malformed', out)
        else out.push({ kind: 'message', held: heldOf(message) })
        return
      case kinds.uuid:
        violate('uuid-repeated', out)
        return
      default:
        violate('kind-unknown', out)
    }
  }

  /** Told when the key is let go; the recorder is not told at all: nothing in this protocol counts units. */
  #onDigit(payload: Uint8Array, out: ForkEvent[]): void {
    const digit = payload.length === 1 ? String.fromCharCode(payload[0]!) : ''
    if (!isDigit(digit)) violate('digit-malformed', out)
    else if (this.hasStarted) pushDigit(digit, out)
    else if (this.#earlyDigits.length < EARLY_DIGITS_MAX) this.#earlyDigits.push(digit)
  }
}

const pushDigit = (digit: string, out: ForkEvent[]): void => {
  out.push({ kind: 'digit', track: 0, digit: digit.toUpperCase(), durationSamples: 0, held: null })
}

const violate = (code: Violation, out: ForkEvent[]): void => {
  out.push({ kind: 'violation', side: 'pbx', code })
}
