/**
 * What counting costs on the hot path: our arrays beside prom-client, in one run.
 *
 *     node dist/bench/micro/metrics.bench.js
 */
import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import { Counter, Histogram as PromHistogram, Registry } from 'prom-client'
import { createMetricsRegistry, nodeRuntime } from '../../proxy/edge/prometheus.js'
import { noCallGauges } from '../../proxy/metrics/gauge-source.js'
import { Histogram } from '../../proxy/metrics/histogram.js'
import { frameStages, frameVerdicts, ProxyMetrics } from '../../proxy/metrics/metrics.js'
import { bucketBoundariesSeconds } from '../../proxy/metrics/names.js'

const ROUNDS = 7
const CALLS = 1_000_000

/** Durations spread evenly over the decades from 10 µs to 1 s, so that no branch is guessed right. */
const durationsMs = Float64Array.from(
  { length: 4096 },
  (_, i) => 10 ** (((i * 2654435761) % 4096) / 819.2 - 2),
)

const registers = [new Registry()]
const promHistogram = new PromHistogram({
  name: 'latency_seconds',
  help: 'For comparison.',
  labelNames: ['stage'],
  buckets: [...bucketBoundariesSeconds],
  registers,
})
const promCounter = new Counter({
  name: 'frames_total',
  help: 'For comparison.',
  labelNames: ['verdict'],
  registers,
})
const metrics = new ProxyMetrics()
const histogram = new Histogram()

const variants: Record<string, (i: number) => void> = {
  'Histogram.observe': (i) => histogram.observe(durationsMs[i & 4095]!),
  'ProxyMetrics.latency': (i) => metrics.latency(frameStages[i % 5]!, durationsMs[i & 4095]!),
  'ProxyMetrics.frameReleased': (i) => metrics.frameReleased(frameVerdicts[i % 3]!),
  'ProxyMetrics.redacted': () => metrics.redacted('dtmf', 0.02),
  'ProxyMetrics.violation': () => metrics.violation('twilio', 'bad-json'),
  'prom-client observe, labelled': (i) =>
    promHistogram.observe({ stage: frameStages[i % 5]! }, durationsMs[i & 4095]! / 1000),
  'prom-client inc, labelled': (i) => promCounter.inc({ verdict: frameVerdicts[i % 3]! }),
}

const nsPerCall = (variant: (i: number) => void): number => {
  const startMs = performance.now()
  for (let i = 0; i < CALLS; i++) variant(i)
  return ((performance.now() - startMs) * 1e6) / CALLS
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

const rounds = Array.from({ length: ROUNDS + 1 }, () => Object.values(variants).map(nsPerCall)).slice(1)
console.log(`${cpus()[0]?.model}, Node ${process.version}, ${ROUNDS} rounds of ${CALLS} calls, medians`)
Object.keys(variants).forEach((name, i) => {
  console.log(
    `${name.padEnd(32)}${median(rounds.map((round) => round[i]!))
      .toFixed(1)
      .padStart(8)} ns`,
  )
})

const registry = createMetricsRegistry(
  metrics,
  () => ({
    ...noCallGauges,
    calls: [{ dialect: 'twilio', tenant: 'acme', count: 1 }],
    oldestOpenSpanSeconds: { payment: 0 },
    ledger: { sequence: 12, backlog: 3, copied: 11 },
    directory: { isTogether: true, backlog: 0 },
  }),
  nodeRuntime('bench'),
)
const scrapesMs: number[] = []
for (let i = 0; i < 50; i++) {
  const startMs = performance.now()
  await registry.metrics()
  scrapesMs.push(performance.now() - startMs)
}
console.log(`${'a scrape'.padEnd(32)}${median(scrapesMs).toFixed(2).padStart(8)} ms`)
