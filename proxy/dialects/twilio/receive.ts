/**
 * From Twilio's messages to events. `connected`, `start`, media and the rest, `stop`: anything else than `connected` first
 * means that this is not Twilio, and the call is refused before a recorder hears of it.
 *
 * Audio is read from one place only, `media.payload` of a media message on an announced track. A message in which a
 * recorder might read other audio, or a digit, than we did (a key that comes twice, `media` or `dtmf` in another event) is
 * written anew from what we understood.
 */

import { samplesOf } from '../../media/time.js'
import { textMessage, type WireMessage } from '../../media/wire.js'
import { scrubJsonText } from '../../scrub/json.js'
import type { ForkEvent, HeldMessage } from '../dialect.js'
import { type JsonMessage, type JsonObject, objectAt, scalarText } from '../json-object.js'
import { decodeBase64 } from './base64.js'
import { heldOf, heldText, type MediaEnvelope, mediaHeldBytes } from './encode.js'
import {
  idKeys,
  isDigit,
  numeral,
  parse,
  type StartMessage,
  startSchema,
  type Violation,
} from './messages.js'
import type { TwilioOptions } from './options.js'
import { PlainMediaReader } from './plain-media.js'

const CLOCK_RATE_HZ = 8000
const PCMU_SILENCE = 0xff

/** A timestamp this far ahead of the audio received means that Twilio dropped some (its warning 31930); less is jitter. */
const GAP_SAMPLES_MIN = samplesOf(60, CLOCK_RATE_HZ)

/** No loss lasts an hour: a larger step is a broken timestamp, and is not followed. */
const GAP_SAMPLES_MAX = samplesOf(3_600_000, CLOCK_RATE_HZ)

/** Tracks by their names on the wire: inbound is what Twilio hears from the call's leg, outbound what it plays to it. */
const roles = { inbound: 'caller', outbound: 'agent' } as const
type TrackName = keyof typeof roles

const isTrackName = (name: unknown): name is TrackName => name === 'inbound' || name === 'outbound'

const mediaKeys: ReadonlySet<string> = new Set([...idKeys, 'payload'])

export class TwilioReceiver {
  /** `connected` and `start` as the recorder hears them, for a recorder that is dialled again; null before `start`. */
  preamble: readonly WireMessage[] | null = null

  #state: 'new' | 'connected' | 'streaming' | 'stopped' | 'refused' = 'new'
  #connected: HeldMessage | null = null
  #streamSid = ''
  #tracks: TrackName[] = []
  #plain = new PlainMediaReader('', [])
  /** Per track, the position behind its last frame. */
  readonly #endSample = [0, 0]

  constructor(private readonly options: TwilioOptions['options']) {}

  /** Whether a call is being forked, or has been. */
  get hasStarted(): boolean {
    return this.preamble !== null
  }

  get hasStopped(): boolean {
    return this.#state === 'stopped'
  }

  get streamSid(): string {
    return this.#streamSid
  }

