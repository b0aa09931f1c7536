/**
 * From VoiceAI Connect's messages to events. `session.initiate` is for the recorder to answer: the call begins when it has
 * accepted, in a format that we know. From then on every participant has a stream that starts, has chunks, and stops.
 *
 * Audio is read from one place only, `audioChunk` of a `userStream.chunk`; a chunk with anything else in it is written anew.
 */
import type { MediaFrame } from '../../media/frame.js'
import { textMessage, type WireMessage } from '../../media/wire.js'
import type { ForkReceiver } from '../closing-connection.js'
import type { ForkEvent } from '../dialect.js'
import { heldOf, heldText } from '../held-message.js'
import { mediaHeldBytes } from '../json-media/encode.js'
import { durationOf, silenceBase64 } from '../json-media/formats.js'
import type { MediaEnvelope } from '../json-media/order.js'
import { decodePayload, refusePayload } from '../json-media/payload.js'
import { type JsonMessage, type JsonObject, parseObject, scalarText } from '../json-object.js'
import { hidesDigit, isDigit } from '../text.js'
import {
  cleanValue,
  formatOf,
  isKeyActivity,
  jsonMessage,
  maskedActivity,
  parse,
  type Violation,
} from './messages.js'
import type { AudiocodesOptions, MediaFormat } from './options.js'

const roles = ['caller', 'agent'] as const

/** The only keys of a chunk that may go on. */
const chunkKeys: ReadonlySet<string> = new Set(['type', 'conversationId', 'participant', 'audioChunk'])

/** A payload's place in a chunk; what is between the quotes is base64 all through, or the chunk is malformed. */
const PAYLOAD = /"audioChunk"\s*:\s*"([^"\\]*)"/g

export class AudiocodesReceiver implements ForkReceiver {
  /** Formats that the recorder was offered and may choose from. */
  offered: readonly MediaFormat[] = []
  hasEnded = false

  #state: 'new' | 'initiated' | 'streaming' | 'refused' = 'new'
  #initiate: JsonObject = {}
  /** As the recorder hears it, in every message. */
  #conversationId = ''
  #format: MediaFormat | null = null
  /** What a recorder that is dialled again must hear first: the call, and the streams that are open. */
  #first: WireMessage | null = null
  readonly #openStreams = new Map<number, WireMessage>()
  /** Per track, the position behind its last frame. */
  readonly #endSample = [0, 0]

  constructor(private readonly options: AudiocodesOptions['options']) {}

  /** Whether the recorder has accepted the call. */
  get hasStarted(): boolean {
    return this.#format !== null
  }

  get format(): MediaFormat | null {
    return this.#format
  }

  get isAwaitingAnswer(): boolean {
    return this.#state === 'initiated'
  }

  get preamble(): readonly WireMessage[] {
    return this.#first === null ? [] : [this.#first, ...this.#openStreams.values()]
  }

