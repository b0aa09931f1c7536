import t from 'tap'
import { metrics as descriptions, type MetricName } from '../../proxy/metrics/names.js'
import { countsOf, LINES_MAX, type MetricPage, mergePages } from '../../proxy/metrics/page.js'

const firstOf = (page: MetricPage, name: MetricName): number | undefined => page[name]?.[0]?.value
const one = (name: MetricName, value: number): MetricPage => ({ [name]: [{ labels: {}, value }] })

t.test('counters are added up by their labels', async (t) => {
  const merged = mergePages([
    { hushfork_frames_total: [{ labels: { verdict: 'pass' }, value: 2 }] },
    {
      hushfork_frames_total: [
        { labels: { verdict: 'pass' }, value: 3 },
        { labels: { verdict: 'redact' }, value: 1 },
      ],
    },
  ])
  t.same(merged.hushfork_frames_total, [
    { labels: { verdict: 'pass' }, value: 5 },
    { labels: { verdict: 'redact' }, value: 1 },
  ])
})

t.test("a histogram's buckets, sum and count are added up, each with its own", async (t) => {
  const page = (count: number): MetricPage => ({
    hushfork_signal_latency_seconds: [
      { metricName: 'hushfork_signal_latency_seconds_bucket', labels: { le: 0.1 }, value: count },
      { metricName: 'hushfork_signal_latency_seconds_bucket', labels: { le: '+Inf' }, value: count + 1 },
      { metricName: 'hushfork_signal_latency_seconds_sum', labels: {}, value: 0.5 },
      { metricName: 'hushfork_signal_latency_seconds_count', labels: {}, value: count + 1 },
    ],
  })
  t.same(
    mergePages([page(1), page(4)]).hushfork_signal_latency_seconds?.map(({ value }) => value),
    [5, 7, 1, 7],
  )
})

t.test(
  'of ages and sequence numbers the page has the highest, of what must be everywhere the lowest',
  async (t) => {
    const of = (name: MetricName, ...values: number[]) =>
      firstOf(mergePages(values.map((value) => one(name, value))), name)
    t.equal(of('hushfork_span_open_seconds', 3, 40, 0), 40)
    t.equal(of('hushfork_ledger_sequence', 12, 0, 0), 12)
    t.equal(of('hushfork_directory_up', 0, 1, 1), 0)
    t.equal(of('process_start_time_seconds', 100, 200), 100)
    t.equal(of('hushfork_held_bytes', 100, 200), 300)
    t.equal(of('hushfork_build_info', 1, 1, 1), 1)
  },
)

t.test('every metric is on the page, in the order of the scrape', async (t) => {
  t.same(Object.keys(mergePages([])), Object.keys(descriptions))
})

t.test('of a process that has gone the counts are kept, and no gauge', async (t) => {
  const left = countsOf({
    ...one('hushfork_frames_total', 7),
    ...one('hushfork_signal_latency_seconds', 8),
    ...one('hushfork_calls', 9),
  })
  t.same(Object.keys(left), ['hushfork_frames_total', 'hushfork_signal_latency_seconds'])
})

t.test('lines are bounded, whatever processes say', async (t) => {
  const lines = Array.from({ length: LINES_MAX + 1 }, (_, i) => ({ labels: { dialect: `d${i}` }, value: 1 }))
  t.equal(mergePages([{ hushfork_calls: lines }]).hushfork_calls?.length, LINES_MAX)
})
