import type { Clock } from '../base/clock.js'
import type { Detector, DetectorSetup } from '../detectors/detector.js'
import type { DialectConnection, Side } from '../dialects/dialect.js'
import type { CallStart } from '../media/frame.js'
import type { WireMessage } from '../media/wire.js'
import type { AuditEvent } from '../policy/audit.js'
import type { PolicyOptions } from '../policy/options.js'
import type { CallSignal } from '../policy/signal.js'
import type { SignalOutcome } from './call-signals.js'
import type { CallSummary } from './call-summary.js'
import type { SessionMetrics } from './session-metrics.js'

/** Where a session's decisions go. The edge carries them out. */
export interface SessionSink {
  /** `samples` is the audio in the message, per track; 0 for text. The message is borrowed until return. */
  toRecorder(message: WireMessage, samples: number): void
  toPbx(message: WireMessage): void
  /**
   * Has the session hear what the PBX has sent and nobody has read; returns for how long more may have come than that, ms. Left out:
   * whatever comes is read at once.
   */
  catchUp?(): number
  close(side: Side, code: number): void
  /** The call is known: signals that waited for it may be applied now. */
  started(call: CallStart): void
  /** A key of this stream was a signal, and has been carried out here: the call's other streams have yet to follow. */
  signalled(signal: CallSignal, outcome: SignalOutcome): void
  audit(event: AuditEvent): void
  /** Everything has been judged and handed over; called once. */
  ended(summary: CallSummary): void
}

export interface SessionParts {
  readonly dialectName: string
  readonly dialect: DialectConnection
  /** With the hold-back that frames leave after; what has been taken from the intended one for the edge's pauses is `pauseMs`. */
  readonly policy: PolicyOptions
  readonly pauseMs?: number
  readonly metrics: SessionMetrics
  /** For stage latencies, and the hour at which a call begins; what leaves, and when, depends on the times handed in. */
  readonly clock: Clock
  /** The detectors that the policy asks for, each with whether it fails open; the slowest one's lag of those without pads, ms. */
  createDetectors(
    setup: DetectorSetup,
  ): readonly { readonly detector: Detector; readonly isFailOpen: boolean }[]
  readonly detectorLagMs: number
  /** What one call may hold back; HELD_ITEMS_MAX and HELD_BYTES_MAX when left out. */
  readonly limits?: { readonly itemsMax: number; readonly bytesMax: number }
}
