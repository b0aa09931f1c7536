/**
 * From RingCX' events to ours. The dialog is named first, then parties join; the call begins with the first agent or the
 * first audio, whichever is there first, so that signals can address it by the agent. One message in is one message out,
 * save what comes twice and what cannot be read.
 */
import type { CallStart } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import type { PayloadInMessage } from '../answering-connection.js'
import type { ForkReceiver } from '../closing-connection.js'
import type { ForkEvent } from '../dialect.js'
import { heldOf, OBJECT_BYTES } from '../held-message.js'
import { partyTracks } from '../party-tracks.js'
import { type Field, type ProtoMessage, readMessage } from '../protobuf.js'
import * as ringcx from './messages.js'
import type { RingcxOptions } from './options.js'
import { CLOCK_RATE_HZ, type G711, type Segment, Segments } from './segments.js'
import { scrubEvent, withoutPersons } from './text.js'

/** Silence of a chunk that nobody judges: G.711's own where it is G.711, and nothing at all elsewhere. */
const silences: Readonly<Record<G711, number>> = { pcmu: 0xff, pcma: 0xd5 }

export class RingcxReceiver implements ForkReceiver {
  hasStarted = false

  readonly #segments: Segments
  #dialog: ProtoMessage | null = null
  #sessionId = ''
  /** Encoding of the call: that of its first party whose audio can be judged. */
  #codec: G711 | null = null
  #agentId = ''

  constructor(
    private readonly options: RingcxOptions['options'],
    private readonly randomUuid: () => string,
  ) {
    this.#segments = new Segments(options.tracks)
  }

