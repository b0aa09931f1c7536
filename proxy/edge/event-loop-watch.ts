import type { Clock } from '../base/clock.js'
import type { ProxyMetrics } from '../metrics/metrics.js'
import { turns } from './turns.js'

/** 50 looks a second, at under a µs each: the finest of one frame, the unit in which a late process is heard. */
const INTERVAL_MS = 20

/**
 * Measures how late the event loop runs its timers, until the function that it returns is called. Not with
 * monitorEventLoopDelay(): its figures are since the last reset, so that two scrapers spoil each other's, and it forgets
 * a delay that spans the reset, which a slow scrape is. An idle process reads 0.1 ms either way. Sleep on purpose is no lag.
 */
export const watchEventLoop = (clock: Clock, metrics: ProxyMetrics): (() => void) => {
  let lastMs = clock.nowMs()
  let lastSleptMs = turns.sleptMs
  const timer = setInterval(() => {
    const nowMs = clock.nowMs()
    const { sleptMs } = turns
    metrics.eventLoopLag(Math.max(0, nowMs - lastMs - INTERVAL_MS - (sleptMs - lastSleptMs)))
    lastMs = nowMs
    lastSleptMs = sleptMs
  }, INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
}
