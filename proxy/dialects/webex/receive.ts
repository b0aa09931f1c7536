/**
 * From Webex' requests to events. Every message names the conversation and holds one leg's audio; the call begins with the
 * first audio that can be judged, or with the first audio at all. One message in is one message out.
 */
import type { CallStart } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import type { PayloadInMessage } from '../answering-connection.js'
import type { ForkReceiver } from '../closing-connection.js'
import type { ForkEvent } from '../dialect.js'
import { heldOf, OBJECT_BYTES } from '../held-message.js'
import { partyTracks } from '../party-tracks.js'
import { type Field, type ProtoMessage, readMessage } from '../protobuf.js'
import { scrubPair } from '../scrubbed-fields.js'
import { Legs } from './legs.js'
import * as webex from './messages.js'
import type { WebexOptions } from './options.js'

/** How a leg's audio is encoded. */
interface Format {
  readonly codec: 'l16' | 'pcmu' | 'pcma'
  readonly clockRateHz: number
}

/** Rates that Webex forks at, Hz. */
const rates: readonly number[] = [8000, 16_000]
const codecs: ReadonlyMap<number, Format['codec']> = new Map([
  [webex.encodings.linear16, 'l16'],
  [webex.encodings.mulaw, 'pcmu'],
  [webex.encodings.alaw, 'pcma'],
])
const silences: Readonly<Record<Format['codec'], number>> = { l16: 0, pcmu: 0xff, pcma: 0xd5 }

export class WebexReceiver implements ForkReceiver {
  hasStarted = false

  #conversationId = ''
  #format: Format = { codec: 'pcmu', clockRateHz: 8000 }
  #legs = new Legs(0, 8000)

  constructor(
    private readonly options: WebexOptions['options'],
    private readonly randomUuid: () => string,
  ) {}

  /** Appends what the message means. Its data is kept, in frames and held messages. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const read = readMessage(message.data, webex.requestType)
    const request = read && this.#cleaned(read, out)
    if (request === null) {
      violate('message-malformed', out)
      return
    }
    const known = request.bytes === message.data ? message : { data: request.bytes, isBinary: true }
    const audio = request.message(webex.request.audio)
    const data = audio?.field(webex.audio.data)
    if (audio === null || data === undefined || data.start === data.end)
      out.push({ kind: 'message', held: heldOf(known) })
    else this.#onAudio(request, audio, data, known, nowMs, out)
  }

  /** The message without what must not pass; written anew only where something is left out. */
  #cleaned(request: ProtoMessage, out: ForkEvent[]): ProtoMessage | null {
    if (request.isForeign) violate('field-unknown', out)
    const isWithheld = this.options.text === 'withhold' && request.has(webex.request.additionalInfo)
    for (const entry of request.messages(webex.request.additionalInfo))
      scrubPair(entry, webex.entry.key, webex.entry.value)
    if (!request.isForeign && !isWithheld) return request
    const bytes = request.rebuilt(
      ({ isForeign, fieldNumber }, owner) =>
        !isForeign && !(isWithheld && owner === request && fieldNumber === webex.request.additionalInfo),
    )
    request.bytes.fill(0)
    return readMessage(bytes, webex.requestType)
  }

  #onAudio(
    request: ProtoMessage,
    audio: ProtoMessage,
    data: Field,
    message: WireMessage,
    nowMs: number,
    out: ForkEvent[],
  ): void {
    const format = formatOf(audio)
    if (!this.hasStarted) out.push({ kind: 'started', call: this.#begin(request, format), held: null })
    const fault = this.#faultOf(request, format)
    const sampleBytes = this.#format.codec === 'l16' ? 2 : 1
    const sampleCount = Math.floor((data.end - data.start) / sampleBytes)
    const place = fault === null ? this.#place(audio, sampleCount) : null
    if (place === null || sampleCount === 0) {
      violate(fault ?? (sampleCount === 0 ? 'odd-length' : 'party-without-track'), out)
      message.data.fill(silenceOf(audio), data.start, data.end)
      out.push({ kind: 'message', held: heldOf(message) })
      return
    }
    const payloadEnd = data.start + sampleCount * sampleBytes
    if (payloadEnd < data.end) {
      violate('odd-length', out)
      message.data.fill(0, payloadEnd, data.end)
    }
    const envelope: PayloadInMessage = { message, payloadStart: data.start }
    const frame = {
      stream: place.track,
      startSample: place.startSample,
      sampleCount,
      payload: message.data.subarray(data.start, payloadEnd),
      envelope,
      receivedAtMs: nowMs,
      heldBytes: message.data.length + OBJECT_BYTES,
    }
    out.push({ kind: 'media', frame })
  }

  #place(
    audio: ProtoMessage,
    sampleCount: number,
  ): { readonly track: number; readonly startSample: number } | null {
    const role = audio.number(webex.audio.role)
    const id = `${role} ${audio.text(webex.audio.roleId)}`
    return this.#legs.place(id, role === webex.roles.agent, sampleCount)
  }

  #faultOf(request: ProtoMessage, format: Format | null): webex.Violation | null {
    if (request.text(webex.request.conversationId) !== this.#conversationId) return 'conversation-changed'
    const isTheCalls = format?.codec === this.#format.codec && format.clockRateHz === this.#format.clockRateHz
    return isTheCalls ? null : 'format-unsupported'
  }

  #begin(request: ProtoMessage, format: Format | null): CallStart {
    this.hasStarted = true
    if (format !== null) this.#format = format
    this.#legs = new Legs(this.options.tracks, this.#format.clockRateHz)
    this.#conversationId = request.text(webex.request.conversationId)
    const callId = this.#conversationId || this.randomUuid()
    const tracks = partyTracks(this.options.tracks)
    return {
      callId,
      streamId: callId,
      tracks,
      streams: tracks.map(({ index }) => ({
        format: { ...this.#format, channelCount: 1 as const },
        tracks: [index],
      })),
      metadata: {
        ...Object.fromEntries(
          request
            .messages(webex.request.additionalInfo)
            .map((entry) => [entry.text(webex.entry.key), entry.text(webex.entry.value)]),
        ),
        customerOrgId: request.text(webex.request.customerOrgId),
      },
      isProbe: false,
    }
  }
}

const formatOf = (audio: ProtoMessage): Format | null => {
  const codec = codecs.get(audio.number(webex.audio.encoding))
  const clockRateHz = audio.number(webex.audio.sampleRate)
  return codec === undefined || !rates.includes(clockRateHz) ? null : { codec, clockRateHz }
}

const silenceOf = (audio: ProtoMessage): number =>
  silences[codecs.get(audio.number(webex.audio.encoding)) ?? 'l16']

const violate = (code: webex.Violation, out: ForkEvent[]): void => {
  out.push({ kind: 'violation', side: 'pbx', code })
}
