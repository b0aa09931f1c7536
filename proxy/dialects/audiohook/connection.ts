import type { MediaFrame } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import type {
  ConnectionContext,
  DialectConnection,
  EndReason,
  ForkEvent,
  HeldMessage,
  Side,
} from '../dialect.js'
import { NO_PARAMETERS } from './encode.js'
import { ClientEnd, ServerEnd } from './ends.js'
import { AudioReader, callStart, isSameMedia, positionOf } from './media.js'
import {
  type ClientMessage,
  type ClientType,
  durationOf,
  type Media,
  NULL_UUID,
  type OpenParameters,
  processableMedia,
  type ServerMessage,
  type ServerType,
} from './messages.js'
import type { AudioHookOptions } from './options.js'
import type { Numbers } from './receive.js'
import { cleanEvent, cleanOpen, cleanParameters, metadataOf } from './text.js'
import { type ViolationCode, violations } from './violations.js'

/**
 * One forked call between the contact centre (our client) and the recorder (our server). Both hops are terminated here:
 * each counts for itself, pings are answered where they arrive, and everything else keeps its place in the audio.
 *
 *     pbx        waiting ──open──► opening ──opened──► active ◄─paused/resumed─► paused
 *                    └───────────────┴── close, or the socket is gone ──┴──────────┘
 *                                                  ▼
 *                               closing ──closed said──► closed ──its socket closes──► gone
 *
 *     recorder   idle ──open held──► opening ──opened──► open ──close said──► closing ──closed──► closed
 *                   └───────────────────┴── disconnect, no opened ──┴─► refused ──┘    (takes a close, nothing else)
 *                   └──────────── its socket is gone ──┴────────────────────► lost
 */

type PbxState = 'waiting' | 'opening' | 'active' | 'paused' | 'closing' | 'closed' | 'gone'
type RecorderState = 'idle' | 'opening' | 'open' | 'refused' | 'closing' | 'closed' | 'lost'

/**
 * What time brings, in ms. Clients give `opened` 5 s and `closed` 10 s and then fail the session: our answers come 1 s
 * and 2 s before that. Pings as the reference client sends them.
 */
const waits = {
  /** For the first message of a new socket. */
  open: 10_000,
  /** For the recorder's `opened`, from the PBX's `open` on. */
  opened: 4_000,
  /** For the PBX's `close` after a `disconnect`. */
  close: 5_000,
  /** For the recorder's `closed`, from the PBX's `close` on; then the PBX gets ours. */
  answer: 8_000,
  /** For the recorder's `closed`, from our `close` on; then its socket is closed. */
  closed: 3_000,
  /** For the PBX to close its socket, from our `closed` on. */
  hangUp: 2_000,
  firstPing: 1_000,
  nextPing: 5_000,
} as const

type Timer = 'open' | 'opened' | 'close' | 'answer' | 'closed' | 'hangUp' | 'ping'

/** WebSocket close codes (RFC 6455 section 7.4.1): done, and done with a peer that does not keep to the protocol. */
const CLOSE_NORMAL = 1000
const CLOSE_PROTOCOL_ERROR = 1002

/** What a held message is in the timeline: everything but the numbers, which it gets when it leaves. */
interface HeldText {
  readonly type: ClientType
  /** The PBX's own view of the position, or null for what we say in its place. */
  readonly position: string | null
  /** Position behind this message, lost audio included. */
  readonly nextSample: number
  readonly parameters: string
}

/** Bytes of a held message beside its text. */
const HELD_OVERHEAD_BYTES = 128

/** What the PBX reads when the recorder is at fault: the call itself was fine. */
const RECORDER_FAILED = 'Recorder not available'

type Out = ForkEvent[]
type QueuedType =
  | 'paused'
  | 'resumed'
  | 'discarded'
  | 'update'
  | 'error'
  | 'playback_started'
  | 'playback_completed'
type RequestType = 'pause' | 'resume' | 'updated' | 'reconnect'

export class AudioHookConnection implements DialectConnection {
  readonly #options: AudioHookOptions['options']
  readonly #session: string
  readonly #organization: string
  readonly #pbxEnd: ServerEnd
  readonly #recorderEnd: ClientEnd

  #pbx: PbxState = 'waiting'
  #recorder: RecorderState = 'idle'
  #open: OpenParameters | null = null
  #offers: readonly Media[] = []
  #callerTrack: number | null = null
  #audio: AudioReader | null = null
  #releasedSamples = 0
  #rttMs: number | null = null
  /** Why the PBX has been asked to close, or null. */
  #stoppedBy: EndReason | null = null
  #isRefusalTold = false
  #isTicking = false
  readonly #due = new Map<Timer, number>()