  /** Appends what the message means. Its data is kept, in frames and held messages. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    if (this.#state === 'streaming' && !message.isBinary && this.#plain.read(message.data)) {
      const { track, timestampMs, payloadStart, payloadEnd } = this.#plain
      const payload = decodeBase64(message.data, payloadStart, payloadEnd)
      if (payload !== null && payload.length > 0) {
        this.#pushFrame(track, timestampMs, payload, { message, payloadStart, payloadEnd }, nowMs, out)
        return
      }
    }
    this.#receiveOther(message, nowMs, out)
  }

  #receiveOther(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    if (this.#state === 'refused') return
    const parsed = parse(message)
    const event = parsed?.value['event']
    if (this.#state === 'new') {
      if (parsed === null || event !== 'connected') this.#refuse('dialect-mismatch', 1008, out)
      else this.#onConnected(parsed, message)
    } else if (parsed === null) {
      violate(message.isBinary ? 'binary-message' : 'malformed-json', out)
    } else if (this.#state === 'connected') {
      if (event !== 'start') violate('message-misplaced', out)
      else this.#onStart(parsed, message, out)
    } else if (this.#state === 'stopped' || event === 'connected' || event === 'start') {
      violate('message-misplaced', out)
    } else {
      this.#onEvent(event, parsed, message, nowMs, out)
    }
  }

  #onEvent(event: unknown, parsed: JsonMessage, message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const { streamSid } = parsed.value
    if (streamSid !== undefined && streamSid !== this.#streamSid) violate('stream-mismatch', out)
    switch (event) {
      case 'media':
        this.#onMedia(parsed, message, nowMs, out)
        return
      case 'dtmf':
        this.#onDtmf(parsed, out)
        return
      case 'stop':
        this.#state = 'stopped'
        out.push({ kind: 'ended', reason: 'hangup', held: scrubbed(parsed, message) })
        return
      case 'mark':
        break
      default:
        violate('event-unknown', out)
    }
    out.push({ kind: 'message', held: scrubbed(parsed, message) })
  }

  #onConnected(parsed: JsonMessage, message: WireMessage): void {
    this.#state = 'connected'
    this.#connected = scrubbed(parsed, message)
  }

  #onStart(parsed: JsonMessage, message: WireMessage, out: ForkEvent[]): void {
    const start = startSchema.safeParse(parsed.value).data
    const names = start === undefined ? [] : [...new Set(start.start.tracks)].filter(isTrackName)
    if (start === undefined || names.length === 0) {
      this.#refuse('start-malformed', 1008, out)
      return
    }
    const { encoding, sampleRate, channels } = start.start.mediaFormat
    if (encoding !== 'audio/x-mulaw' || sampleRate !== CLOCK_RATE_HZ || channels !== 1) {
      this.#refuse('format-unsupported', 1003, out)
      return
    }
    if (names.length < start.start.tracks.length) violate('track-unknown', out)
    this.#open(start, names, this.#startForRecorder(parsed, message), out)
  }

  #open(message: StartMessage, names: TrackName[], held: HeldMessage, out: ForkEvent[]): void {
    const { callSid, accountSid, customParameters } = message.start
    const streamSid = message.streamSid ?? message.start.streamSid ?? callSid
    const connected = this.#connected!
    this.#state = 'streaming'
    this.#streamSid = streamSid
    this.#tracks = names
    this.#plain = new PlainMediaReader(streamSid, names)
    this.preamble = [connected, held].map(({ envelope }) => envelope as WireMessage)
    const call = {
      callId: callSid,
      streamId: streamSid,
      tracks: names.map((name, index) => ({ index, role: roles[name] })),
      streams: names.map((_, index) => ({
        format: { codec: 'pcmu', clockRateHz: CLOCK_RATE_HZ, channelCount: 1 as const },
        tracks: [index],
      })),
      metadata: metadataOf(customParameters, { callSid, streamSid, ...(accountSid && { accountSid }) }),
      isProbe: false,
    }
    out.push({ kind: 'started', call, held: connected }, { kind: 'message', held })
  }

  /** `start` with card numbers scrubbed, and with the custom parameters that the recorder may see. */
  #startForRecorder(parsed: JsonMessage, message: WireMessage): HeldMessage {
    const { customParameters } = this.options
    if (customParameters === 'scrub') return scrubbed(parsed, message)
    const allowed = customParameters === 'drop' ? [] : customParameters.allow
    const start = objectAt(parsed.value, 'start')
    const kept = Object.entries(objectAt(start, 'customParameters')).filter(([name]) =>
      allowed.includes(name),
    )
    const value = { ...parsed.value, start: { ...start, customParameters: Object.fromEntries(kept) } }
    return scrubbed({ text: JSON.stringify(value), value, isFaithful: true }, null)
  }

  /** A media message that is not plain: other keys, escapes, or something wrong with it. */
  #onMedia(parsed: JsonMessage, message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const media = objectAt(parsed.value, 'media')
    const track = this.#tracks.indexOf(media['track'] as TrackName)
    const base64 = Buffer.from(typeof media['payload'] === 'string' ? media['payload'] : '')
    const payload = decodeBase64(base64, 0, base64.length)
    if (track < 0 || payload === null || payload.length === 0) {
      const lost = Math.floor((base64.length * 3) / 4)
      if (track >= 0) this.#endSample[track]! += lost
      violate(track < 0 ? 'track-unknown' : 'payload-malformed', out)
      out.push({ kind: 'message', held: heldText(this.#mediaText(media, parsed, silenceBase64(lost))) })
      return
    }
    const timestamp = numeral(media['timestamp'])
    if (timestamp === undefined) violate('timestamp-malformed', out)
    const envelope = mediaEnvelope(parsed, message) ?? this.#rewritten(media, parsed, base64.toString(), out)
    this.#pushFrame(track, timestamp === undefined ? 0 : Number(timestamp), payload, envelope, nowMs, out)
  }

  #pushFrame(
    track: number,
    timestampMs: number,
    payload: Uint8Array,
    envelope: MediaEnvelope,
    nowMs: number,
    out: ForkEvent[],
  ): void {
    const startSample = this.#place(track, timestampMs, payload.length)
    const frame = {
      stream: track,
      startSample,
      sampleCount: payload.length,
      payload,
      envelope,
      receivedAtMs: nowMs,
      heldBytes: mediaHeldBytes(envelope.message, payload),
    }
    out.push({ kind: 'media', frame })
  }

  /** Audio follows the audio before it, unless its timestamp says that some was lost; it never goes back. */
  #place(track: number, timestampMs: number, sampleCount: number): number {
    const contiguous = this.#endSample[track]!
    const stamped = (timestampMs * CLOCK_RATE_HZ) / 1000
    const gap = stamped - contiguous
    const startSample = gap > GAP_SAMPLES_MIN && gap <= GAP_SAMPLES_MAX ? stamped : contiguous
    this.#endSample[track] = startSample + sampleCount
    return startSample
  }

  /** Audio that two readers might read differently goes on in a message of known keys only. */
  #rewritten(media: JsonObject, parsed: JsonMessage, base64: string, out: ForkEvent[]): MediaEnvelope {
    violate('media-ambiguous', out)
    const message = textMessage(this.#mediaText(media, parsed, base64))
    const payloadEnd = message.data.length - '"}}'.length
    return { message, payloadStart: payloadEnd - base64.length, payloadEnd }
  }

  /** A media message of known keys, the payload last. */
  #mediaText(media: JsonObject, parsed: JsonMessage, base64: string): string {
    return JSON.stringify({
      event: 'media',
      sequenceNumber: numeral(parsed.value['sequenceNumber']),
      streamSid: this.#streamSid,
      media: {
        track: isTrackName(media['track']) ? media['track'] : undefined,
        chunk: numeral(media['chunk']),
        timestamp: numeral(media['timestamp']),
        payload: base64,
      },
    })
  }

  /** The digit becomes the mask and the message stays, so that the sequence has no hole. */
  #onDtmf(parsed: JsonMessage, out: ForkEvent[]): void {
    const dtmf = objectAt(parsed.value, 'dtmf')
    const digits = [...scalarText(dtmf['digit'])]
    const track = this.#tracks.findIndex(
      (name) => dtmf['track'] === name || dtmf['track'] === `${name}_track`,
    )
    let held: HeldMessage | null = heldText(this.#maskedDtmf(dtmf, parsed))
    if (digits.length === 0 || !digits.every(isDigit)) violate('digit-malformed', out)
    for (const digit of digits.filter(isDigit)) {
      out.push({ kind: 'digit', track: track < 0 ? null : track, digit, durationSamples: 0, held })
      held = null
    }
    if (held !== null) out.push({ kind: 'message', held })
  }

  /** The text as it came around the masked digit, where it is spelled as Twilio does; written anew from known keys where not. */
  #maskedDtmf(dtmf: JsonObject, parsed: JsonMessage): string {
    const { digitMask } = this.options
    const track = /^(in|out)bound(_track)?$/.test(scalarText(dtmf['track'])) ? dtmf['track'] : undefined
    const sequenceNumber = numeral(parsed.value['sequenceNumber'])
    const known = { event: 'dtmf', sequenceNumber, streamSid: this.#streamSid }
    const isPlain =
      parsed.isFaithful &&
      isSame(parsed.value, { ...known, dtmf }) &&
      isSame(dtmf, { track, digit: dtmf['digit'] })
    const masked = isPlain
      ? parsed.text.replace(/("digit"\s*:\s*")[0-9A-D*#]"/, (_, key: string) => `${key}${digitMask}"`)
      : null
    return masked !== null && objectAt(JSON.parse(masked), 'dtmf')['digit'] === digitMask
      ? masked
      : JSON.stringify({ ...known, dtmf: { track, digit: digitMask } })
  }

  #refuse(code: Violation, closeCode: number, out: ForkEvent[]): void {
    this.#state = 'refused'
    violate(code, out)
    out.push({ kind: 'close', side: 'pbx', code: closeCode })
  }
}

