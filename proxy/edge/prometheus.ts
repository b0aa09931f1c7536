import { type Gauge, Registry } from 'prom-client'
import type { CounterFamily, Labelled } from '../metrics/families.js'
import {
  type CallCount,
  type GaugeSource,
  type Gauges,
  linkStates,
  threadStates,
} from '../metrics/gauge-source.js'
import type { Histogram } from '../metrics/histogram.js'
import { LabelGrid } from '../metrics/label-grid.js'
import { LabelSet } from '../metrics/label-set.js'
import type { ProxyMetrics } from '../metrics/metrics.js'
import {
  bucketBoundariesSeconds,
  type MetricDescription,
  type MetricName,
  metrics as metricDescriptions,
  recognizerMetrics,
  type SampledMetric,
  sharedMetrics,
} from '../metrics/names.js'
import { type MetricLine, type MetricPage, mergePages } from '../metrics/page.js'
import type { MetricsPage } from './admin-server.js'

/** Tenants told apart in one process; each costs a series per dialect that it uses. The rest share `other`. */
const TENANTS_MAX = 256

/** What this process says of itself. */
export interface RuntimeSource {
  /** Version of the proxy, from package.json. */
  readonly version: string
  readonly nodeVersion: string
  /** Seconds since 1970. */
  readonly startTimeSeconds: number
  cpuSeconds(): number
  memory(): { readonly rss: number; readonly heapUsed: number; readonly external: number }
}

/** This very process. */
export const nodeRuntime = (version: string): RuntimeSource => ({
  version,
  nodeVersion: process.version,
  startTimeSeconds: Date.now() / 1000 - process.uptime(),
  cpuSeconds() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000_000
  },
  memory: () => process.memoryUsage(),
})

/**
 * A registry with every metric of names.ts, whose values are read from their sources at each scrape and kept nowhere
 * else: `await registry.metrics()` is the page, `registry.contentType` its type.
 */
export const createMetricsRegistry = (
  metrics: ProxyMetrics,
  gauges: GaugeSource,
  runtime: RuntimeSource,
): Registry => new PageRegistry(metricDescriptions, metricPageOf(metrics, gauges, runtime))

/** The page of one process, as it is merged with others. */
export const metricPageOf = (
  metrics: ProxyMetrics,
  gauges: GaugeSource,
  runtime: RuntimeSource,
): (() => MetricPage) => {
  const callGrid = new LabelGrid(new LabelSet(), new LabelSet([], TENANTS_MAX))
  return () => ({
    ...mapRecord(metrics.counters, (family, name) => family.read().map((counter) => line(name, counter))),
    ...mapRecord(metrics.histograms, (family, name) =>
      family.read().flatMap((histogram) => histogramLines(name, histogram)),
    ),
    ...sampledLines(gauges(), callGrid, runtime),
  })
}

/** What Prometheus is handed of several processes: their pages, asked for and merged at each scrape. */
export const mergedMetrics = (pages: () => Promise<readonly MetricPage[]>): MetricsPage =>
  new PageRegistry(metricDescriptions, async () => mergePages(await pages()))

/** What only `hushfork recognize` can tell. */
export interface RecognizerFigures {
  streams(): number
  readonly outcomes: CounterFamily
}

/** The page of `hushfork recognize`: what it shares with the proxy, and its streams. */
export const createRecognizerRegistry = (
  metrics: ProxyMetrics,
  gauges: GaugeSource,
  { streams, outcomes }: RecognizerFigures,
  runtime: RuntimeSource,
): Registry => {
  const page = metricPageOf(metrics, gauges, runtime)
  const shared = Object.fromEntries(sharedMetrics.map((name) => [name, metricDescriptions[name]]))
  return new PageRegistry({ ...shared, ...recognizerMetrics }, () => ({
    ...page(),
    hushfork_recognizer_streams: only(streams()),
    hushfork_recognizer_streams_total: outcomes
      .read()
      .map(({ labels: [result], value }) => ({ labels: { result: result! }, value })),
  }))
}

type Lines = Readonly<Record<string, readonly MetricLine[] | undefined>>

/**
 * A registry that looks at everything once a scrape, and writes what it has seen. prom-client makes the text of every line anew, labels
 * and all: for some 470 lines that was a millisecond of CPU a scrape, one in a hundred of a core for ten scrapes a second.
 */
class PageRegistry extends Registry {
  readonly #look: () => Lines | Promise<Lines>
  readonly #headers = new Map<string, string>()
  #page: Lines = {}

  constructor(descriptions: Readonly<Record<string, MetricDescription>>, look: () => Lines | Promise<Lines>) {
    super()
    this.#look = look
    for (const [name, { help, type }] of Object.entries(descriptions)) {
      this.#headers.set(name, `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}`)
      // Nothing is asked of a metric but its name, which the declared type does not say.
      this.registerMetric({ name, help, type } as unknown as Gauge)
    }
  }

  override async metrics(): Promise<string> {
    this.#page = await this.#look()
    return super.metrics()
  }