  constructor(options: AudioHookOptions, { handshake }: ConnectionContext) {
    this.#options = options.options
    this.#session = handshake.headers['audiohook-session-id'] ?? NULL_UUID
    this.#organization = handshake.headers['audiohook-organization-id'] ?? NULL_UUID
    this.#pbxEnd = new ServerEnd(this.#session)
    this.#recorderEnd = new ClientEnd(this.#session)
  }

  /** `resumed` will tell how long it lasted. */
  get isPaused(): boolean {
    return this.#pbx === 'paused'
  }

  receive(message: WireMessage, nowMs: number, out: Out): void {
    if (this.#pbx === 'gone') return
    if (message.isBinary) this.#receiveAudio(message, nowMs, out)
    else this.#receiveText(message, nowMs, out)
  }

  receiveFromRecorder(message: WireMessage, nowMs: number, out: Out): void {
    if (this.#recorder === 'closed' || this.#recorder === 'lost') return
    if (message.isBinary) this.#receiveRecorderAudio(message, out)
    else this.#receiveRecorderText(message, nowMs, out)
  }

  recorderOpened(): void {}

  recorderClosed(_wasClean: boolean, nowMs: number, out: Out): void {
    if (this.#recorder === 'closed' || this.#recorder === 'lost') return
    this.#recorder = 'lost'
    this.#recorderFailed(nowMs, out)
  }

  pbxClosed(_wasClean: boolean, _nowMs: number, out: Out): void {
    if (!this.#isEnding) this.#end('pbx-lost', this.#ownClose('error'), out)
    this.#pbx = 'gone'
  }

  drained(nowMs: number, out: Out): void {
    if (this.#recorder === 'closing') this.#due.set('closed', nowMs + waits.closed)
    else this.#finish(NO_PARAMETERS, nowMs, out)
  }

  tick(nowMs: number, out: Out): void {
    if (!this.#isTicking && this.#pbx === 'waiting') this.#due.set('open', nowMs + waits.open)
    this.#isTicking = true
    for (const [timer, dueMs] of this.#due) {
      if (nowMs < dueMs) continue
      this.#due.delete(timer)
      this.#rang(timer, nowMs, out)
    }
  }

  encodeMedia(frame: MediaFrame): WireMessage {
    this.#releasedSamples = frame.startSample + frame.sampleCount
    const message = frame.envelope as WireMessage
    return frame.payload === message.data ? message : { data: frame.payload, isBinary: true }
  }

  encodeMessage(held: HeldMessage): WireMessage {
    const { type, position, nextSample, parameters } = held.envelope as HeldText
    if (type === 'close' && this.#recorder !== 'lost') this.#recorder = 'closing'
    const message = this.#recorderEnd.say(type, position ?? positionOf(this.#releasedSamples), parameters)
    this.#releasedSamples = nextSample
    return message
  }

  /** The product does not resume sessions, and the reference recorder refuses audio of one that it has not opened. */
  preamble(): null {
    return null
  }

  // From the PBX.

  #receiveAudio(message: WireMessage, nowMs: number, out: Out) {
    if (this.#pbx !== 'active') return this.#refuse('audio-not-active', nowMs, out)
    if (this.#audio === null) return this.#refuse('audio-no-media', nowMs, out)
    if (!this.#audio.isWhole(message.data)) violated('pbx', 'audio-length', out)
    const frame = this.#audio.read(message, nowMs)
    if (frame !== null && this.#recorder === 'open') out.push({ kind: 'media', frame })
  }

  #receiveText(message: WireMessage, nowMs: number, out: Out) {
    const heard = this.#pbxEnd.hear(message)
    if (heard.fault !== null) this.#refuse(heard.fault, nowMs, out)
    // A close counts even with wrong numbers: refused as well, its client would wait for `closed` in vain.
    if (heard.message !== null && (heard.fault === null || heard.message.type === 'close'))
      this.#onClientMessage(heard.message, nowMs, out)
  }

  #onClientMessage(message: ClientMessage, nowMs: number, out: Out) {
    switch (message.type) {
      case 'ping':
        return this.#tellPbx('pong', NO_PARAMETERS, out)
      case 'open':
        return this.#onOpen(message, nowMs, out)
      case 'close':
        return this.#onClose(message, nowMs, out)
      case 'dtmf':
        return this.#onDigit(message.parameters.digit, message.position, out)
      case 'paused':
      case 'resumed':
      case 'discarded':
      case 'update':
      case 'error':
      case 'playback_started':
      case 'playback_completed':
        return this.#onQueued(message, out)
      default:
        message satisfies never
    }
  }

  #onOpen({ parameters, position }: ClientMessage & { type: 'open' }, nowMs: number, out: Out) {
    if (this.#pbx !== 'waiting') return violated('pbx', 'out-of-state', out)
    if (this.#stoppedBy !== null) return
    if (!isSameId(parameters.organizationId, this.#organization)) {
      violated('pbx', 'organization', out)
      return this.#disconnect('violation', 'unauthorized', violations.organization, nowMs, out)
    }
    const offers = processableMedia(parameters.media)
    const text = cleanOpen(parameters, offers, this.#options.text === 'withhold')
    if (text === null) return this.#refuse('parameters', nowMs, out)

    this.#pbx = 'opening'
    this.#open = parameters
    this.#offers = offers
    if (this.#recorder === 'lost') return this.#recorderFailed(nowMs, out)
    this.#recorder = 'opening'
    this.#due.set('opened', nowMs + waits.opened)
    out.push({ kind: 'message', held: this.#hold('open', position, text) })
  }

  #onQueued(message: ClientMessage & { type: QueuedType }, out: Out) {
    const { type } = message
    if (!this.#isStreaming && !(type === 'error' && this.#pbx === 'opening'))
      return violated('pbx', 'out-of-state', out)
    if (type === 'paused') this.#pbx = 'paused'
    if (type === 'resumed') this.#pbx = 'active'
    if (type === 'resumed' || type === 'discarded') this.#audio?.skip(message.parameters.discarded)
    if (this.#isRecorderListening) out.push({ kind: 'message', held: this.#holdAsIs(type, message) })
  }

  #onDigit(digit: string, position: string, out: Out) {
    if (!this.#isStreaming) return violated('pbx', 'out-of-state', out)
    const masked = this.#hold('dtmf', position, `{"digit":"${this.#options.digitMask}"}`)
    const held = this.#isRecorderListening ? masked : null
    out.push({ kind: 'digit', track: this.#callerTrack, digit, durationSamples: 0, held })
  }

  #onClose(message: ClientMessage & { type: 'close' }, nowMs: number, out: Out) {
    if (this.#pbx === 'closing' || this.#pbx === 'closed') return violated('pbx', 'out-of-state', out)
    this.#pbx = 'closing'
    this.#due.set('answer', nowMs + waits.answer)
    this.#end('hangup', this.#holdAsIs('close', message), out)
  }

  // From the recorder.

  #receiveRecorderAudio(message: WireMessage, out: Out) {
    // Only the bot product (Audio Connector) takes audio back; it is the one that sends input variables.
    const isBot = this.#open?.inputVariables !== undefined
    if (isBot && this.#isStreaming) out.push({ kind: 'to-pbx', message })
    else violated('recorder', 'audio-from-recorder', out)
  }

  /** Wrong numbers are counted only: the product would fail the session for them, and lose the recording. */
  #receiveRecorderText(message: WireMessage, nowMs: number, out: Out) {
    const heard = this.#recorderEnd.hear(message)
    if (heard.fault !== null) violated('recorder', heard.fault, out)
    if (heard.message !== null) this.#onServerMessage(heard.message, nowMs, out)
  }

  #onServerMessage(message: ServerMessage & Numbers, nowMs: number, out: Out) {
    switch (message.type) {
      case 'pong':
        return this.#onPong(message.peerSeq, nowMs, out)
      case 'opened':
        return this.#onOpened(message, nowMs, out)
      case 'closed':
        return this.#onClosed(message, nowMs, out)
      case 'disconnect':
        return this.#onDisconnect(message, nowMs, out)
      case 'event':
        return this.#onEvent(message, out)
      case 'pause':
      case 'resume':
      case 'updated':
      case 'reconnect':
        return this.#onRequest(message, out)
      default:
        message satisfies never
    }
  }

  #onOpened({ parameters }: ServerMessage & { type: 'opened' }, nowMs: number, out: Out) {
    if (this.#recorder === 'idle' || this.#recorder === 'open')
      return violated('recorder', 'out-of-state', out)
    // Too late for a call that has been given up, or is over: the two messages have crossed.
    if (this.#recorder !== 'opening') return
    const [chosen] = parameters.media
    const media = chosen === undefined ? null : this.#offers.find((offer) => isSameMedia(offer, chosen))
    if (media === undefined) {
      violated('recorder', 'media-not-offered', out)
      this.#recorder = 'refused'
      return this.#recorderFailed(nowMs, out)
    }
    this.#recorder = 'open'
    // A client that has been told to close, or is closing, takes an `opened` for an error.
    if (this.#pbx !== 'opening' || this.#stoppedBy !== null) return
    this.#due.set('ping', nowMs + waits.firstPing)
    this.#start(
      media,
      cleanParameters('opened', { ...parameters, media: media === null ? [] : [media] }),
      out,
    )
  }

  #onPong(clientseq: number, nowMs: number, out: Out) {
    const rttMs = this.#recorderEnd.pong(clientseq, nowMs)
    if (rttMs === null) violated('recorder', 'pong', out)
    else this.#rttMs = rttMs
  }

  #onEvent({ parameters }: ServerMessage & { type: 'event' }, out: Out) {
    if (!this.#isOpened) return violated('recorder', 'out-of-state', out)
    const text = cleanEvent(parameters)
    if (text === null) violated('recorder', 'event-dropped', out)
    else this.#tellPbx('event', text, out)
  }

  #onRequest({ type, parameters }: ServerMessage & { type: RequestType }, out: Out) {
    if (!this.#isOpened) return violated('recorder', 'out-of-state', out)
    this.#tellPbx(type, cleanParameters(type, parameters), out)
  }

  #onDisconnect({ parameters }: ServerMessage & { type: 'disconnect' }, nowMs: number, out: Out) {
    if (this.#recorder !== 'closing') this.#recorder = 'refused'
    this.#askToClose('recorder', cleanParameters('disconnect', parameters), nowMs, out)
    this.#refuseRecorder(out)
  }

  #onClosed({ parameters }: ServerMessage & { type: 'closed' }, nowMs: number, out: Out) {
    if (this.#recorder === 'closing') return this.#finish(cleanParameters('closed', parameters), nowMs, out)
    violated('recorder', 'out-of-state', out)
    this.#closeRecorder(out)
    this.#recorderFailed(nowMs, out)
  }

  // What both sides' messages come to.

  get #isStreaming(): boolean {
    return this.#pbx === 'active' || this.#pbx === 'paused'
  }

  /** Whether the PBX has had its `opened`: before, everything else is an error to it. */
  get #isOpened(): boolean {
    return this.#pbx !== 'waiting' && this.#pbx !== 'opening'
  }

  /** Whether `ended` has been said: with the PBX's close, or in its place. */
  get #isEnding(): boolean {
    return this.#pbx === 'closing' || this.#pbx === 'closed' || this.#pbx === 'gone'
  }

  get #isRecorderListening(): boolean {
    return this.#recorder === 'opening' || this.#recorder === 'open'
  }

  #start(media: Media | null, openedText: string, out: Out) {
    const open = this.#open!
    const call = callStart(this.#session, open, media, metadataOf(open))
    this.#pbx = 'active'
    this.#audio = media && new AudioReader(media)
    this.#callerTrack = call.tracks.find(({ role }) => role === 'caller')?.index ?? null
    out.push({ kind: 'started', call, held: null })
    this.#tellPbx('opened', openedText, out)
  }

  /** The recorder will not take this call, or no more of it. */
  #recorderFailed(nowMs: number, out: Out) {
    if (this.#pbx === 'closing') this.#answer(NO_PARAMETERS, nowMs, out)
    else if (this.#pbx === 'opening' && this.#options.whenRecorderFails === 'open-without-media')
      this.#start(null, '{"media":[]}', out)
    else if (this.#pbx !== 'waiting') this.#disconnect('recorder', 'error', RECORDER_FAILED, nowMs, out)
    this.#refuseRecorder(out)
  }

  #refuseRecorder(out: Out) {
    if (this.#isRefusalTold) return
    this.#isRefusalTold = true
    out.push({ kind: 'recorder-refused' })
  }

  /** What the reference server does with bad input: it disconnects, once, and waits for the client's close. */
  #refuse(code: ViolationCode, nowMs: number, out: Out) {
    violated('pbx', code, out)
    this.#disconnect('violation', 'error', violations[code], nowMs, out)
  }

  #disconnect(by: EndReason, reason: 'error' | 'unauthorized', info: string, nowMs: number, out: Out) {
    this.#askToClose(by, JSON.stringify({ reason, info }), nowMs, out)
  }

  #askToClose(by: EndReason, parameters: string, nowMs: number, out: Out) {
    if (this.#isEnding || this.#stoppedBy !== null) return
    this.#stoppedBy = by
    this.#due.set('close', nowMs + waits.close)
    this.#tellPbx('disconnect', parameters, out)
  }

  /** No more audio will come. A recorder that has heard nothing, or is gone, is not told. */
  #end(reason: EndReason, close: HeldMessage, out: Out) {
    const canBeTold = this.#isRecorderListening || this.#recorder === 'refused'
    out.push({ kind: 'ended', reason: this.#stoppedBy ?? reason, held: canBeTold ? close : null })
  }

  /** Both hops are through with each other. */
  #finish(closedText: string, nowMs: number, out: Out) {
    this.#answer(closedText, nowMs, out)
    this.#closeRecorder(out)
  }

  #answer(closedText: string, nowMs: number, out: Out) {
    if (this.#pbx !== 'closing') return
    this.#tellPbx('closed', closedText, out)
    this.#pbx = 'closed'
    this.#due.set('hangUp', nowMs + waits.hangUp)
  }

  #closeRecorder(out: Out) {
    if (this.#recorder === 'closed' || this.#recorder === 'lost') return
    this.#recorder = 'closed'
    out.push({ kind: 'close', side: 'recorder', code: CLOSE_NORMAL })
  }

  /** A timer only rings: it is never taken back, the state says whether it still matters. */
  #rang(timer: Timer, nowMs: number, out: Out) {
    switch (timer) {
      case 'open':
        if (this.#pbx === 'waiting' && this.#stoppedBy === null) this.#giveUpPbx('open-missing', out)
        return
      case 'close':
        if (!this.#isEnding) this.#giveUpPbx('close-missing', out)
        return
      case 'opened':
        if (this.#pbx === 'opening' && this.#stoppedBy === null) this.#giveUpRecorder(nowMs, out)
        return
      case 'answer':
        return this.#answer(NO_PARAMETERS, nowMs, out)
      case 'closed':
        if (this.#recorder === 'closing') this.#finish(NO_PARAMETERS, nowMs, out)
        return
      case 'hangUp':
        if (this.#pbx === 'closed') out.push({ kind: 'close', side: 'pbx', code: CLOSE_NORMAL })
        return
      case 'ping':
        return this.#ping(nowMs, out)
    }
  }

  #giveUpRecorder(nowMs: number, out: Out) {
    violated('recorder', 'opened-missing', out)
    this.#recorder = 'refused'
    this.#recorderFailed(nowMs, out)
  }

  #giveUpPbx(code: ViolationCode, out: Out) {
    violated('pbx', code, out)
    this.#end('violation', this.#ownClose('disconnect'), out)
    this.#pbx = 'gone'
    out.push({ kind: 'close', side: 'pbx', code: CLOSE_PROTOCOL_ERROR })
  }

  #ping(nowMs: number, out: Out) {
    if (this.#recorder !== 'open') return
    this.#due.set('ping', nowMs + waits.nextPing)
    if (this.#recorderEnd.isPinging) return violated('recorder', 'pong-missing', out)
    const rtt = this.#rttMs === null ? NO_PARAMETERS : `{"rtt":"${durationOf(this.#rttMs / 1000)}"}`
    const message = this.#recorderEnd.ping(positionOf(this.#releasedSamples), rtt, nowMs)
    out.push({ kind: 'to-recorder', message })
  }

  #tellPbx(type: ServerType, parameters: string, out: Out) {
    if (this.#pbx === 'closed' || this.#pbx === 'gone') return
    out.push({ kind: 'to-pbx', message: this.#pbxEnd.say(type, parameters) })
  }

  #holdAsIs(type: QueuedType | 'close', { position, parameters }: ClientMessage): HeldMessage {
    return this.#hold(type, position, cleanParameters(type, parameters))
  }

  #ownClose(reason: 'error' | 'disconnect'): HeldMessage {
    return this.#hold('close', null, `{"reason":"${reason}"}`)
  }

  #hold(type: ClientType, position: string | null, parameters: string): HeldMessage {
    const nextSample = this.#audio?.nextSample ?? 0
    const envelope: HeldText = { type, position, nextSample, parameters }
    return { envelope, heldBytes: HELD_OVERHEAD_BYTES + 2 * parameters.length }
  }
}

const violated = (side: Side, code: ViolationCode, out: Out): void => {
  out.push({ kind: 'violation', side, code })
}

/** UUIDs are compared without regard to case (RFC 9562 section 4). */
const isSameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