const violate = (code: Violation, out: ForkEvent[]): void => {
  out.push({ kind: 'violation', side: 'pbx', code })
}

/** Whether two objects have the same keys with the very same values. */
const isSame = (a: JsonObject, b: JsonObject): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.keys(a).every((key) => Object.hasOwn(b, key) && a[key] === b[key])

/** Held text without card numbers; the message itself where it may go on as it came. */
function scrubbed(parsed: JsonMessage, message: WireMessage | null): HeldMessage {
  const { media, dtmf, ...rest } = parsed.value
  const isOwn = parsed.isFaithful && media === undefined && dtmf === undefined
  const text = isOwn ? parsed.text : JSON.stringify(rest)
  const clean = scrubJsonText(text, idKeys)
  return clean === parsed.text && message !== null ? heldOf(message) : heldText(clean)
}

/** Where the payload lies in a media message with more than the known keys; null unless there is only one place for it. */
function mediaEnvelope(parsed: JsonMessage, message: WireMessage): MediaEnvelope | null {
  if (!parsed.isFaithful || 'dtmf' in parsed.value) return null
  const places = [...parsed.text.matchAll(/"payload"\s*:\s*"/g)]
  if (places.length !== 1 || /\\u/.test(parsed.text)) return null
  const clean = scrubJsonText(parsed.text, mediaKeys)
  const start = places[0]!.index + places[0]![0].length
  return {
    message: clean === parsed.text ? message : textMessage(clean),
    payloadStart: Buffer.byteLength(clean.slice(0, start)),
    payloadEnd: Buffer.byteLength(clean.slice(0, clean.indexOf('"', start))),
  }
}

const silenceBase64 = (byteCount: number): string => Buffer.alloc(byteCount, PCMU_SILENCE).toString('base64')

/** Flat texts: custom parameters without card numbers, and the ids, which none of them can replace. */
function metadataOf(parameters: JsonObject, ids: Readonly<Record<string, string>>): Record<string, string> {
  const clean: unknown = JSON.parse(scrubJsonText(JSON.stringify(parameters), idKeys))
  const texts = Object.entries(clean as object).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return Object.fromEntries([...texts, ...Object.entries(ids)])
}
