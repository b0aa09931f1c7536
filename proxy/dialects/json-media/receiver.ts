/**
 * From a PBX's messages to events. The first message (where the protocol has one), `start`, media and the rest, `stop`:
 * anything else first means that this is another protocol, and the call is refused before a recorder hears of it.
 *
 * Audio is read from one place only, the payload of a media message on an announced track. A message in which a recorder
 * might read other audio, or a digit, than we did (a key that comes twice, audio or digits in another event) is written anew
 * from what we understood.
 */

import { samplesOf } from '../../media/time.js'
import { textMessage, type WireMessage } from '../../media/wire.js'
import type { ForkEvent, HeldMessage } from '../dialect.js'
import { heldOf, heldText, messageOf } from '../held-message.js'
import type { JsonMessage, JsonObject } from '../json-object.js'
import { digitsOf, maskedDigits } from './digits.js'
import { durationOf, silenceBase64 } from './formats.js'
import { MediaFields } from './media-fields.js'
import { ArrivedMedia, type MediaEnvelope, TrackOrder } from './order.js'
import { decodePayload, forgetPayload, refusePayload } from './payload.js'
import { PlainMediaReader } from './plain-media.js'
import { cleanId, idsIn, metadataOf, numeral, parse, scrubText, without, withoutDigits } from './text.js'
import type { EventMeaning, ForkStart, ForkTrack, JsonMediaWire, StartRefusal, Violation } from './wire.js'

/** No loss lasts an hour: a larger step is a broken timestamp, and is not followed. */
const GAP_MS_MAX = 3_600_000

/** A message that waits for one before it waits no longer than this many times its window. */
const STALLED_WINDOWS = 2

/** Longest key press that is believed, ms: hold-backs are no longer. */
const KEY_MS_MAX = 10_000

export class JsonMediaReceiver {
  /** The messages before the audio, as the recorder hears them, for a recorder that is dialled again; null before `start`. */
  preamble: readonly WireMessage[] | null = null

  readonly #fields: MediaFields
  #state: 'new' | 'greeted' | 'streaming' | 'stopped' | 'refused' = 'new'
  #hello: HeldMessage | null = null
  #streamId = ''
  #tracks: readonly ForkTrack[] = []
  /** Per track, how long a payload lasts. */
  #durations: readonly ((payload: Uint8Array) => number)[] = []
  #plain: PlainMediaReader
  #orders: readonly TrackOrder[] = []
  #stopsLeft = 0
  #zeroMs: number | null
  /** Per track, the position behind its last frame. */
  readonly #endSample: number[] = []
  /** Where frames that waited for another go once it is here: the events of the call that brought it. */
  #out: ForkEvent[] = []

  constructor(private readonly wire: JsonMediaWire) {
    this.#fields = new MediaFields(wire)
    this.#plain = new PlainMediaReader(wire.media, '', [])
    this.#zeroMs = wire.timestampZero === 'stream' ? 0 : null
  }

  /** Whether a call is being forked, or has been. */
  get hasStarted(): boolean {
    return this.preamble !== null
  }

  get hasStopped(): boolean {
    return this.#state === 'stopped'
  }

