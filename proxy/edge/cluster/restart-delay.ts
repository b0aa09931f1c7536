/** Wait before a process is started again, ms: a tenth of a second at first, twice as long each time, half a minute at most. */
const DELAY_MS_MIN = 100
const DELAY_MS_MAX = 30_000
/** One that has lived for so long has not failed at its start, ms. */
const LIVED_MS = 60_000

/** @param lastMs the wait before the one that has gone; 0: there was none */
export const restartDelayMs = (lastMs: number, livedMs: number): number =>
  livedMs >= LIVED_MS || lastMs === 0 ? DELAY_MS_MIN : Math.min(2 * lastMs, DELAY_MS_MAX)
