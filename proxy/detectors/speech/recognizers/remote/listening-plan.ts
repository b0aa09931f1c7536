import { HOLD_BACK_MS_MAX } from '../../../../base/limits.js'

/**
 * When a track is listened to: `always`; `speech`, while somebody may be speaking; `armed`, while somebody may be speaking and the
 * call is armed, and at other times the recogniser vouches for everything unheard.
 */
export const listenWhen = ['always', 'speech', 'armed'] as const

export type ListenWhen = (typeof listenWhen)[number]

/** How a track is told to a recogniser behind a network. All in ms of the call's own time, so that the same call goes the same way. */
export interface ListeningPlan {
  readonly listen: ListenWhen
  /** What counts as speech: louder than this, dBov. */
  readonly voiceLevelDbov: number
  /** A stream ends after this much quiet, and is thereby asked for its last words; not when listening always. */
  readonly hangoverMs: number
  /** What a new stream is told from before the speech it is opened for. */
  readonly leadMs: number
  /** What a new stream is told again when it follows another in mid-speech. */
  readonly overlapMs: number
  /** Speech that nothing was said about for this long: the stream is ended, which asks for an answer, and followed by another. */
  readonly answerMs: number
  /** An ended stream that has not answered after this long is lost. */
  readonly endMsMax: number
  /** Older streams are followed by another at the next pause, and at `streamMsMax` in any case. */
  readonly streamMs: number
  readonly streamMsMax: number
  /** A word may start this much before what was answered for, because times of words are rough. */
  readonly guardMs: number
}

/** What a new stream is told from before the speech that it is opened for: recognisers miss what begins at once, ms. */
export const LEAD_MS = 300

/** Audio is sent in pieces of this length, ms: what vendors advise; ten messages a second. */
export const PIECE_MS = 100

/** A stream that is behind catches up at this many times the pace of speech: vendors refuse what comes much faster. */
export const CATCH_UP = 3

/** What a new stream may be sent at once, ms. */
export const BURST_MS = 1_000

/**
 * Sent and not taken by the other side, ms of audio: beyond it nothing is sent, the watermark stands, and what is spoken goes
 * silent. Less than any hold-back, for what waits there is late anyway.
 */
export const UNREAD_MS_MAX = 1_000

/** What is kept to be told again. What is older has left after any hold-back, or is told as unheard: it came faster than time. */
export const KEPT_MS_MAX = HOLD_BACK_MS_MAX

/** What most tracks need of that: overlap and answer. It grows when they need more. */
export const KEPT_MS_MIN = 4_000

/** The first wait before a stream that broke is followed by another, ms, the longest, and the factor between. */
export const BACK_OFF_MS_MIN = 250
export const BACK_OFF_MS_MAX = 8_000
export const BACK_OFF_FACTOR = 2

/** Streams of one track at once: the current one, and those that have been ended and not answered. */
export const STREAMS_PER_TRACK_MAX = 4
