import type { Clock } from '../base/clock.js'

/** The machine's clocks. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
}