  /** Appends what the message means. Its data is kept, in frames and held messages. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    if (this.#state === 'refused') return
    const parsed = parse(message)
    if (parsed === null) this.#onStranger(message, out)
    else if (this.#state === 'new') this.#onFirst(parsed, out)
    else if (this.hasEnded) violate('message-misplaced', out)
    else this.#onMessage(parsed, message, nowMs, out)
  }

  /** The recorder has accepted in this format: the call begins. */
  accept(format: MediaFormat, out: ForkEvent[]): void {
    const clean = parseObject(cleanValue(this.#initiate))?.value ?? {}
    const callId = this.#conversationId
    const { participants } = this.options
    this.#format = format
    this.#state = 'streaming'
    const call = {
      callId,
      streamId: callId,
      tracks: participants.map((_, index) => ({ index, role: roles[index]! })),
      streams: participants.map((_, index) => ({ format: formatOf(format), tracks: [index] })),
      metadata: textsIn(clean),
      isProbe: false,
    }
    out.push({ kind: 'started', call, held: null })
  }

  #onStranger(message: WireMessage, out: ForkEvent[]): void {
    if (this.#state === 'new') this.#refuse('dialect-mismatch', out)
    else violate(message.isBinary ? 'binary-message' : 'malformed-json', out)
  }

  /** A session that is taken up again is one to us: the recorder's answer says whether it knows it, and in which format. */
  #onFirst({ value }: JsonMessage, out: ForkEvent[]): void {
    const { type, conversationId } = value
    if (type === 'connection.validate') {
      out.push({ kind: 'message', held: heldText(cleanValue(value)) })
      return
    }
    const isSession = type === 'session.initiate' || type === 'session.resume'
    if (!isSession || typeof conversationId !== 'string' || conversationId === '') {
      this.#refuse('dialect-mismatch', out)
      return
    }
    this.offered = this.#offersIn(value)
    if (this.offered.length === 0) {
      violate('format-unsupported', out)
      this.#state = 'refused'
      const reason = 'no media format in common'
      out.push({ kind: 'to-pbx', message: jsonMessage({ type: 'session.error', reason }) })
      out.push({ kind: 'close', side: 'pbx', code: 1000 })
      return
    }
    this.#state = 'initiated'
    this.#initiate = value
    this.#conversationId = scalarText(parseObject(cleanValue({ conversationId }))?.value['conversationId'])
    const offer = type === 'session.initiate' ? { supportedMediaFormats: this.offered } : {}
    const first = textMessage(cleanValue({ ...value, ...offer }))
    this.#first = first
    out.push({ kind: 'message', held: heldOf(first) })
  }

  /** What VoiceAI Connect offers and we can judge, in its order; to resume, whatever we can judge. */
  #offersIn({ type, supportedMediaFormats }: JsonObject): MediaFormat[] {
    if (type === 'session.resume') return this.options.mediaFormats
    const offered: readonly unknown[] = Array.isArray(supportedMediaFormats) ? supportedMediaFormats : []
    return offered.filter((name): name is MediaFormat =>
      this.options.mediaFormats.some((own) => own === name),
    )
  }