  /** Appends what the message means. Its data is kept, in frames and held messages. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const read = readMessage(message.data, ringcx.streamEvent)
    const event = read?.isForeign ? this.#known(read, out) : read
    if (event === null) {
      violate('message-malformed', out)
      return
    }
    const known = event.bytes === message.data ? message : { data: event.bytes, isBinary: true }
    this.#sessionId ||= event.text(ringcx.fields.sessionId)
    const kinds = kindsOf.filter((kind) => event.has(kind))
    if (kinds.length > 1) violate('message-malformed', out)
    else if (kinds.length === 0) violate('event-unknown', out)
    else if (kinds[0] === ringcx.fields.segmentMedia) this.#onMedia(event, known, nowMs, out)
    else this.#onText(event, known, kinds[0]!, out)
  }

  /** The message without what nobody here knows; the one that came is overwritten. */
  #known(event: ProtoMessage, out: ForkEvent[]): ProtoMessage | null {
    violate('field-unknown', out)
    const bytes = event.withoutForeign()
    event.bytes.fill(0)
    return readMessage(bytes, ringcx.streamEvent)
  }

  #onText(event: ProtoMessage, message: WireMessage, kind: number, out: ForkEvent[]): void {
    const isTaken =
      kind === ringcx.fields.dialogInit
        ? this.#onDialog(event.message(kind)!, out)
        : kind === ringcx.fields.segmentStart
          ? this.#onStart(event.message(kind)!, out)
          : this.#onSegment(event.message(kind)!, kind, out)
    if (!isTaken) return
    scrubEvent(event)
    const isWhole = this.options.text === 'scrub'
    const held = heldOf(isWhole ? message : { data: withoutPersons(event), isBinary: true })
    if (kind === ringcx.fields.segmentStart && !this.hasStarted && this.#agentId !== '')
      out.push({ kind: 'message', held }, { kind: 'started', call: this.#begin(), held: null })
    else out.push({ kind: 'message', held })
  }

  #onDialog(init: ProtoMessage, out: ForkEvent[]): boolean {
    if (this.#dialog !== null || this.hasStarted) {
      violate('dialog-repeated', out)
      return false
    }
    this.#dialog = init
    return true
  }

  #onStart(start: ProtoMessage, out: ForkEvent[]): boolean {
    const id = start.text(ringcx.SEGMENT_ID)
    if (id === '') violate('segment-malformed', out)
    else if (this.#segments.find(id) !== undefined) violate('segment-repeated', out)
    else if (this.#segments.isFull) violate('too-many-segments', out)
    else {
      this.#join(id, start, out)
      return true
    }
    return false
  }

  #join(id: string, start: ProtoMessage, out: ForkEvent[]): void {
    const party = start.message(ringcx.segmentStart.participant)
    const type = party?.number(ringcx.participant.type) ?? 0
    const codec = codecOf(start.message(ringcx.segmentStart.audioFormat))
    if (codec === null) violate('format-unsupported', out)
    this.#codec ??= codec
    this.#segments.start(id, type, codec)
    if (type === ringcx.participantTypes.agent) this.#agentId ||= party?.text(ringcx.participant.id) ?? ''
  }

  #onSegment(event: ProtoMessage, kind: number, out: ForkEvent[]): boolean {
    const id = event.text(ringcx.SEGMENT_ID)
    const segment = this.#segments.find(id)
    if (segment === undefined) violate('segment-unknown', out)
    else if (kind === ringcx.fields.segmentStop) this.#segments.stop(id)
    else this.#segments.forgetSeq(segment)
    return true
  }

  #onMedia(event: ProtoMessage, message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    if (!this.hasStarted) out.push({ kind: 'started', call: this.#begin(out), held: null })
    const media = event.message(ringcx.fields.segmentMedia)!
    const segment = this.#segments.find(media.text(ringcx.SEGMENT_ID))
    const content = media.message(ringcx.segmentMedia.audioContent)
    const payload = content?.field(ringcx.audioContent.payload)
    if (
      segment !== undefined &&
      this.#segments.isRepeated(segment, content?.number(ringcx.audioContent.seq) ?? 0)
    )
      violate('seq-repeated', out)
    else if (payload === undefined || payload.start === payload.end)
      out.push({ kind: 'message', held: heldOf(message) })
    else this.#onAudio(segment, payload, message, nowMs, out)
  }

  #onAudio(
    segment: Segment | undefined,
    { start, end }: Field,
    message: WireMessage,
    nowMs: number,
    out: ForkEvent[],
  ): void {
    const isJudged = segment !== undefined && segment.codec !== null && segment.codec === this.#codec
    const place = isJudged ? this.#segments.place(segment, end - start) : null
    if (place === null) {
      if (segment === undefined) violate('segment-unknown', out)
      else violate(isJudged ? 'party-without-track' : 'format-unsupported', out)
      message.data.fill(silences[segment?.codec ?? 'pcmu'], start, end)
      out.push({ kind: 'message', held: heldOf(message) })
      return
    }
    const envelope: PayloadInMessage = { message, payloadStart: start }
    const frame = {
      stream: place.track,
      startSample: place.startSample,
      sampleCount: end - start,
      payload: message.data.subarray(start, end),
      envelope,
      receivedAtMs: nowMs,
      heldBytes: message.data.length + OBJECT_BYTES,
    }
    out.push({ kind: 'media', frame })
  }

  /** The call as it is known by now. */
  #begin(out?: ForkEvent[]): CallStart {
    this.hasStarted = true
    if (this.#dialog === null && out !== undefined) violate('dialog-missing', out)
    this.#codec ??= 'pcmu'
    const dialog = this.#dialog?.message(ringcx.dialogInit.dialog) ?? null
    const callId = dialog?.text(ringcx.dialog.id) || this.#sessionId || this.randomUuid()
    const format = { codec: this.#codec, clockRateHz: CLOCK_RATE_HZ, channelCount: 1 as const }
    const tracks = partyTracks(this.options.tracks)
    return {
      callId,
      streamId: this.#sessionId || callId,
      tracks,
      streams: tracks.map(({ index }) => ({ format, tracks: [index] })),
      metadata: this.#metadata(dialog),
      isProbe: false,
    }
  }

  /** Scrubbed already. What RingCX itself names wins over attributes of the same name. */
  #metadata(dialog: ProtoMessage | null): Record<string, string> {
    const account = this.#dialog?.message(ringcx.dialogInit.account)
    const attributes = dialog?.messages(ringcx.dialog.attributes) ?? []
    const named = {
      sessionId: this.#sessionId,
      accountId: account?.text(ringcx.account.id),
      subAccountId: account?.text(ringcx.account.subAccountId),
      rcAccountId: account?.text(ringcx.account.rcAccountId),
      ani: dialog?.text(ringcx.dialog.ani),
      dnis: dialog?.text(ringcx.dialog.dnis),
      agentId: this.#agentId,
    }
    return Object.fromEntries(
      [
        ...attributes.map((entry) => [entry.text(ringcx.attribute.key), entry.text(ringcx.attribute.value)]),
        ...Object.entries(named),
      ].filter(([, value]) => value !== undefined && value !== ''),
    ) as Record<string, string>
  }
}

const { sessionId: _, ...kindFields } = ringcx.fields
const kindsOf: readonly number[] = Object.values(kindFields)

/** G.711 at 8,000 Hz, mu-law where nothing is said; null for everything else. */
const codecOf = (format: ProtoMessage | null): G711 | null => {
  const rate = format?.number(ringcx.audioFormat.rate) ?? 0
  if (rate !== 0 && rate !== CLOCK_RATE_HZ) return null
  switch (format?.number(ringcx.audioFormat.codec) ?? 0) {
    case 0:
    case ringcx.codecs.pcmu:
      return 'pcmu'
    case ringcx.codecs.pcma:
      return 'pcma'
    default:
      return null
  }
}

const violate = (code: ringcx.Violation, out: ForkEvent[]): void => {
  out.push({ kind: 'violation', side: 'pbx', code })
}
