/** The clock is handed in, never fetched: `edge/system-clock.ts` is the real one, tests turn their own. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary origin; never decreases, unaffected by a stepped wall clock. */
  nowMs(): number
  /** Milliseconds since 1970-01-01T00:00:00Z, for stamps that people read; may jump. */
  epochMs(): number
}

/** Stands still: where what leaves depends on the times handed in, and nobody asks how long it took. */
export const stoppedClock: Clock = { nowMs: () => 0, epochMs: () => 0 }
