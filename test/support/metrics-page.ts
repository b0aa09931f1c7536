import { createMetricsRegistry, type RuntimeSource } from '../../proxy/edge/prometheus.js'
import type { CallCount, Gauges } from '../../proxy/metrics/gauge-source.js'
import type { ProxyMetrics } from '../../proxy/metrics/metrics.js'

/** Gauges of a proxy with the given calls and nothing else going on. */
export const idleGauges = (calls: readonly CallCount[] = []): Gauges => ({
  calls,
  processes: 1,
  speechThreads: { starting: 0, listening: 0, behind: 0 },
  oldestOpenSpanSeconds: { payment: 0 },
  recorderBacklogBytes: 0,
  recorderLinks: { connecting: 0, open: 0, lost: 0 },
  ledger: { sequence: 12, backlog: 3, copied: 11 },
  directory: { isTogether: true, backlog: 0 },
  heldBytes: 0,
})

/** A process whose figures never change. */
export const steadyRuntime: RuntimeSource = {
  version: '0.1.0',
  nodeVersion: 'v20.19.0',
  startTimeSeconds: 1_700_000_000,
  cpuSeconds: () => 1.5,
  memory: () => ({ rss: 100_000_000, heapUsed: 20_000_000, external: 30_000_000 }),
}

/** What Prometheus is handed. */
export const pageOf = (metrics: ProxyMetrics, gauges: Gauges = idleGauges()): Promise<string> =>
  createMetricsRegistry(metrics, () => gauges, steadyRuntime).metrics()
