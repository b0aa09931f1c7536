import t from 'tap'
import { countersIn, reportedBy } from '../../../bench/load/reported.js'

/** A page as `GET /metrics` has it, with counts up to 0.1, 20 and 100 ms, and of all. */
const page = (counts: readonly number[], unjudged = 0): string =>
  [
    ...['0.0001', '0.02', '0.1', '+Inf'].map(
      (le, i) => `hushfork_frame_latency_seconds_bucket{stage="total_added",le="${le}"} ${counts[i]}`,
    ),
    'hushfork_frame_latency_seconds_bucket{stage="hold",le="0.0001"} 77',
    `hushfork_unjudged_silenced_seconds_total ${unjudged}`,
  ].join('\n')

t.test('a stretch of time is the difference of two scrapes, over all processes', async (t) => {
  const before = countersIn([page([100, 100, 100, 100]), page([0, 0, 0, 0])])
  const after = countersIn([page([150, 190, 199, 200]), page([0, 0, 100, 100], 0.5)])
  t.same(reportedBy(before, after), {
    p50Ms: 100,
    p99Ms: 100,
    count: 200,
    laterThan: { 0.1: 150, 20: 110, 100: 1, Infinity: 0 },
    unjudgedSeconds: 0.5,
  })
})

t.test('a quantile is told by the upper bound of its bucket', async (t) => {
  const none = countersIn([page([0, 0, 0, 0])])
  const reported = reportedBy(none, countersIn([page([60, 99, 99, 100])]))
  t.equal(reported.p50Ms, 0.1)
  t.equal(reported.p99Ms, 20)
})