  /** Appends what the message means. Its data is kept, in frames and held messages. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    if (this.#state === 'streaming' && !message.isBinary && this.#plain.read(message.data)) {
      const { track, timestampMs, counter, payloadStart, payloadEnd } = this.#plain
      const payload = decodePayload(message.data, payloadStart, payloadEnd)
      const sampleCount = payload === null ? 0 : this.#durations[track]!(payload)
      if (payload !== null && sampleCount > 0) {
        const media = new ArrivedMedia(
          track,
          counter,
          timestampMs,
          payload,
          sampleCount,
          message,
          payloadStart,
          payloadEnd,
          nowMs,
        )
        this.#onAudio(media, out)
        return
      }
      refusePayload()
    }
    this.#receiveOther(message, nowMs, out)
  }

  /** Time passes: what waits for a message that does not come waits no longer. */
  tick(nowMs: number, out: ForkEvent[]): void {
    this.#out = out
    for (const order of this.#orders) order.tick(nowMs)
  }

  /** No more messages will come. */
  flush(out: ForkEvent[]): void {
    this.#out = out
    for (const order of this.#orders) order.flush()
  }

  #receiveOther(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    if (this.#state === 'refused') return
    const parsed = parse(message)
    const meaning = parsed === null ? 'unknown' : this.#meaningOf(parsed.value)
    const isFirst = this.#state === 'new'
    if (isFirst && (parsed === null || meaning !== this.#firstMeaning)) {
      this.#refuse('dialect-mismatch', 1008, out)
    } else if (parsed === null) {
      violate(message.isBinary ? 'binary-message' : 'malformed-json', out)
    } else if (isFirst && meaning === 'hello') {
      this.#onHello(parsed, message, out)
    } else if (this.#state === 'new' || this.#state === 'greeted') {
      if (meaning === 'start') this.#onStart(parsed, message, out)
      else violate('message-misplaced', out)
    } else if (this.#state === 'stopped' || meaning === 'hello' || meaning === 'start') {
      violate('message-misplaced', out)
    } else {
      this.#onEvent(meaning, parsed, message, nowMs, out)
    }
  }

  get #firstMeaning(): EventMeaning {
    return Object.values(this.wire.events).includes('hello') ? 'hello' : 'start'
  }

  #meaningOf(value: JsonObject): EventMeaning | 'unknown' {
    const event = value[this.wire.eventKey]
    return typeof event === 'string' && Object.hasOwn(this.wire.events, event)
      ? this.wire.events[event]!
      : 'unknown'
  }