  #onMessage(parsed: JsonMessage, message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const { value } = parsed
    switch (value['type']) {
      case 'userStream.chunk':
        this.#onChunk(parsed, message, nowMs, out)
        return
      case 'userStream.start':
      case 'userStream.stop':
        this.#onStream(value, out)
        return
      case 'activities':
        this.#onActivities(value, out)
        return
      case 'session.end':
        this.hasEnded = true
        out.push({ kind: 'ended', reason: 'hangup', held: heldText(cleanValue(value)) })
        return
      case 'session.initiate':
      case 'session.resume':
        violate('message-misplaced', out)
        return
      default:
        violate('event-unknown', out)
        if (hidesDigit(value)) violate('digit-malformed', out)
        else out.push({ kind: 'message', held: heldText(cleanValue(value)) })
    }
  }

  /** A stream begins behind what the others have by now: there are no timestamps, and one may begin later in the call. */
  #onStream(value: JsonObject, out: ForkEvent[]): void {
    const track = this.#trackOf(value)
    if (track === null) {
      violate('track-unknown', out)
      return
    }
    const held = textMessage(cleanValue(value))
    if (value['type'] === 'userStream.start') {
      this.#endSample[track] = Math.max(...this.#endSample)
      this.#openStreams.set(track, held)
    } else this.#openStreams.delete(track)
    out.push({ kind: 'message', held: heldOf(held) })
  }

  #onChunk(parsed: JsonMessage, message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const track = this.#trackOf(parsed.value)
    if (this.#format === null) violate('message-misplaced', out)
    else if (track === null) violate('track-unknown', out)
    else {
      const frame = this.#frameOf(parsed, message, track, this.#format, nowMs)
      if (frame === null) this.#onBrokenChunk(parsed.value, track, this.#format, out)
      else out.push({ kind: 'media', frame })
    }
  }

  #frameOf(
    parsed: JsonMessage,
    message: WireMessage,
    track: number,
    format: MediaFormat,
    nowMs: number,
  ): MediaFrame | null {
    const envelope = envelopeOf(parsed, message, this.#conversationId)
    if (envelope === null) return null
    const { message: held, payloadStart, payloadEnd } = envelope
    const payload = decodePayload(held.data, payloadStart, payloadEnd)
    const sampleCount = payload === null ? 0 : durationOf(formatOf(format))(payload)
    if (payload === null || sampleCount <= 0 || payload.length % sampleBytesOf(format) > 0) {
      refusePayload()
      return null
    }
    if (held !== message) message.data.fill(0)
    const startSample = this.#endSample[track]!
    this.#endSample[track] = startSample + sampleCount
    return {
      stream: track,
      startSample,
      sampleCount,
      payload,
      payloadStart,
      payloadEnd,
      envelope: held,
      receivedAtMs: nowMs,
      heldBytes: mediaHeldBytes(held),
      message: held,
    }
  }

  /** What cannot be read cannot be judged: the recorder gets silence of about the length. */
  #onBrokenChunk(value: JsonObject, track: number, format: MediaFormat, out: ForkEvent[]): void {
    violate('payload-malformed', out)
    const sampleBytes = sampleBytesOf(format)
    const samples = Math.floor((scalarText(value['audioChunk']).length * 3) / 4 / sampleBytes)
    this.#endSample[track] = this.#endSample[track]! + samples
    const { type, participant } = value
    const conversationId = this.#conversationId
    const audioChunk = silenceBase64(samples * sampleBytes, formatOf(format))
    out.push({
      kind: 'message',
      held: heldText(JSON.stringify({ type, conversationId, participant, audioChunk })),
    })
  }

  /** Keys are told to the policy and masked, everything else goes on without secrets; nothing is left of a hidden key. */
  #onActivities(value: JsonObject, out: ForkEvent[]): void {
    const activities: readonly unknown[] = Array.isArray(value['activities']) ? value['activities'] : []
    const kept: JsonObject[] = []
    for (const activity of activities) {
      const object = parseObject(JSON.stringify(activity))?.value
      if (object === undefined) continue
      if (isKeyActivity(object)) {
        this.#tellKeys(object, out)
        kept.push(maskedActivity(object, this.options.digitMask))
      } else if (hidesDigit(object)) violate('digit-malformed', out)
      else kept.push(object)
    }
    const rest = { ...value, activities: kept }
    if (kept.length > 0) out.push({ kind: 'message', held: heldText(cleanValue(rest)) })
  }

  /** A value may hold several keys; how long they were is not said. */
  #tellKeys(activity: JsonObject, out: ForkEvent[]): void {
    const told = [...scalarText(activity['value'])]
    const digits = told.filter(isDigit)
    if (digits.length === 0 || digits.length < told.length) violate('digit-malformed', out)
    const track = this.#trackOf(activity) ?? 0
    for (const digit of digits)
      out.push({ kind: 'digit', track, digit: digit.toUpperCase(), durationSamples: 0, held: null })
  }

  /** The track of a message's participant; null when nobody of that name was expected. */
  #trackOf({ participant }: JsonObject): number | null {
    if (participant === undefined) return 0
    const track = this.options.participants.indexOf(scalarText(participant))
    return track < 0 ? null : track
  }

  #refuse(code: Violation, out: ForkEvent[]): void {
    this.#state = 'refused'
    violate(code, out)
    out.push({ kind: 'close', side: 'pbx', code: 1008 })
  }
}

/** Where the payload lies: in the message as it came, or as it is written anew; null when there is no base64 in one place. */
function envelopeOf(
  { text, value, isFaithful }: JsonMessage,
  message: WireMessage,
  conversationId: string,
): MediaEnvelope | null {
  const { type, participant, audioChunk } = value
  if (typeof audioChunk !== 'string') return null
  const isOwn =
    value['conversationId'] === conversationId && Object.keys(value).every((key) => chunkKeys.has(key))
  const isPlain = isOwn && isFaithful && !text.includes('\\')
  const spelled = isPlain ? text : JSON.stringify({ type, conversationId, participant, audioChunk })
  const places = [...spelled.matchAll(PAYLOAD)]
  if (places.length !== 1) return null
  const payload = places[0]![1]!
  const start = places[0]!.index + places[0]![0].length - 1 - payload.length
  const payloadStart = Buffer.byteLength(spelled.slice(0, start))
  return {
    message: isPlain ? message : textMessage(spelled),
    payloadStart,
    payloadEnd: payloadStart + payload.length,
  }
}

/** Bytes of a sample. */
const sampleBytesOf = (format: MediaFormat): number => (format === 'raw/mulaw' ? 1 : 2)

/** Scalars of a message as texts. */
const textsIn = (value: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const text = scalarText(inner)
      return key === 'type' || text === '' ? [] : [[key, text]]
    }),
  )

const violate = (code: Violation, out: ForkEvent[]): void => {
  out.push({ kind: 'violation', side: 'pbx', code })
}