  /** As Prometheus reads it: the text format, version 0.0.4. */
  async getMetricsAsString({ name }: { name: string }): Promise<string> {
    let text = this.#headers.get(name)!
    for (const line of this.#page[name] ?? []) text += `\n${seriesOf(name, line)} ${valueText(line.value)}`
    return text
  }
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')

const valueText = (value: number): string =>
  Number.isFinite(value) ? `${value}` : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'

/** What lines are called, by their labels: those of a line are its alone, and mostly the same from scrape to scrape. */
const seriesMet = new WeakMap<Labels, string>()

const seriesOf = (name: string, { metricName = name, labels }: MetricLine): string => {
  const met = seriesMet.get(labels)
  if (met !== undefined) return met
  const pairs = Object.entries(labels).map(
    ([label, value]) => `${label}="${escaped(`${value}`).replaceAll('"', '\\"')}"`,
  )
  const series = pairs.length === 0 ? metricName : `${metricName}{${pairs.join(',')}}`
  seriesMet.set(labels, series)
  return series
}

const sampledLines = (
  gauges: Gauges,
  callGrid: LabelGrid,
  runtime: RuntimeSource,
): Record<SampledMetric, MetricLine[]> => ({
  hushfork_calls: callLines(gauges.calls, callGrid),
  hushfork_processes: only(gauges.processes),
  hushfork_speech_threads: threadStates.map((state) =>
    line('hushfork_speech_threads', { labels: [state], value: gauges.speechThreads[state] }),
  ),
  hushfork_span_open_seconds: Object.entries(gauges.oldestOpenSpanSeconds).map(([reason, value]) =>
    line('hushfork_span_open_seconds', { labels: [reason], value }),
  ),
  hushfork_directory_up: only(gauges.directory.isTogether ? 1 : 0),
  hushfork_directory_backlog: only(gauges.directory.backlog),
  hushfork_held_bytes: only(gauges.heldBytes),
  hushfork_recorder_backlog_bytes: only(gauges.recorderBacklogBytes),
  hushfork_recorder_links: linkStates.map((state) =>
    line('hushfork_recorder_links', { labels: [state], value: gauges.recorderLinks[state] }),
  ),
  hushfork_ledger_sequence: only(gauges.ledger.sequence),
  hushfork_ledger_copied_sequence: only(gauges.ledger.copied),
  hushfork_ledger_backlog_entries: only(gauges.ledger.backlog),
  hushfork_build_info: [
    line('hushfork_build_info', { labels: [runtime.version, runtime.nodeVersion], value: 1 }),
  ],
  process_cpu_seconds_total: only(runtime.cpuSeconds()),
  process_start_time_seconds: only(runtime.startTimeSeconds),
  ...memoryLines(runtime.memory()),
})

const memoryLines = ({ rss, heapUsed, external }: ReturnType<RuntimeSource['memory']>) => ({
  process_resident_memory_bytes: only(rss),
  process_heap_bytes: only(heapUsed),
  hushfork_external_memory_bytes: only(external),
})

/** Of a metric without labels. */
const only = (value: number): MetricLine[] => [{ labels: {}, value }]

/** Calls by dialect and tenant; those whose names are beyond the bounds are added up as `other`. */
const callLines = (calls: readonly CallCount[], grid: LabelGrid): MetricLine[] => {
  const counts = new Map<number, number>()
  for (const { dialect, tenant, count } of calls) {
    const slot = grid.slotOf(dialect, tenant)
    counts.set(slot, (counts.get(slot) ?? 0) + count)
  }
  return Array.from(counts, ([slot, value]) => line('hushfork_calls', { labels: grid.valuesAt(slot), value }))
}

const line = (name: MetricName, { labels, value }: Labelled<number>): MetricLine => ({
  labels: namedLabels(name, labels),
  value,
})

const histogramLines = (name: MetricName, { labels, value }: Labelled<Histogram>): MetricLine[] => {
  const { count: total } = value
  const values = [...value.toBuckets(bucketBoundariesSeconds), total, value.sumMs / 1000, total]
  return histogramSeries(name, namedLabels(name, labels)).map((series, i) => ({
    ...series,
    value: values[i]!,
  }))
}

type Labels = MetricLine['labels']

/** Labels met so far, by metric and values: LabelSet bounds how many there are. */
const labelsMet = new Map<string, Labels>()

/** The same object for the same labels of the same metric, always. */
const namedLabels = (name: MetricName, values: readonly string[]): Labels => {
  const key = [name, ...values].join('\n')
  const met = labelsMet.get(key)
  if (met !== undefined) return met
  const labels = Object.fromEntries(metricDescriptions[name].labels.map((label, i) => [label, values[i]!]))
  labelsMet.set(key, labels)
  return labels
}

type Series = Required<Omit<MetricLine, 'value'>>

const histogramsMet = new WeakMap<Labels, readonly Series[]>()

/** Each boundary and infinity, the sum, and how many. */
const histogramSeries = (name: MetricName, named: Labels): readonly Series[] => {
  const met = histogramsMet.get(named)
  if (met !== undefined) return met
  const series = [
    ...[...bucketBoundariesSeconds, '+Inf'].map((le) => ({
      metricName: `${name}_bucket`,
      labels: { ...named, le },
    })),
    ...['sum', 'count'].map((part) => ({ metricName: `${name}_${part}`, labels: { ...named } })),
  ]
  histogramsMet.set(named, series)
  return series
}

const mapRecord = <K extends string, A, B>(
  record: Readonly<Record<K, A>>,
  of: (value: A, key: K) => B,
): Record<K, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value as A, key as K)])) as Record<
    K,
    B
  >
