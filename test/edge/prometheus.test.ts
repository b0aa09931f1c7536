import t from 'tap'
import { createMetricsRegistry, nodeRuntime } from '../../proxy/edge/prometheus.js'
import { ProxyMetrics } from '../../proxy/metrics/metrics.js'
import { metrics as descriptions } from '../../proxy/metrics/names.js'
import { idleGauges, pageOf, steadyRuntime } from '../support/metrics-page.js'

/** The lines of one metric, its comments included. */
const linesOf = (page: string, name: string): string[] =>
  page.split('\n').filter((line) => new RegExp(`^(# \\w+ )?${name}(_bucket|_sum|_count)?[ {]`).test(line))

t.test('every public metric is on the page with its help and type', async (t) => {
  const page = await pageOf(new ProxyMetrics())
  for (const [name, { help, type }] of Object.entries(descriptions)) {
    t.same(linesOf(page, name).slice(0, 2), [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`])
  }
})

t.test('a fresh proxy says 0 where silence would read as unknown', async (t) => {
  const page = await pageOf(new ProxyMetrics())
  for (const line of [
    'hushfork_unjudged_passed_seconds_total 0',
    'hushfork_unjudged_silenced_seconds_total 0',
    'hushfork_late_redaction_seconds_total 0',
    'hushfork_leak_suspected_total 0',
    'hushfork_recorder_lost_seconds_total 0',
    'hushfork_frames_total{verdict="deadline"} 0',
    'hushfork_span_open_seconds{reason="payment"} 0',
    'hushfork_recorder_links{state="lost"} 0',
    'hushfork_signal_latency_seconds_count 0',
    'hushfork_frame_latency_seconds_count{stage="total_added"} 0',
  ]) {
    t.ok(page.split('\n').includes(line), line)
  }
})

t.test('a counter is read at the scrape, not copied before it', async (t) => {
  const metrics = new ProxyMetrics()
  const registry = createMetricsRegistry(metrics, idleGauges, steadyRuntime)
  metrics.violation('twilio', 'bad-json')
  t.match(await registry.metrics(), 'hushfork_violations_total{dialect="twilio",code="bad-json"} 1\n')
  metrics.violation('twilio', 'bad-json')
  t.match(await registry.metrics(), 'hushfork_violations_total{dialect="twilio",code="bad-json"} 2\n')
})

t.test('values of labels and helps are escaped as the text format wants it', async (t) => {
  const runtime = { ...steadyRuntime, version: 'a"b\\c\nd' }
  const page = await createMetricsRegistry(new ProxyMetrics(), idleGauges, runtime).metrics()
  t.match(page, `\nhushfork_build_info{version="a\\"b\\\\c\\nd",node="${runtime.nodeVersion}"} 1\n`)
})

t.test('a histogram has cumulative buckets from 0.1 ms to 10 s, sum and count', async (t) => {
  const metrics = new ProxyMetrics()
  for (const ms of [0.1, 0.4, 20, 11_000]) metrics.signal('applied', ms)
  t.same(linesOf(await pageOf(metrics), 'hushfork_signal_latency_seconds').slice(2), [
    'hushfork_signal_latency_seconds_bucket{le="0.0001"} 1',
    'hushfork_signal_latency_seconds_bucket{le="0.0002"} 1',
    'hushfork_signal_latency_seconds_bucket{le="0.0005"} 2',
    'hushfork_signal_latency_seconds_bucket{le="0.001"} 2',
    'hushfork_signal_latency_seconds_bucket{le="0.002"} 2',
    'hushfork_signal_latency_seconds_bucket{le="0.005"} 2',
    'hushfork_signal_latency_seconds_bucket{le="0.01"} 2',
    'hushfork_signal_latency_seconds_bucket{le="0.02"} 3',
    'hushfork_signal_latency_seconds_bucket{le="0.05"} 3',
    'hushfork_signal_latency_seconds_bucket{le="0.1"} 3',
    'hushfork_signal_latency_seconds_bucket{le="0.2"} 3',
    'hushfork_signal_latency_seconds_bucket{le="0.5"} 3',
    'hushfork_signal_latency_seconds_bucket{le="1"} 3',
    'hushfork_signal_latency_seconds_bucket{le="2"} 3',
    'hushfork_signal_latency_seconds_bucket{le="5"} 3',
    'hushfork_signal_latency_seconds_bucket{le="10"} 3',
    'hushfork_signal_latency_seconds_bucket{le="+Inf"} 4',
    'hushfork_signal_latency_seconds_sum 11.0205',
    'hushfork_signal_latency_seconds_count 4',
  ])
})

t.test('a histogram is read at the scrape, also where it has been read before', async (t) => {
  const metrics = new ProxyMetrics()
  const registry = createMetricsRegistry(metrics, idleGauges, steadyRuntime)
  for (const count of [0, 1, 2]) {
    if (count > 0) metrics.signal('applied', 20)
    t.match(await registry.metrics(), `hushfork_signal_latency_seconds_count ${count}\n`)
    t.match(await registry.metrics(), `hushfork_signal_latency_seconds_sum ${count / 50}\n`)
  }
})

t.test('the label of a histogram stands on its buckets, sum and count', async (t) => {
  const metrics = new ProxyMetrics()
  metrics.detectorLag('dtmf', 50)
  const lines = linesOf(await pageOf(metrics), 'hushfork_detector_lag_seconds')
  t.ok(lines.includes('hushfork_detector_lag_seconds_bucket{detector="dtmf",le="0.05"} 1'))
  t.ok(lines.includes('hushfork_detector_lag_seconds_sum{detector="dtmf"} 0.05'))
  t.ok(lines.includes('hushfork_detector_lag_seconds_count{detector="dtmf"} 1'))
})

t.test('gauges are asked of the running calls', async (t) => {
  const page = await pageOf(new ProxyMetrics(), {
    calls: [
      { dialect: 'twilio', tenant: 'acme', count: 3 },
      { dialect: 'audiohook', tenant: 'acme', count: 0 },
    ],
    processes: 4,
    speechThreads: { starting: 0, listening: 3, behind: 1 },
    oldestOpenSpanSeconds: { payment: 12.5, transfer: 0 },
    recorderBacklogBytes: 4096,
    recorderLinks: { connecting: 1, open: 2, lost: 3 },
    ledger: { sequence: 12, backlog: 3, copied: 11 },
    directory: { isTogether: true, backlog: 0 },
    heldBytes: 96_000,
  })
  for (const line of [
    'hushfork_calls{dialect="twilio",tenant="acme"} 3',
    'hushfork_calls{dialect="audiohook",tenant="acme"} 0',
    'hushfork_processes 4',
    'hushfork_span_open_seconds{reason="payment"} 12.5',
    'hushfork_span_open_seconds{reason="transfer"} 0',
    'hushfork_recorder_backlog_bytes 4096',
    'hushfork_recorder_links{state="connecting"} 1',
    'hushfork_recorder_links{state="open"} 2',
    'hushfork_recorder_links{state="lost"} 3',
    'hushfork_held_bytes 96000',
    'hushfork_external_memory_bytes 30000000',
    'hushfork_build_info{version="0.1.0",node="v20.19.0"} 1',
    'process_resident_memory_bytes 100000000',
    'process_heap_bytes 20000000',
    'process_cpu_seconds_total 1.5',
    'process_start_time_seconds 1700000000',
  ]) {
    t.ok(page.split('\n').includes(line), line)
  }
})

t.test('tenants that are no names are added up as other', async (t) => {
  const calls = [
    { dialect: 'twilio', tenant: '+442079460000', count: 2 },
    { dialect: 'twilio', tenant: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', count: 3 },
  ]
  const lines = linesOf(await pageOf(new ProxyMetrics(), idleGauges(calls)), 'hushfork_calls')
  t.same(lines.slice(2), ['hushfork_calls{dialect="twilio",tenant="other"} 5'])
})

t.test('no label carries a number but le and the versions', async (t) => {
  const metrics = new ProxyMetrics()
  metrics.violation('twilio', '4111111111111111')
  metrics.redacted('call-12345', 1)
  metrics.decision('07700900123', 1)
  const calls = [{ dialect: 'twilio', tenant: 'CA00112233445566778899aabbccddeeff', count: 1 }]
  const page = await pageOf(metrics, idleGauges(calls))
  const labels = [...page.matchAll(/(\w+)="([^"]*)"/g)].filter(
    ([, name]) => !/^(le|version|node)$/.test(name!),
  )
  t.ok(labels.length > 0)
  for (const [label] of labels) t.notMatch(label, /\d/)
})

t.test('the page is Prometheus text 0.0.4 and ends with a newline', async (t) => {
  const registry = createMetricsRegistry(new ProxyMetrics(), idleGauges, steadyRuntime)
  t.equal(registry.contentType, 'text/plain; version=0.0.4; charset=utf-8')
  t.match(await registry.metrics(), /\n$/)
})

t.test('this process has memory, has used its processor and has started before now', async (t) => {
  const runtime = nodeRuntime('0.1.0')
  t.equal(runtime.version, '0.1.0')
  t.equal(runtime.nodeVersion, process.version)
  t.ok(runtime.memory().rss > runtime.memory().heapUsed)
  t.ok(runtime.cpuSeconds() > 0.01 && runtime.cpuSeconds() < 600)
  t.ok(runtime.startTimeSeconds < Date.now() / 1000 && runtime.startTimeSeconds > 1_700_000_000)
})
