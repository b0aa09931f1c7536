import type { SessionMetrics } from '../../proxy/session/session-metrics.js'

/** Counts nothing. */
export const nullMetrics: SessionMetrics = {
  latency() {},
  frameReleased() {},
  redacted() {},
  late() {},
  unjudgedSilenced() {},
  unjudgedPassed() {},
  violation() {},
  detectorLag() {},
  decision() {},
  recorderLost() {},
  leaseExpired() {},
}

/** A clock that stands still: what leaves depends on the times handed in, not on this one. */
export const stoppedClock = { nowMs: () => 0, epochMs: () => 0 }
