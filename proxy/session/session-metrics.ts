/** What a session counts. Called on the hot path: implementations only add to typed arrays. `ProxyMetrics` is the real one. */
export interface SessionMetrics {
  /** `count` frames, 1 when left out, spent `ms` in a stage, each. */
  latency(stage: 'detect' | 'hold' | 'release' | 'total_added', ms: number, count?: number): void
  frameReleased(verdict: 'pass' | 'redact' | 'deadline', count?: number): void
  redacted(reason: string, seconds: number): void
  late(seconds: number): void
  unjudgedSilenced(seconds: number): void
  unjudgedPassed(seconds: number): void
  violation(dialect: string, code: string): void
  detectorLag(detector: string, ms: number): void
  decision(trigger: string, ms: number): void
  recorderLost(seconds: number): void
  leaseExpired(reason: string): void
  signal(result: string, ms: number): void
}

/** Counts nothing: for calls that nobody scrapes. */
export const uncounted: SessionMetrics = {
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
  signal() {},
}
