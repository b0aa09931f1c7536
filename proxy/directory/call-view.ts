import type { StepKind } from '../policy/signal.js'
import type { RedactedRun } from '../session/redaction-log.js'

/** What is public of a stream. */
export interface CallView {
  readonly callId: string
  readonly streamId: string
  readonly dialect: string
  readonly tenant: string
  /** Roles by track. */
  readonly tracks: readonly string[]
  /** For how long each kind of step has been open, seconds; those that are not are left out. */
  readonly openSeconds: Readonly<Partial<Record<StepKind, number>>>
  /** What has left silent so far; only where one call was asked for. */
  readonly spans: readonly RedactedRun[]
  /** How far the slowest detector is behind the newest audio, ms. */
  readonly detectorLagMs: number
}

/** Which calls: the streams of this one, or all without their spans (null); of these tenants, or of every one (null). */
export interface CallsWanted {
  readonly callId: string | null
  readonly tenants: readonly string[] | null
}
