import type { Clock } from '../base/clock.js'
import type { ProxyMetrics } from '../metrics/metrics.js'

/** 50 looks a second, at under a µs each: the finest of one frame, the unit in which a late process is heard. */
const INTERVAL_MS = 20

/**
 * Measures how late the event loop runs its timers, until the function that it returns is called. Not with
 * monitorEventLoopDelay(): its figures are since the last reset, so that two scrapers spoil each other's, and it forgets
 * a delay that spans the reset, which a slow scrape is. An idle process reads 0.1 ms either way.
 */
export const watchEventLoop = (clock: Clock, metrics: ProxyMetrics): (() => void) => {
  let lastMs = clock.nowMs()
  const timer = setInterval(() => {
    const nowMs = clock.nowMs()
    metrics.eventLoopLag(nowMs - lastMs - INTERVAL_MS)
    lastMs = nowMs
  }, INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
}
