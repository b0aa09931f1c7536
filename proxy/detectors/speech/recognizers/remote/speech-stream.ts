import type { Alertness } from '../../../detector.js'

/** A word as a stream tells it; samples at the PCM rate, counted from the stream's first one. Secret. */
export interface StreamWord {
  readonly text: string
  readonly startSample: number
  readonly endSample: number
  readonly isFinal: boolean
  /** As of a HeardWord. */
  readonly isSpot?: true
  readonly certainty?: number
}

/**
 * Why a stream ended that was not asked to, or did not end when it was. The closed vocabulary of everything that recognisers
 * behind a network report.
 */
export const streamFaults = [
  /** The peer, or the way to it, is gone, or it asks to come again later. */
  'unavailable',
  /** It took longer than allowed. */
  'deadline',
  /** A quota is used up, or audio came too fast. */
  'quota',
  /** The stream has lived, or said nothing, for longer than the peer allows. */
  'length-limit',
  /** Asked to finish, it did not answer in time. */
  'no-answer',
  /** What it says is not what the protocol allows. */
  'nonsense',
  /** It does not believe who we are, or we may not. For good. */
  'credentials',
  /** It does not take what it is asked for: model, language, region. For good. */
  'refused',
] as const

export type StreamFault = (typeof streamFaults)[number]

export interface StreamHandler {
  /** Everything before `heardSample` has been listened to: no word that comes later starts much before it. */
  answered(words: readonly StreamWord[], heardSample: number): void
  /** Called once, and nothing after it. `done`: it was ended, and everything that was sent has been answered for. */
  ended(outcome: 'done' | StreamFault): void
}

/** One stream to a recogniser: one track, from some point on. */
export interface SpeechStream {
  /** What has been sent, and not been taken by the other side. */
  readonly bufferedBytes: number
  /** Signed 16-bit audio; borrowed until return. */
  send(pcm: Int16Array): void
  setAlertness(alertness: Alertness): void
  /** No more audio: it is asked for what is left. */
  end(): void
  /** Lets go of it; the handler hears nothing more. `isStuck`: it did not answer, and its connection is not to be used again. */
  destroy(isStuck: boolean): void
}

/** Opens a stream at once: what is sent before the connection stands waits. `startSample` is a position at the PCM rate. */
export type OpenStream = (handler: StreamHandler, startSample: number) => SpeechStream
