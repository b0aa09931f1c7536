/**
 * From the module's messages to events. The first text is the metadata, unless it is an event; where audio comes first there
 * is none. Everything binary is audio, everything else is text of the application, in which keys may be told.
 */

import type { TrackRole } from '../../media/frame.js'
import { textMessage, textOf, type WireMessage } from '../../media/wire.js'
import type { ForkEvent, HeldMessage } from '../dialect.js'
import { heldOf, heldText } from '../held-message.js'
import { type JsonMessage, type JsonObject, parseObject } from '../json-object.js'
import { LinearAudio } from '../linear-audio.js'
import { cleanText, hidesDigit, isDigit, scrubText } from '../text.js'
import { splitDocuments } from './json-documents.js'
import {
  digitsOf,
  durationSamplesAt,
  flatten,
  hasDigit,
  idKeys,
  isDigitEvent,
  isOtherDialect,
  isPayment,
  type MixType,
  paymentState,
  readMetadata,
  type Violation,
} from './messages.js'
import type { ListenOptions } from './options.js'

/** Left is what the channel reads, the caller; right is what is played to it. */
const rolesOf: Readonly<Record<MixType, readonly TrackRole[]>> = {
  mono: ['caller'],
  mixed: ['mixed'],
  stereo: ['caller', 'agent'],
}

export class ModAudioForkReceiver {
  /** The metadata as the recorder hears it, for a recorder that is dialled again. */
  metadata: WireMessage | null = null

  #state: 'new' | 'streaming' | 'refused' = 'new'
  #clockRateHz = 8000
  #audio = new LinearAudio(1)

  constructor(
    private readonly options: ListenOptions,
    private readonly randomUuid: () => string,
  ) {}

  get hasStarted(): boolean {
    return this.#state === 'streaming'
  }

  /** Appends what the message means. Its data is kept, in frames and held messages. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    if (this.#state === 'refused') return
    if (!message.isBinary) {
      this.#onText(message, out)
      return
    }
    if (this.#state === 'new') this.#begin({}, null, out)
    this.#onAudio(message, nowMs, out)
  }

  #onAudio(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const frame = this.#audio.frameOf(message, nowMs)
    if (this.#audio.isOdd) violate('odd-length', out)
    // An empty message is the module's mark that no more audio will come; it keeps its place behind the audio.
    out.push(frame === null ? { kind: 'message', held: heldOf(message) } : { kind: 'media', frame })
  }

  #onText(message: WireMessage, out: ForkEvent[]): void {
    const text = textOf(message)
    const { documents, hasRest } = splitDocuments(text)
    if (this.#state === 'streaming') {
      this.#onDocuments(documents, out)
      if (hasRest) this.#onRest(text, out)
      return
    }
    const first = parseObject(documents[0] ?? '')
    const value = first?.value ?? {}
    if (isOtherDialect(text, value)) {
      this.#state = 'refused'
      violate('dialect-mismatch', out)
      out.push({ kind: 'close', side: 'pbx', code: 1008 })
    } else if (isDigitEvent(value) || isPayment(value)) {
      this.#begin({}, null, out)
      this.#onDocuments(documents, out)
    } else {
      // What is run together with the metadata is text behind it. Metadata need not be an object, nor even JSON.
      const clean = first === null ? scrubText(documents[0] ?? text, idKeys) : scrubbed(first)
      this.#begin(value, clean === text ? message : textMessage(clean), out)
      this.#onDocuments(documents.slice(1), out)
    }
  }

  #begin(value: JsonObject, metadata: WireMessage | null, out: ForkEvent[]): void {
    const { callId, sampleRate, mixType } = readMetadata(value)
    if (sampleRate === undefined || mixType === undefined) violate('format-implausible', out)
    const clockRateHz = sampleRate ?? this.options.sampleRate
    const roles = rolesOf[mixType ?? this.options.mixType]
    const id = callId ?? this.randomUuid()
    this.#state = 'streaming'
    this.#clockRateHz = clockRateHz
    this.#audio = new LinearAudio(roles.length)
    this.metadata = metadata
    const call = {
      callId: id,
      streamId: id,
      tracks: roles.map((role, index) => ({ index, role })),
      streams: [
        {
          format: {
            codec: 'l16',
            clockRateHz,
            channelCount: roles.length === 2 ? (2 as const) : (1 as const),
          },
          tracks: roles.map((_, index) => index),
        },
      ],
      metadata: metadata === null ? {} : flatten(parseObject(textOf(metadata))?.value ?? {}),
      isProbe: false,
    }
    out.push({ kind: 'started', call, held: metadata === null ? null : heldOf(metadata) })
  }

  #onDocuments(documents: readonly string[], out: ForkEvent[]): void {
    for (const document of documents) {
      const parsed = parseObject(document)
      if (parsed === null) this.#onRest(document, out)
      else if (hasDigit(parsed.value)) this.#onDigits(parsed.value, out)
      else if (isPayment(parsed.value)) this.#onPayment(parsed, out)
      else if (this.#isTextKept) this.#onApplicationText(parsed, out)
    }
  }

  #onApplicationText(parsed: JsonMessage, out: ForkEvent[]): void {
    if (hidesDigit(parsed.value)) violate('digit-malformed', out)
    else out.push({ kind: 'message', held: heldText(scrubbed(parsed)) })
  }

  get #isTextKept(): boolean {
    return this.options.textAfterMetadata === 'scrub'
  }

  /** The key is for the policy; the recorder gets the mask, or nothing. */
  #onDigits(value: JsonObject, out: ForkEvent[]): void {
    const told = digitsOf(value)
    const digits = told.filter(isDigit)
    if (told.length === 0 || digits.length < told.length) violate('digit-malformed', out)
    const durationSamples = durationSamplesAt(value, this.#clockRateHz)
    let held = this.#isTextKept ? this.#maskedDigit(value) : null
    for (const digit of digits) {
      out.push({ kind: 'digit', track: 0, digit: digit.toUpperCase(), durationSamples, held })
      held = null
    }
    if (held !== null) out.push({ kind: 'message', held })
  }

  #maskedDigit(value: JsonObject): HeldMessage {
    const duration = durationSamplesAt(value, 8000) > 0 ? value['duration'] : undefined
    return heldText(JSON.stringify({ event: 'dtmf', dtmf: this.options.digitMask, duration }))
  }

  #onPayment(parsed: JsonMessage, out: ForkEvent[]): void {
    const state = paymentState(parsed.value)
    if (state !== null) {
      const held = this.#isTextKept ? heldText(scrubbed(parsed)) : null
      out.push({ kind: 'payment', state, held })
    } else {
      violate('payment-state-unknown', out)
    }
  }

  /** Free text is the application's own; a list, or what is around and inside broken documents, could say anything. */
  #onRest(text: string, out: ForkEvent[]): void {
    if (!this.#isTextKept) return
    if (/[{[]/.test(text)) violate('malformed-text', out)
    else out.push({ kind: 'message', held: heldText(scrubText(text, noKeys)) })
  }
}

const violate = (code: Violation, out: ForkEvent[]): void => {
  out.push({ kind: 'violation', side: 'pbx', code })
}

const noKeys: ReadonlySet<string> = new Set()

const scrubbed = (parsed: JsonMessage): string => cleanText(parsed, idKeys)
