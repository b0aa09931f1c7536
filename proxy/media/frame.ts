import type { WireMessage } from './wire.js'

/** Whose voice a track carries: `caller` is the customer, `agent` the contact centre's side, `mixed` both. */
export type TrackRole = 'caller' | 'agent' | 'mixed'

/** One party's audio within a fork; `index` counts from 0 in the order in which the dialect announces tracks. */
export interface Track {
  readonly index: number
  readonly role: TrackRole
}

/** How the payloads of one stream are encoded. */
export interface AudioFormat {
  /** A key of the codecs registry, kept a string here so that media/ knows no codec by name. */
  readonly codec: string
  /** Rate in Hz at which positions are counted: 8000 for G.711, 16000 for G.722 whatever RTP calls it, 48000 for Opus. */
  readonly clockRateHz: number
  readonly channelCount: 1 | 2
}

/** A sequence of payloads that one decoder reads: channel i of every payload belongs to track `tracks[i]`. */
export interface PayloadStream {
  readonly format: AudioFormat
  /** One track, or two interleaved. */
  readonly tracks: readonly number[]
}

/** What a dialect knows of a call when it begins. All streams of a call share one clock rate. */
export interface CallStart {
  /** The dialect's own call id (Twilio callSid, AudioHook conversationId, jambonz callSid). Never a secret. */
  readonly callId: string
  /** The id of this stream of the call (streamSid, session id); the call id again where there is none. */
  readonly streamId: string
  readonly tracks: readonly Track[]
  readonly streams: readonly PayloadStream[]
  /** Flat metadata of the start message, by which a policy may let signals address the call. Never logged. */
  readonly metadata: Readonly<Record<string, string>>
  /** A connection test that carries no call: never recorded, never alarmed. */
  readonly isProbe: boolean
}

/** One media message's worth of audio, still encoded. */
export interface MediaFrame {
  /** Index into CallStart.streams. */
  readonly stream: number
  /** Position of the first sample at the stream's clock rate, counted from the call's common zero; lost audio counts. */
  readonly startSample: number
  /** Samples per channel. */
  readonly sampleCount: number
  /**
   * Encoded audio, owned by the frame and overwritten in place when it is silenced. Where the message spells it as text, the text alone is
   * held, and this is borrowed until another message is read: whoever comes later recalls it (`DialectConnection.recallPayload`).
   */
  payload: Uint8Array
  /** Where in the message's bytes the payload is spelled, for dialects that hold its text alone. */
  readonly payloadStart?: number
  readonly payloadEnd?: number
  /** Whatever the dialect needs to write the message again; nobody else looks inside. */
  readonly envelope: unknown
  /** Monotonic arrival time in ms, for the hold-back only. Positions never come from it. */
  readonly receivedAtMs: number
  /** Bytes that holding this frame costs, envelope included, for the limit. */
  readonly heldBytes: number
  /** The message that holds this frame and nothing else: its memory may be used again once the frame has left. */
  readonly message?: WireMessage | undefined
}
