import t from 'tap'
import { ProxyMetrics } from '../../proxy/metrics/metrics.js'
import type { CountedMetric, TimedMetric } from '../../proxy/metrics/names.js'

const zeros: Record<CountedMetric, Record<string, number>> = {
  hushfork_frames_total: { pass: 0, redact: 0, deadline: 0 },
  hushfork_redacted_seconds_total: {},
  hushfork_late_redaction_seconds_total: { '': 0 },
  hushfork_unjudged_silenced_seconds_total: { '': 0 },
  hushfork_unjudged_passed_seconds_total: { '': 0 },
  hushfork_violations_total: {},
  hushfork_detector_faults_total: {},
  hushfork_phrase_windows_total: {},
  hushfork_signals_total: {},
  hushfork_requests_refused_total: {},
  hushfork_directory_asks_total: {},
  hushfork_directory_lost_total: { '': 0 },
  hushfork_leases_expired_total: {},
  hushfork_process_crashes_total: { '': 0 },
  hushfork_process_hangs_total: { '': 0 },
  hushfork_recorder_lost_seconds_total: { '': 0 },
  hushfork_connections_refused_total: {},
  hushfork_leak_suspected_total: { '': 0 },
  hushfork_erasures_total: { asked: 0, confirmed: 0, failed: 0 },
  hushfork_ledger_entries_total: { '': 0 },
  hushfork_ledger_failures_total: { '': 0 },
  hushfork_ledger_lost_entries_total: { '': 0 },
}

/** Every counter by name and joined label values. */
const countersOf = (metrics: ProxyMetrics): object =>
  Object.fromEntries(
    Object.entries(metrics.counters).map(([name, family]) => [
      name,
      Object.fromEntries(family.read().map(({ labels, value }) => [labels.join(), value])),
    ]),
  )

/** Labels, count and sum in ms of each histogram of a family that has counted. */
const timesOf = (metrics: ProxyMetrics, name: TimedMetric): unknown[] =>
  metrics.histograms[name]
    .read()
    .filter(({ value }) => value.count > 0)
    .map(({ labels, value }) => [labels.join(), value.count, value.sumMs])

t.test('everything that can stand at 0 does so from the start', async (t) => {
  t.same(countersOf(new ProxyMetrics()), zeros)
})

t.test('known vocabularies stand at 0 as well', async (t) => {
  const metrics = new ProxyMetrics({
    reasons: ['dtmf', 'payment'],
    results: ['applied'],
    refusals: ['credentials'],
    requestRefusals: ['scope'],
    triggers: ['dtmf'],
    detectors: ['speech'],
  })
  t.same(countersOf(metrics), {
    ...zeros,
    hushfork_redacted_seconds_total: { dtmf: 0, payment: 0 },
    hushfork_signals_total: { applied: 0 },
    hushfork_requests_refused_total: { scope: 0 },
    hushfork_connections_refused_total: { credentials: 0 },
  })
  const shown = (name: TimedMetric): unknown[] => metrics.histograms[name].read().map(({ labels }) => labels)
  t.same(shown('hushfork_decision_latency_seconds'), [['dtmf']])
  t.same(shown('hushfork_detector_lag_seconds'), [['speech']])
  t.same(shown('hushfork_frame_latency_seconds').length, 5)
})

