/**
 * From Vonage's messages to events. `websocket:connected` opens the call and names the rate; from then on binary is audio,
 * the mix of everyone in the call, and text is an event.
 */

import { samplesOf } from '../../media/time.js'
import { textMessage, textOf, type WireMessage } from '../../media/wire.js'
import type { ForkReceiver } from '../closing-connection.js'
import type { ForkEvent } from '../dialect.js'
import { heldOf, heldText } from '../held-message.js'
import { type JsonMessage, type JsonObject, parseObject, scalarText } from '../json-object.js'
import { LinearAudio } from '../linear-audio.js'
import { cleanText, hidesDigit } from '../text.js'
import { exemptHeaders, maskedKey, rateOf, toldKey, type Violation } from './messages.js'
import type { VonageOptions } from './options.js'

const noKeys: ReadonlySet<string> = new Set()

export class VonageReceiver implements ForkReceiver {
  /** The first message as the recorder hears it, for a recorder that is dialled again; null before it. */
  connected: WireMessage | null = null

  #state: 'new' | 'streaming' | 'refused' = 'new'
  #clockRateHz = 0
  readonly #audio = new LinearAudio(1)

  constructor(
    private readonly options: VonageOptions['options'],
    private readonly randomUuid: () => string,
  ) {}

  get hasStarted(): boolean {
    return this.#state === 'streaming'
  }

  get clockRateHz(): number {
    return this.#clockRateHz
  }

  /** Appends what the message means. Its data is kept, in frames and held messages. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    if (this.#state === 'refused') return
    if (this.#state === 'new') this.#onFirst(message, out)
    else if (message.isBinary) this.#onAudio(message, nowMs, out)
    else this.#onText(message, out)
  }

  #onFirst(message: WireMessage, out: ForkEvent[]): void {
    const parsed = message.isBinary ? null : parseObject(textOf(message))
    const clockRateHz = rateOf(parsed?.value['content-type'])
    if (parsed === null || parsed.value['event'] !== 'websocket:connected')
      this.#refuse('dialect-mismatch', 1008, out)
    else if (clockRateHz === null) this.#refuse('format-unsupported', 1003, out)
    else this.#open(parsed, clockRateHz, out)
  }

  #open(parsed: JsonMessage, clockRateHz: number, out: ForkEvent[]): void {
    const clean = cleanText(parsed, exemptHeaders(parsed.value))
    const headers = headersIn(parseObject(clean)?.value ?? {})
    const callId = headers[this.options.callIdHeader] ?? this.randomUuid()
    const told = textMessage(this.#connectedForRecorder(parsed, clean))
    this.#state = 'streaming'
    this.#clockRateHz = clockRateHz
    this.connected = told
    const format = { codec: 'l16', clockRateHz, channelCount: 1 as const }
    const call = {
      callId,
      streamId: callId,
      tracks: [{ index: 0, role: 'mixed' as const }],
      streams: [{ format, tracks: [0] }],
      metadata: headers,
      isProbe: false,
    }
    out.push({ kind: 'started', call, held: heldOf(told) })
  }

  /** All of it without card numbers, or the format and the headers that the recorder may see. */
  #connectedForRecorder(parsed: JsonMessage, clean: string): string {
    const { headers } = this.options
    if (headers === 'scrub') return clean
    const seen = parseObject(clean)?.value ?? {}
    const allowed = headers === 'drop' ? [] : headers.allow
    const kept = Object.entries(seen).filter(([name]) => allowed.includes(name) && !isOwn(name))
    const { event, 'content-type': contentType } = parsed.value
    return JSON.stringify({ event, 'content-type': contentType, ...Object.fromEntries(kept) })
  }

  #onAudio(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const frame = this.#audio.frameOf(message, nowMs)
    if (this.#audio.isOdd) violate('odd-length', out)
    out.push(frame === null ? { kind: 'message', held: heldOf(message) } : { kind: 'media', frame })
  }

  #onText(message: WireMessage, out: ForkEvent[]): void {
    const parsed = parseObject(textOf(message))
    switch (parsed?.value['event']) {
      case undefined:
        violate(parsed === null ? 'malformed-json' : 'event-unknown', out)
        return
      case 'websocket:dtmf':
        this.#onKey(parsed!.value, out)
        return
      case 'websocket:connected':
        violate('message-misplaced', out)
        return
      case 'websocket:notify':
      case 'websocket:cleared':
        break
      default:
        violate('event-unknown', out)
    }
    this.#passOn(parsed!, out)
  }

  /** An answer to what the recorder asked for, or something new; a key has no place in it. */
  #passOn(parsed: JsonMessage, out: ForkEvent[]): void {
    if (hidesDigit(parsed.value)) violate('digit-malformed', out)
    else out.push({ kind: 'message', held: heldText(cleanText(parsed, noKeys)) })
  }

  /** Told when the key is let go. The socket hears all parties as one: whose key it was is not known, nor asked. */
  #onKey(value: JsonObject, out: ForkEvent[]): void {
    const { digits, isMalformed, durationMs } = toldKey(value)
    if (isMalformed) violate('digit-malformed', out)
    const durationSamples = samplesOf(durationMs, this.#clockRateHz)
    const { digitEvents, digitMask } = this.options
    let held = digitEvents === 'mask' ? heldText(maskedKey(value, digitMask, durationMs)) : null
    for (const digit of digits) {
      out.push({ kind: 'digit', track: 0, digit, durationSamples, held })
      held = null
    }
    if (held !== null) out.push({ kind: 'message', held })
  }

  #refuse(code: Violation, closeCode: number, out: ForkEvent[]): void {
    this.#state = 'refused'
    violate(code, out)
    out.push({ kind: 'close', side: 'pbx', code: closeCode })
  }
}

const isOwn = (name: string): boolean => name === 'event' || name === 'content-type'

/** The NCCO's headers as flat texts; one that is no text is written as JSON. */
const headersIn = (value: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, header]) => {
      const text = typeof header === 'object' ? JSON.stringify(header) : scalarText(header)
      return isOwn(name) || text === '' || header === null ? [] : [[name, text]]
    }),
  )

const violate = (code: Violation, out: ForkEvent[]): void => {
  out.push({ kind: 'violation', side: 'pbx', code })
}
