import type { z } from 'zod'
import type { CallStart, MediaFrame } from '../media/frame.js'
import type { Handshake, WireMessage } from '../media/wire.js'
import type { Transport } from './transport.js'

/**
 * A wire protocol of forked calls, as a man in the middle: server towards the PBX, client towards the recorder.
 * Everything in a dialect's folder is a function of (messages, times): no socket, no timer, no clock.
 */
export interface Dialect<O = unknown> {
  readonly name: string
  /** What its messages travel over. Default: WebSocket. */
  readonly transport?: Transport
  /** What its recorders can be sent for calls of other dialects; left out: they can be sent none. */
  readonly recording?: RecordingForm
  /** What the configuration may say for a fork of this dialect: `{ auth, recorderAuth, options }`, each with defaults. */
  readonly schema: z.ZodType<O>
  /** Subprotocols of which one is selected when the PBX offers it; '*' echoes whatever single one is offered. WebSocket only. */
  readonly subprotocols: readonly string[] | '*'
  /** Is this PBX who it says it is? Runs before any recorder is dialled. */
  authenticate(handshake: Handshake, options: O, context: AuthContext): AuthVerdict
  /**
   * Where a PBX waits to be dialled for the fork that it calls `id`, and what to ask of it there; null when the configuration
   * names no such PBX, or when it could not have given this id. Left out: PBXs of this dialect always dial.
   */
  pbxAddress?(id: string, options: O): PbxAddress | null
  /** What to ask of the recorder when it is dialled at `url`: headers (re-signed), subprotocols. */
  recorderHandshake(handshake: Handshake, url: URL, options: O, context: AuthContext): RecorderHandshake
  /** The protocol state of one forked call, both hops. */
  connect(options: O, context: ConnectionContext): DialectConnection
  /** The other end of the recorder hop: what a recorder of this dialect does with what it is sent. */
  record(options: O): DialectRecorder
  /** The other end of the PBX hop: a simulated PBX that forks the given call. */
  simulate(script: PbxScript): DialectPbx
}

export interface AuthContext {
  /** Wall clock in ms since 1970, for signatures with a validity. */
  readonly epochMs: number
  /** Remembers a nonce for as long as a signature with it could be valid; false when it was seen before (a replay). */
  rememberNonce(nonce: string, ttlMs: number): boolean
  /** Cryptographically random bytes, for fresh nonces. */
  randomBytes(count: number): Uint8Array
}

/** `refused.reason` is a static text for the log; it never quotes what the peer sent. */
export type AuthVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly status: 401 | 403; readonly reason: string }

export interface RecorderHandshake {
  readonly headers: Readonly<Record<string, string>>
  readonly subprotocols: readonly string[]
}

export interface PbxAddress {
  readonly url: URL
  readonly handshake: RecorderHandshake
}

export interface ConnectionContext {
  readonly handshake: Handshake
  /** A version 4 UUID, for ids that the proxy mints itself. */
  randomUuid(): string
}

/** Text that waits in the timeline in the place where it arrived. Only its dialect looks inside. */
export interface HeldMessage {
  readonly envelope: unknown
  /** Bytes that holding it costs, for the limit. */
  readonly heldBytes: number
}

/** What a message, or the passing of time, means. Appended to `out` in order; the session carries them out in order. */
export type ForkEvent =
  /** The call begins: open tracks, choose detectors, let the recorder hear of it. */
  | { readonly kind: 'started'; readonly call: CallStart; readonly held: HeldMessage | null }
  /** Audio, in arrival order. */
  | { readonly kind: 'media'; readonly frame: MediaFrame }
  /**
   * A key that the PBX reported out of band. `durationSamples` is 0 when unknown. `held` is the scrubbed message, or null
   * when the dialect drops it. The digit is for the policy alone.
   */
  | {
      readonly kind: 'digit'
      readonly track: number | null
      readonly digit: string
      readonly durationSamples: number
      readonly held: HeldMessage | null
    }
  /** A payment signal in the stream itself. */
  | { readonly kind: 'payment'; readonly state: 'started' | 'ended'; readonly held: HeldMessage | null }
  /** Anything else for the recorder, in its place behind the audio before it. */
  | { readonly kind: 'message'; readonly held: HeldMessage }
  /** For the PBX, at once. */
  | { readonly kind: 'to-pbx'; readonly message: WireMessage }
  /** For the recorder, at once, ahead of what is held (a ping of this hop). */
  | { readonly kind: 'to-recorder'; readonly message: WireMessage }
  /** Bad input from `side`: counted under `code` (kebab-case, listed in the dialect's WIRE.md), answered as the dialect defines. */
  | { readonly kind: 'violation'; readonly side: Side; readonly code: string }
  /** No more audio will come. `held` goes out behind the last frame. */
  | { readonly kind: 'ended'; readonly reason: EndReason; readonly held: HeldMessage | null }
  /** Close this side's socket; the recorder's after everything sent to it so far. */
  | { readonly kind: 'close'; readonly side: Side; readonly code: number }
  /** The recorder will take nothing more: what is still held need not be judged. */
  | { readonly kind: 'recorder-refused' }

