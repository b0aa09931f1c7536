import type { SignalKind, SignalOrigin } from './signal.js'

/** Samples on some tracks, at the call's clock rate; half-open. */
export interface TrackRange {
  readonly tracks: readonly number[]
  readonly startSample: number
  readonly endSample: number
}

/**
 * Audio of one reason that leaves silent: it begins, goes on, is over. `ranges` is what did, to the sample; the event's own
 * range covers all of it.
 */
export type SpanEvent = { readonly reason: string } & TrackRange &
  (
    | { readonly kind: 'span-opened' | 'span-extended' }
    | { readonly kind: 'span-closed'; readonly ranges: readonly TrackRange[] }
  )

/**
 * What there is to tell about a call, without content: no digit, no word, no peer text. The edge writes it to the log and
 * to the recording's sidecar.
 */
export type AuditEvent =
  | { readonly kind: 'call-opened'; readonly trackCount: number; readonly isProbe: boolean }
  /** A step keeps the call silent (an emergency: lets it be heard) from `startSample` on; `lateMs` of that had left. */
  | {
      readonly kind: 'step-opened'
      readonly reason: string
      /** `policy`: nobody has signalled it (opening hours, a split from the directory). */
      readonly origin: SignalOrigin | 'policy'
      readonly startSample: number
      readonly lateMs: number
    }
  | { readonly kind: 'step-closed'; readonly reason: string; readonly atSample: number }
  /** Heartbeats have stopped for `count` steps; their audio stays silent. */
  | { readonly kind: 'lease-expired'; readonly reason: string; readonly count: number }
  /** Where consent stands since `atSample`: `open`, `given`, `refused`, `withdrawn`, `unanswered`; `asked`: keys count once more. */
  | {
      readonly kind: 'consent'
      readonly state: string
      readonly origin: SignalOrigin | 'policy'
      readonly atSample: number
    }
  /** Somebody may not do what the signal says; everything stays as it was. */
  | {
      readonly kind: 'signal-refused'
      readonly signal: SignalKind
      readonly state: string
      readonly origin: SignalOrigin
    }
  | SpanEvent
  /** What is said here is of a special category, and the policy has it noted alone. */
  | ({ readonly kind: 'noted'; readonly reason: string } & TrackRange)
  /** Nobody agrees any more to what had left by then, and the policy has it erased. */
  | ({ readonly kind: 'recalled'; readonly reason: string } & TrackRange)
  /** The range covers all that had left; `lateMs` of it had left in the clear. */
  | ({ readonly kind: 'late'; readonly reason: string; readonly lateMs: number } & TrackRange)
  | { readonly kind: 'detector-failed'; readonly detector: string }
  | { readonly kind: 'unjudged-silenced'; readonly ms: number }
  | { readonly kind: 'unjudged-passed'; readonly ms: number }
  /** The same, told as spans are. */
  | { readonly kind: 'passed-range'; readonly span: SpanEvent }
  /** What was sent sounds or reads like a number. */
  | { readonly kind: 'leak-suspected'; readonly source: 'audio'; readonly range: TrackRange }
  | { readonly kind: 'leak-suspected'; readonly source: 'text' }
  /** Judged audio that no recorder got. */
  | { readonly kind: 'recorder-gap'; readonly ms: number }
  | { readonly kind: 'violation'; readonly side: 'pbx' | 'recorder'; readonly code: string }
  | { readonly kind: 'call-ended'; readonly reason: string }
