import type { MediaFrame } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import { ClosingConnection } from '../closing-connection.js'
import type { ForkEvent } from '../dialect.js'
import { encodeMedia } from '../json-media/encode.js'
import { forgetPayload, recallPayload } from '../json-media/payload.js'
import { isObject, type JsonObject, scalarText } from '../json-object.js'
import { cleanValue, jsonMessage, parse } from './messages.js'
import type { AudiocodesOptions, MediaFormat } from './options.js'
import { AudiocodesReceiver } from './receive.js'

/** Answers that VoiceAI Connect waits for; they act on nothing. */
const answers: ReadonlySet<unknown> = new Set([
  'connection.validated',
  'userStream.started',
  'userStream.stopped',
])

type Group = AudiocodesOptions['options']['allowFromRecorder'][number]

/** Which group a message belongs to, by its type; null for one that nobody knows. */
const groupOf = (type: string): Group | null => {
  if (type === 'activities') return 'activities'
  if (type.startsWith('playStream.')) return 'playStream'
  return type.startsWith('userStream.speech.') ? 'speech' : null
}

/** One call: VoiceAI Connect on one side, and on the other a recorder that answers as a bot does, and is one to it. */
export class AudiocodesConnection extends ClosingConnection {
  readonly #receiver: AudiocodesReceiver
  readonly #options: AudiocodesOptions['options']

  constructor(options: AudiocodesOptions['options']) {
    const receiver = new AudiocodesReceiver(options)
    super(receiver)
    this.#receiver = receiver
    this.#options = options
  }

  override receiveFromRecorder(message: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const value = parse(message)?.value ?? {}
    if (value['type'] === 'session.accepted') this.#onAccepted(value, out)
    else {
      this.#noteRecording(value, out)
      super.receiveFromRecorder(message, nowMs, out)
    }
  }

  override pbxClosed(wasClean: boolean, nowMs: number, out: ForkEvent[]): void {
    if (!this.#receiver.hasEnded) super.pbxClosed(wasClean, nowMs, out)
  }

  /** Who was sent `session.end` closes. */
  override drained(nowMs: number, out: ForkEvent[]): void {
    super.drained(nowMs, out)
    if (this.#receiver.hasEnded) out.push({ kind: 'close', side: 'pbx', code: 1000 })
  }

  recallPayload(frame: MediaFrame): void {
    recallPayload(frame)
  }

  forgetPayload(frame: MediaFrame): void {
    forgetPayload(frame)
  }

  encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage {
    return encodeMedia(frame, isPayloadChanged)
  }

  preamble(): readonly WireMessage[] {
    return this.#receiver.preamble
  }

  protected allowedToPbx(message: WireMessage): WireMessage | null {
    const value = parse(message)?.value ?? {}
    const { type } = value
    const isAnswer = answers.has(type) || (type === 'session.error' && !this.#receiver.hasStarted)
    const group = groupOf(scalarText(type))
    const isAllowed = group !== null && this.#options.allowFromRecorder.includes(group)
    // Audio for the call is no text; what it holds is not for the scrubber.
    if (group === 'playStream' && isAllowed) return jsonMessage(value)
    return isAnswer || isAllowed ? { data: encoder.encode(cleanValue(value)), isBinary: false } : null
  }

  /** A recorder that was dialled again accepts again: nobody asked on the other side. */
  #onAccepted(value: JsonObject, out: ForkEvent[]): void {
    const { format: known, isAwaitingAnswer, offered } = this.#receiver
    const said = value['mediaFormat']
    const format: MediaFormat | undefined =
      said === undefined && offered.length === 1 ? offered[0] : offered.find((name) => name === said)
    if (known !== null && (format === known || said === undefined)) return
    if (!isAwaitingAnswer) {
      out.push({ kind: 'violation', side: 'recorder', code: 'recorder-message-dropped' })
    } else if (format === undefined) {
      out.push({ kind: 'violation', side: 'recorder', code: 'format-unsupported' })
      const reason = 'no media format in common'
      out.push({ kind: 'to-pbx', message: jsonMessage({ type: 'session.error', reason }) })
      out.push({ kind: 'close', side: 'pbx', code: 1000 }, { kind: 'close', side: 'recorder', code: 1000 })
    } else {
      this.#receiver.accept(format, out)
      const mediaFormat = said === undefined ? undefined : format
      out.push({ kind: 'to-pbx', message: jsonMessage({ type: 'session.accepted', mediaFormat }) })
    }
  }

  /** What a bot wants of VoiceAI Connect's own recording can be a payment step. */
  #noteRecording(value: JsonObject, out: ForkEvent[]): void {
    if (this.#options.recordingActivities === 'ignore' || value['type'] !== 'activities') return
    const activities: readonly unknown[] = Array.isArray(value['activities']) ? value['activities'] : []
    for (const activity of activities) {
      const name = isObject(activity) ? activity['name'] : undefined
      if (name === 'pauseCallRecording') out.push({ kind: 'payment', state: 'started', held: null })
      if (name === 'resumeCallRecording') out.push({ kind: 'payment', state: 'ended', held: null })
    }
  }
}

const encoder = new TextEncoder()