export type Side = 'pbx' | 'recorder'
export type EndReason = 'hangup' | 'pbx-lost' | 'recorder' | 'violation'

/** One forked call's protocol state. No method throws for what a peer sent: that becomes a violation. */
export interface DialectConnection {
  /**
   * The PBX has said that it pauses, and what comes behind the pause will lie as much later as it lasted: until it says
   * otherwise, nothing is said. Left out: the protocol has no such pause, and nobody knows why no audio comes.
   */
  readonly isPaused?: boolean
  /** A message from the PBX; its data is owned by the connection from here on. Hot. */
  receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void
  /** A message from the recorder. */
  receiveFromRecorder(message: WireMessage, nowMs: number, out: ForkEvent[]): void
  /** The recorder's socket is open; also after a redial, when `preamble()` has been sent again. */
  recorderOpened(nowMs: number, out: ForkEvent[]): void
  /**
   * The recorder's socket is gone for good. `wasClean` when it closed by the protocol, behind our own close; false when it
   * was lost, refused or given up.
   */
  recorderClosed(wasClean: boolean, nowMs: number, out: ForkEvent[]): void
  /** The PBX's socket is gone, or will say nothing more (gRPC); `wasClean` when it closed by the protocol. */
  pbxClosed(wasClean: boolean, nowMs: number, out: ForkEvent[]): void
  /** Everything held has been sent to the recorder after 'ended'; called once. */
  drained(nowMs: number, out: ForkEvent[]): void
  /** Time passes: pings, timeouts. Called about every 20 ms. */
  tick(nowMs: number, out: ForkEvent[]): void
  /**
   * Gives a frame the payload that its message spells, borrowed until another frame, of whatever call, is given its own. Left out where
   * payloads are held. Hot.
   */
  recallPayload?(frame: MediaFrame): void
  /** The frame has been heard, or silenced and encoded: its payload is overwritten, and its message alone is held. Hot. */
  forgetPayload?(frame: MediaFrame): void
  /** The recorder's message for a frame whose payload has been judged (and silenced where it had to be). Hot. */
  encodeMedia(frame: MediaFrame, isPayloadChanged: boolean): WireMessage
  /** The recorder's message for held text, numbered as of now. */
  encodeMessage(held: HeldMessage): WireMessage
  /** What a redialled recorder must hear first, or null when this protocol cannot resume a call. */
  preamble(): readonly WireMessage[] | null
}

/** What a recorder makes of the messages it is sent. The same interface serves the embedded recorder and test sinks. */
export type RecorderEvent =
  | { readonly kind: 'started'; readonly call: CallStart }
  | { readonly kind: 'media'; readonly frame: MediaFrame }
  | { readonly kind: 'reply'; readonly message: WireMessage }
  | { readonly kind: 'ended' }
  | { readonly kind: 'close'; readonly code: number }
  | { readonly kind: 'violation'; readonly code: string }

export interface DialectRecorder {
  /** Frames' payloads are borrowed until a message is read again, by whomever. */
  receive(message: WireMessage, nowMs: number, out: RecorderEvent[]): void
}

/** What recorders of a dialect can be sent on behalf of another dialect's PBX. */
export interface RecordingForm {
  /** By our names; the first is what is written where nobody chooses. Each has a code for silence in every sample. */
  readonly codecs: readonly string[]
  readonly sampleRatesHz: readonly number[]
  readonly tracksMax: 1 | 2
  /** Whether a track of both parties can be told as such, rather than as one party's. */
  readonly takesMixed: boolean
}

/** A call for a simulated PBX to fork. */
export interface PbxScript {
  readonly callId: string
  readonly roles: readonly ('caller' | 'agent' | 'mixed')[]
  readonly sampleRateHz: number
  /** By our name, where the PBX has a choice; left out: what it usually sends. */
  readonly codec?: string
  readonly metadata: Readonly<Record<string, string>>
  /** What `recorderHandshake` and `authenticate` need to meet: the dialect's own credentials, or null. */
  readonly credentials: unknown
  readonly url: URL
  readonly auth: AuthContext
}

/** A simulated PBX: messages for scripted audio, answers for what the other side says. Paced by whoever plays it. */
export interface DialectPbx {
  /** Headers and subprotocols of its upgrade request. */
  readonly handshake: RecorderHandshake
  /** The socket is open. */
  opened(nowMs: number, out: WireMessage[]): void
  /** The other side has said something. */
  receive(message: WireMessage, nowMs: number, out: WireMessage[]): void
  /** Whether audio may be sent yet. */
  readonly isReady: boolean
  /** The next stretch of audio, one array per role, equally long. */
  audio(pcm: readonly Int16Array[], nowMs: number, out: WireMessage[]): void
  /** A key that this PBX would report out of band; nothing where the dialect has no such message. */
  digit(role: number, digit: string, durationMs: number, nowMs: number, out: WireMessage[]): void
  /** The call ends. */
  hangUp(nowMs: number, out: WireMessage[]): void
  /** Whether the socket may be closed now: the other side has answered what it had to. */
  readonly isDone: boolean
}
