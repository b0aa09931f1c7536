import t from 'tap'
import type { Clock } from '../../proxy/base/clock.js'
import { watchEventLoop } from '../../proxy/edge/event-loop-watch.js'
import { ProxyMetrics } from '../../proxy/metrics/metrics.js'

t.test('the time by which a timer is late is counted, until the watch is stopped', async (t) => {
  let nowMs = 1000
  let tick = (): void => {}
  let isUnref = false
  let isCleared = false
  const timer = {
    unref: () => {
      isUnref = true
    },
  }
  t.intercept(globalThis, 'setInterval', {
    value: (callback: () => void, ms: number) => {
      t.equal(ms, 20)
      tick = callback
      return timer
    },
  })
  t.intercept(globalThis, 'clearInterval', {
    value: (cleared: object) => {
      isCleared = cleared === timer
    },
  })

  const metrics = new ProxyMetrics()
  const clock: Clock = { nowMs: () => nowMs, epochMs: () => 0 }
  const stop = watchEventLoop(clock, metrics)
  t.ok(isUnref, 'it keeps no process alive')
  for (const elapsedMs of [20, 119, 20, 19.9]) {
    nowMs += elapsedMs
    tick()
  }
  const [lag] = metrics.histograms.hushfork_event_loop_lag_seconds.read()
  t.equal(lag?.value.count, 4)
  t.equal(lag?.value.sumMs, 99)
  t.notOk(isCleared)
  stop()
  t.ok(isCleared)
})