const counts: [string, (metrics: ProxyMetrics) => void, Partial<typeof zeros>][] = [
  [
    'a refused request by its reason',
    (m) => m.requestRefused('scope'),
    { hushfork_requests_refused_total: { scope: 1 } },
  ],
  [
    'frameReleased()',
    (m) => m.frameReleased('deadline'),
    { hushfork_frames_total: { pass: 0, redact: 0, deadline: 1 } },
  ],
  ['redacted()', (m) => m.redacted('dtmf', 0.04), { hushfork_redacted_seconds_total: { dtmf: 0.04 } }],
  ['late()', (m) => m.late(0.5), { hushfork_late_redaction_seconds_total: { '': 0.5 } }],
  [
    'unjudgedSilenced()',
    (m) => m.unjudgedSilenced(0.02),
    { hushfork_unjudged_silenced_seconds_total: { '': 0.02 } },
  ],
  [
    'unjudgedPassed()',
    (m) => m.unjudgedPassed(0.02),
    { hushfork_unjudged_passed_seconds_total: { '': 0.02 } },
  ],
  [
    'violation()',
    (m) => m.violation('twilio', 'bad-json'),
    { hushfork_violations_total: { 'twilio,bad-json': 1 } },
  ],
  ['signal()', (m) => m.signal('late', 1), { hushfork_signals_total: { late: 1 } }],
  ['directoryLost()', (m) => m.directoryLost(), { hushfork_directory_lost_total: { '': 1 } }],
  ['directoryAsked()', (m) => m.directoryAsked('timeout'), { hushfork_directory_asks_total: { timeout: 1 } }],
  ['leaseExpired()', (m) => m.leaseExpired('payment'), { hushfork_leases_expired_total: { payment: 1 } }],
  ['recorderLost()', (m) => m.recorderLost(3), { hushfork_recorder_lost_seconds_total: { '': 3 } }],
  ['refused()', (m) => m.refused('full'), { hushfork_connections_refused_total: { full: 1 } }],
  ['ledgerWritten()', (m) => m.ledgerWritten(3, 1), { hushfork_ledger_entries_total: { '': 3 } }],
  ['ledgerFailed()', (m) => m.ledgerFailed(), { hushfork_ledger_failures_total: { '': 1 } }],
  ['ledgerLost()', (m) => m.ledgerLost(2), { hushfork_ledger_lost_entries_total: { '': 2 } }],
  [
    'erasure()',
    (m) => m.erasure('asked'),
    { hushfork_erasures_total: { asked: 1, confirmed: 0, failed: 0 } },
  ],
  ['windowOpened()', (m) => m.windowOpened('embedded'), { hushfork_phrase_windows_total: { embedded: 1 } }],
  ['leakSuspected()', (m) => m.leakSuspected(), { hushfork_leak_suspected_total: { '': 1 } }],
]

for (const [title, act, changed] of counts) {
  t.test(`${title} counts under its name and under no other`, async (t) => {
    const metrics = new ProxyMetrics()
    act(metrics)
    t.same(countersOf(metrics), { ...zeros, ...changed })
  })
}

const times: [string, (metrics: ProxyMetrics) => void, TimedMetric, string][] = [
  ['latency()', (m) => m.latency('total_added', 7), 'hushfork_frame_latency_seconds', 'total_added'],
  ['decision()', (m) => m.decision('dtmf', 7), 'hushfork_decision_latency_seconds', 'dtmf'],
  ['detectorLag()', (m) => m.detectorLag('speech', 7), 'hushfork_detector_lag_seconds', 'speech'],
  ['worked()', (m) => m.worked('embedded', 100, 7), 'hushfork_detector_batch_seconds', 'embedded'],
  ['signal()', (m) => m.signal('applied', 7), 'hushfork_signal_latency_seconds', ''],
  ['ledgerWritten()', (m) => m.ledgerWritten(1, 7), 'hushfork_ledger_lag_seconds', ''],
  ['eventLoopLag()', (m) => m.eventLoopLag(7), 'hushfork_event_loop_lag_seconds', ''],
]

for (const [title, act, name, label] of times) {
  t.test(`${title} times under its name and under no other`, async (t) => {
    const metrics = new ProxyMetrics()
    act(metrics)
    for (const other of Object.keys(metrics.histograms) as TimedMetric[]) {
      t.same(timesOf(metrics, other), other === name ? [[label, 1, 7]] : [], other)
    }
  })
}

t.test('a flood of invented labels is counted in a bounded number of series', async (t) => {
  const metrics = new ProxyMetrics()
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  for (const a of letters) for (const b of letters) metrics.refused(a + b)
  const series = metrics.counters.hushfork_connections_refused_total.read()
  t.equal(series.length, 64)
  t.same(series[0], { labels: ['other'], value: 26 * 26 - 63 })
})
