/**
 * From chan_websocket's messages to events. `MEDIA_START` says what the audio is; on a loaded Asterisk the first audio has
 * been seen before it, and waits here, unjudged, until then.
 */
import type { AudioFormat, MediaFrame } from '../../media/frame.js'
import { samplesOf } from '../../media/time.js'
import { textMessage, textOf, type WireMessage } from '../../media/wire.js'
import type { ForkEvent } from '../dialect.js'
import { heldOf, OBJECT_BYTES } from '../held-message.js'
import { scalarText } from '../json-object.js'
import { isDigit } from '../text.js'
import { type AsteriskEvent, metadataOf, readEvent, textForRecorder, type Violation } from './events.js'
import { formatNamed, sampleCountOf } from './formats.js'
import type { AsteriskOptions } from './options.js'

/** What comes before `MEDIA_START` is a few frames; a second and a half of the largest (slin192) is 576,000 bytes. */
const EARLY_BYTES_MAX = 640 << 10
const EARLY_MESSAGES_MAX = 128

/** What a payload that cannot be read is taken to last, ms: Asterisk's own packetisation. It leaves as silence. */
const UNREADABLE_MS = 20

/** Variables that chan_websocket sets itself, and that hold nothing of the caller's. */
const ownVariables = ['MEDIA_WEBSOCKET_CONNECTION_ID', 'MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE']

interface Early {
  readonly message: WireMessage
  readonly receivedAtMs: number
}

export class AsteriskReceiver {
  /** `MEDIA_START` as the recorder hears it. */
  start: WireMessage | null = null

  readonly #variables: ReadonlySet<string>
  #state: 'new' | 'streaming' | 'refused' = 'new'
  #early: Early[] = []
  #earlyBytes = 0
  #format: AudioFormat = { codec: 'pcmu', clockRateHz: 8000, channelCount: 1 }
  #endSample = 0

  constructor(private readonly options: AsteriskOptions['options']) {
    const { callIdVariable, channelVariables } = options
    // The id of a call is no secret, and what matches its recordings.
    const ids = callIdVariable === null ? [] : [callIdVariable]
    this.#variables = new Set([...ownVariables, ...ids, ...channelVariables])
  }

  get hasStarted(): boolean {
    return this.#state === 'streaming'
  }

  /** Appends what the message means. Its data is kept, in frames and held messages. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    if (this.#state === 'streaming' && message.isBinary) this.#onAudio(message, nowMs, out)
    else if (this.#state !== 'refused') this.#onOther(message, nowMs, out)
  }

  #onOther(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const event = message.isBinary ? null : readEvent(textOf(message))
    if (this.#state === 'streaming') this.#onEvent(event, message, out)
    else if (event?.name === 'MEDIA_START') this.#onStart(event, message, out)
    else this.#keep(message, nowMs, out)
  }

  #keep(message: WireMessage, receivedAtMs: number, out: ForkEvent[]): void {
    const bytes = this.#earlyBytes + message.data.length
    if (bytes > EARLY_BYTES_MAX || this.#early.length === EARLY_MESSAGES_MAX) {
      message.data.fill(0)
      violate('early-message-dropped', out)
      return
    }
    this.#earlyBytes = bytes
    this.#early.push({ message, receivedAtMs })
  }

  #onStart(event: AsteriskEvent, message: WireMessage, out: ForkEvent[]): void {
    const channelId = scalarText(event.fields['channel_id'])
    const format = formatNamed(scalarText(event.fields['format']))
    if (channelId === '') this.#refuse('start-malformed', 1008, out)
    else if (format === undefined) this.#refuse('format-unsupported', 1003, out)
    else this.#open(event, channelId, format, message, out)
    const early = this.#early
    this.#early = []
    for (const { message, receivedAtMs } of early)
      if (this.hasStarted) this.receive(message, receivedAtMs, out)
      else message.data.fill(0)
  }

  #open(
    event: AsteriskEvent,
    channelId: string,
    format: AudioFormat,
    message: WireMessage,
    out: ForkEvent[],
  ): void {
    const { callIdVariable, role } = this.options
    const metadata = metadataOf(event)
    this.#state = 'streaming'
    this.#format = format
    this.start = this.#forRecorder(event, message)
    const call = {
      callId: (callIdVariable !== null && metadata[callIdVariable]) || channelId,
      streamId: channelId,
      tracks: [{ index: 0, role }],
      streams: [{ format, tracks: [0] }],
      metadata,
      isProbe: false,
    }
    out.push({ kind: 'started', call, held: heldOf(this.start) })
  }

  #onEvent(event: AsteriskEvent | null, message: WireMessage, out: ForkEvent[]): void {
    if (event === null) violate('event-unknown', out)
    else if (event.name === 'MEDIA_START') violate('start-repeated', out)
    else if (event.name === 'DTMF_END') onDigit(event, out)
    else out.push({ kind: 'message', held: heldOf(this.#forRecorder(event, message)) })
  }

  /** The message itself where it may go on as it came. */
  #forRecorder(event: AsteriskEvent, message: WireMessage): WireMessage {
    const clean = textForRecorder(event, this.#variables)
    return clean === textOf(message) ? message : textMessage(clean)
  }

  #onAudio(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const { data } = message
    if (this.#format.codec === 'l16' && data.length % 2 === 1) {
      // Half a sample is nobody's; it is silenced with the message keeping its length.
      violate('odd-length', out)
      data[data.length - 1] = 0
    }
    const sampleCount = this.#samplesIn(data)
    if (sampleCount === 0) out.push({ kind: 'message', held: heldOf(message) })
    else out.push({ kind: 'media', frame: this.#frameOf(message, sampleCount, nowMs) })
  }

  #samplesIn(data: Uint8Array): number {
    if (data.length === 0) return 0
    const count = sampleCountOf(data, this.#format)
    return count < 0 ? samplesOf(UNREADABLE_MS, this.#format.clockRateHz) : count
  }

  #frameOf(message: WireMessage, sampleCount: number, receivedAtMs: number): MediaFrame {
    const startSample = this.#endSample
    this.#endSample = startSample + sampleCount
    return {
      stream: 0,
      startSample,
      sampleCount,
      payload: message.data,
      envelope: message,
      receivedAtMs,
      heldBytes: message.data.length + OBJECT_BYTES,
      message,
    }
  }

  #refuse(code: Violation, closeCode: number, out: ForkEvent[]): void {
    this.#state = 'refused'
    violate(code, out)
    out.push({ kind: 'close', side: 'pbx', code: closeCode })
  }
}

/** Told when the key is let go; the recorder is not told at all: nothing in this protocol counts messages. */
function onDigit(event: AsteriskEvent, out: ForkEvent[]): void {
  const digit = scalarText(event.fields['digit'])
  if (isDigit(digit))
    out.push({ kind: 'digit', track: 0, digit: digit.toUpperCase(), durationSamples: 0, held: null })
  else violate('digit-malformed', out)
}

const violate = (code: Violation, out: ForkEvent[]): void => {
  out.push({ kind: 'violation', side: 'pbx', code })
}
