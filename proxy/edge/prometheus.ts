import { type Gauge, Registry } from 'prom-client'
import type { CounterFamily, HistogramFamily, Labelled } from '../metrics/families.js'
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
  type RecognizerMetric,
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
): Registry => new TextRegistry(metricDescriptions, ownTexts(metrics, gauges, runtime))

/** The page of one process, as it is merged with others. */
export const metricPageOf = (
  metrics: ProxyMetrics,
  gauges: GaugeSource,
  runtime: RuntimeSource,
): (() => MetricPage) => {
  const callGrid = newCallGrid()
  return () => ({
    ...mapRecord(metrics.counters, (family, name) => counterLines(name, family)),
    ...mapRecord(metrics.histograms, (family, name) =>
      family.read().flatMap((histogram) => histogramLines(name, histogram)),
    ),
    ...sampledLines(gauges(), callGrid, runtime),
  })
}

/** What Prometheus is handed of several processes: their pages, asked for and merged at each scrape. */
export const mergedMetrics = (pages: () => Promise<readonly MetricPage[]>): MetricsPage =>
  new TextRegistry(metricDescriptions, async () => {
    const page = mergePages(await pages())
    return (name) => linesText(name, page[name as MetricName] ?? [])
  })

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
  const look = ownTexts(metrics, gauges, runtime)
  const shared = Object.fromEntries(sharedMetrics.map((name) => [name, metricDescriptions[name]]))
  return new TextRegistry({ ...shared, ...recognizerMetrics }, () => {
    const own = look()
    const lines: Readonly<Record<RecognizerMetric, MetricLine[]>> = {
      hushfork_recognizer_streams: only(streams()),
      hushfork_recognizer_streams_total: outcomes
        .read()
        .map(({ labels: [result], value }) => ({ labels: { result: result! }, value })),
    }
    return (name) => (name in lines ? linesText(name, lines[name as RecognizerMetric]) : own(name))
  })
}

/** The lines of each metric by its name, as they were at one moment: each behind a line end. */
type Texts = (name: string) => string

/** Those of this process. */
const ownTexts = (metrics: ProxyMetrics, gauges: GaugeSource, runtime: RuntimeSource): (() => Texts) => {
  const callGrid = newCallGrid()
  const counters = new Map<string, CounterFamily>(Object.entries(metrics.counters))
  const histograms = new Map<string, HistogramFamily>(Object.entries(metrics.histograms))
  return () => {
    const sampled = sampledLines(gauges(), callGrid, runtime)
    return (name) => {
      const counter = counters.get(name)
      const histogram = histograms.get(name)
      if (counter !== undefined) return linesText(name, counterLines(name as MetricName, counter))
      if (histogram !== undefined) return histogramTexts(name as MetricName, histogram)
      return linesText(name, sampled[name as SampledMetric])
    }
  }
}

/**
 * A registry that looks at everything once a scrape, and writes what it has seen. prom-client makes the text of every line anew, labels
 * and all: for some 470 lines that was a millisecond of CPU a scrape, one in a hundred of a core for ten scrapes a second.
 */
class TextRegistry extends Registry {
  readonly #look: () => Texts | Promise<Texts>
  readonly #headers = new Map<string, string>()

  constructor(descriptions: Readonly<Record<string, MetricDescription>>, look: () => Texts | Promise<Texts>) {
    super()
    this.#look = look
    for (const [name, { help, type }] of Object.entries(descriptions)) {
      this.#headers.set(name, `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}`)
      // Nothing is asked of a metric but its name, which the declared type does not say.
      this.registerMetric({ name, help, type } as unknown as Gauge)
    }
  }

  /** As Prometheus reads it: the text format, version 0.0.4. */
  override async metrics(): Promise<string> {
    const textOf = await this.#look()
    const texts = this.getMetricsAsArray().map(({ name }) => this.#headers.get(name)! + textOf(name))
    return `${texts.join('\n\n')}\n`
  }
}

const linesText = (name: string, lines: readonly MetricLine[]): string => {
  let text = ''
  for (const line of lines) text += `\n${seriesOf(name, line)} ${valueText(line.value)}`
  return text
}

/** What the lines of a histogram were when it had counted so many: of most nothing has come since the last scrape. */
const histogramsTold = new WeakMap<Histogram, { readonly count: number; readonly text: string }>()

const histogramTexts = (name: MetricName, family: HistogramFamily): string => {
  let texts = ''
  for (const labelled of family.read()) {
    const { count } = labelled.value
    const told = histogramsTold.get(labelled.value)
    const text = told?.count === count ? told.text : linesText(name, histogramLines(name, labelled))
    if (text !== told?.text) histogramsTold.set(labelled.value, { count, text })
    texts += text
  }
  return texts
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

const counterLines = (name: MetricName, family: CounterFamily): MetricLine[] =>
  family.read().map((counter) => line(name, counter))

const newCallGrid = (): LabelGrid => new LabelGrid(new LabelSet(), new LabelSet([], TENANTS_MAX))

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