  #onEvent(
    meaning: EventMeaning | 'unknown',
    parsed: JsonMessage,
    message: WireMessage,
    nowMs: number,
    out: ForkEvent[],
  ): void {
    const id = this.#fields.streamId(parsed.value)
    if (id !== undefined && id !== this.#streamId) violate('stream-mismatch', out)
    if (meaning === 'media') {
      this.#onMedia(parsed, message, nowMs, out)
      return
    }
    this.flush(out)
    if (meaning === 'digit') {
      this.#onDigit(parsed, out)
      return
    }
    if (meaning === 'unknown') violate('event-unknown', out)
    const held = this.#held(parsed, message, meaning)
    if (meaning === 'stop' && --this.#stopsLeft <= 0) {
      this.#state = 'stopped'
      out.push({ kind: 'ended', reason: 'hangup', held })
    } else out.push({ kind: 'message', held })
  }

  #onHello(parsed: JsonMessage, message: WireMessage, out: ForkEvent[]): void {
    if (this.wire.isGenuine?.(parsed.value) === false) {
      this.#refuse('credentials-mismatch', 1008, out)
      return
    }
    this.#state = 'greeted'
    this.#hello = this.#held(parsed, message, 'hello')
  }

  #onStart(parsed: JsonMessage, message: WireMessage, out: ForkEvent[]): void {
    const start = this.wire.readStart(parsed.value)
    if (typeof start === 'string') {
      this.#refuse(start, closeCodes[start], out)
      return
    }
    if (start.hasStrangeTracks) violate('track-unknown', out)
    this.#open(start, parsed, message, out)
  }

  #open(start: ForkStart, parsed: JsonMessage, message: WireMessage, out: ForkEvent[]): void {
    const { tracks } = start
    this.#state = 'streaming'
    this.#streamId = start.streamId
    this.#tracks = tracks
    this.#durations = tracks.map(({ format }) => durationOf(format))
    this.#endSample.push(...tracks.map(() => 0))
    this.#stopsLeft = this.wire.stopsOf(tracks.length)
    this.#orders =
      this.wire.reorderMs === 0 ? [] : tracks.map(({ format }) => this.#orderOf(format.clockRateHz))
    const held = this.#held(parsed, message, 'start')
    // Where the id itself must be masked, no message is plain.
    const names = cleanId(start.streamId) === start.streamId ? tracks.map(({ name }) => name) : []
    this.#plain = new PlainMediaReader(this.wire.media, start.streamId, names, this.#constantIn(parsed.value))
    const hello = this.#hello
    this.preamble = [hello, held].flatMap((first) => (first === null ? [] : [messageOf(first)]))
    out.push({ kind: 'started', call: callOf(start), held: hello ?? held })
    if (hello !== null) out.push({ kind: 'message', held })
  }

  #orderOf(clockRateHz: number): TrackOrder {
    const { reorderMs } = this.wire
    return new TrackOrder(samplesOf(reorderMs, clockRateHz), reorderMs * STALLED_WINDOWS, (media, isLate) =>
      this.#pushFrame(media, isLate, this.#out),
    )
  }

  /** The text that every media message repeats, when it may be repeated to the recorder as it is. */
  #constantIn(start: JsonObject): string | null {
    const key = this.#fields.constantKey
    const text = key === null ? undefined : start[key]
    if (typeof text !== 'string' || key === null) return null
    const isWhole = this.wire.forRecorder({ [key]: text }, 'media')[key] === text
    const spelled = JSON.stringify(text)
    return isWhole && scrubText(spelled, noIds) === spelled ? text : null
  }

  /** A media message that is not plain: other keys, escapes, or something wrong with it. */
  #onMedia(parsed: JsonMessage, message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const fields = this.#fields
    const { value } = parsed
    const track = fields.track(value, this.#tracks)
    const base64 = fields.payload(value)
    const payload = decodePayload(base64, 0, base64.length)
    const sampleCount = track < 0 || payload === null ? 0 : this.#durations[track]!(payload)
    const timestamp = fields.timestamp(value)
    if (timestamp === 'malformed') violate('timestamp-malformed', out)
    if (payload === null || sampleCount <= 0) {
      refusePayload()
      this.#onUnreadable(value, track, base64.length, out)
      return
    }
    const envelope =
      fields.envelope(parsed, this.#allowed(value, 'media'), message) ??
      this.#rewritten(value, base64.toString(), out)
    if (envelope.message !== message) message.data.fill(0)
    const media = new ArrivedMedia(
      track,
      Number(numeral(fields.counter(value)) ?? -1),
      typeof timestamp === 'number' ? timestamp : null,
      payload,
      sampleCount,
      envelope.message,
      envelope.payloadStart,
      envelope.payloadEnd,
      nowMs,
    )
    this.#onAudio(media, out)
  }

  /** Nobody can judge it: its place in the stream is kept, its audio is not. */
  #onUnreadable(value: JsonObject, track: number, base64Length: number, out: ForkEvent[]): void {
    this.flush(out)
    const { format } = this.#tracks[Math.max(0, track)]!
    const silence = silenceBase64(Math.floor((base64Length * 3) / 4), format)
    const lost = Buffer.from(silence, 'base64')
    if (track >= 0) this.#endSample[track]! += Math.max(0, this.#durations[track]!(lost))
    violate(track < 0 ? 'track-unknown' : 'payload-malformed', out)
    out.push({
      kind: 'message',
      held: heldText(this.#fields.rewrite(value, cleanId(this.#streamId), silence)),
    })
  }

  /** Audio that two readers might read differently goes on in a message of known keys only. */
  #rewritten(value: JsonObject, base64: string, out: ForkEvent[]): MediaEnvelope {
    violate('media-ambiguous', out)
    const message = textMessage(this.#fields.rewrite(value, cleanId(this.#streamId), base64))
    const payloadEnd = message.data.length - this.#fields.rewrittenTailLength
    return { message, payloadStart: payloadEnd - base64.length, payloadEnd }
  }

  /** The next of its track is taken at once; one that has to wait for others forgets its payload meanwhile. Hot. */
  #onAudio(media: ArrivedMedia, out: ForkEvent[]): void {
    const order = this.#orders[media.stream]
    if (order === undefined || media.counter < 0 || order.takes(media.counter)) {
      this.#pushFrame(media, false, out)
      return
    }
    this.#out = out
    forgetPayload(media)
    order.push(media)
  }

  /** Hot. */
  #pushFrame(media: ArrivedMedia, isLate: boolean, out: ForkEvent[]): void {
    if (isLate) violate('media-late', out)
    media.startSample = isLate ? this.#placeLate(media) : this.#place(media)
    out.push({ kind: 'media', frame: media })
  }

  /** Audio follows the audio before it, unless its timestamp says that some was lost; it never goes back. */
  #place({ stream: track, timestampMs, sampleCount }: ArrivedMedia): number {
    const { clockRateHz } = this.#tracks[track]!.format
    const contiguous = this.#endSample[track]!
    const stamped = timestampMs === null ? 0 : this.#stamped(timestampMs, clockRateHz)
    const gap = stamped - contiguous
    const isGap = gap > samplesOf(this.wire.gapMs, clockRateHz) && gap <= samplesOf(GAP_MS_MAX, clockRateHz)
    const startSample = isGap ? stamped : contiguous
    this.#endSample[track] = startSample + sampleCount
    return startSample
  }

  /** A frame whose place has been judged without it lies before what has been heard: it can only be silenced. */
  #placeLate({ stream: track, timestampMs, sampleCount }: ArrivedMedia): number {
    const { clockRateHz } = this.#tracks[track]!.format
    const latest = Math.max(0, this.#endSample[track]! - sampleCount)
    return timestampMs === null
      ? latest
      : Math.max(0, Math.min(latest, this.#stamped(timestampMs, clockRateHz)))
  }

  #stamped(timestampMs: number, clockRateHz: number): number {
    this.#zeroMs ??= timestampMs
    return samplesOf(timestampMs - this.#zeroMs, clockRateHz)
  }

  #onDigit(parsed: JsonMessage, out: ForkEvent[]): void {
    const { digits, trackName, durationMs, isWellFormed } = digitsOf(parsed.value, this.wire)
    const track = this.#tracks.findIndex(({ name }) => trackName === name || trackName === `${name}_track`)
    const { clockRateHz } = this.#tracks[0]!.format
    const durationSamples = samplesOf(Math.min(durationMs, KEY_MS_MAX), clockRateHz)
    let held: HeldMessage | null = heldText(maskedDigits(parsed, this.wire, cleanId(this.#streamId)))
    if (!isWellFormed) violate('digit-malformed', out)
    for (const digit of digits) {
      out.push({ kind: 'digit', track: track < 0 ? null : track, digit, durationSamples, held })
      held = null
    }
    if (held !== null) out.push({ kind: 'message', held })
  }

  /** The message without secrets; itself where it may go on as it came. */
  #held(parsed: JsonMessage, message: WireMessage, meaning: EventMeaning | 'unknown'): HeldMessage {
    const allowed = this.#allowed(parsed.value, meaning)
    const isOwn = parsed.isFaithful && allowed === parsed.value
    const text = isOwn ? parsed.text : JSON.stringify(allowed)
    const clean = scrubText(text, idsIn(parsed.value, this.wire.idKeys))
    return clean === parsed.text ? heldOf(message) : heldText(clean)
  }

  /** What of a message the recorder may see: no audio and no digit but where they belong. */
  #allowed(value: JsonObject, meaning: EventMeaning | 'unknown'): JsonObject {
    const allowed = this.wire.forRecorder(value, meaning)
    if (meaning === 'media') return allowed
    const plain = without(allowed, this.#fields.audioKeys)
    return meaning === 'unknown' || meaning === 'text' ? withoutDigits(plain) : plain
  }

  #refuse(code: Violation, closeCode: number, out: ForkEvent[]): void {
    this.#state = 'refused'
    violate(code, out)
    out.push({ kind: 'close', side: 'pbx', code: closeCode })
  }
}

const closeCodes: Readonly<Record<StartRefusal, number>> = {
  'start-malformed': 1008,
  'format-unsupported': 1003,
}

const violate = (code: Violation, out: ForkEvent[]): void => {
  out.push({ kind: 'violation', side: 'pbx', code })
}

const noIds: ReadonlySet<string> = new Set()

const callOf = ({ callId, streamId, tracks, parameters, ids }: ForkStart) => ({
  callId: cleanId(callId),
  streamId: cleanId(streamId),
  tracks: tracks.map(({ role }, index) => ({ index, role })),
  streams: tracks.map(({ format }, index) => ({ format, tracks: [index] })),
  metadata: metadataOf(parameters, ids),
  isProbe: false,
})
