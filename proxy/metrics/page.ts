/** One page out of those of several processes. */
import { type MetricDescription, type MetricName, metrics } from './names.js'

/** One line of a metric. */
export interface MetricLine {
  /** Where it is not the metric's own: of a histogram's parts. */
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** The lines of every metric, as they were at one moment. */
export type MetricPage = Readonly<Partial<Record<MetricName, readonly MetricLine[]>>>

/**
 * Lines of one metric on a merged page. A process has 64 or 256 values for a label, and those of all processes are words of the
 * same vocabularies; should they not be, what is beyond this is left out rather than handed to Prometheus.
 */
export const LINES_MAX = 16_384

type Across = NonNullable<MetricDescription['across']> | 'sum'

/** How lines of several processes that have the same labels become one. */
const merges: Readonly<Record<Across, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
  first: (a) => a,
}

export const mergePages = (pages: readonly MetricPage[]): MetricPage => {
  const names = Object.keys(metrics) as MetricName[]
  return Object.fromEntries(
    names.map((name) => [
      name,
      mergeLines(
        pages.map((page) => page[name] ?? []),
        merges[metrics[name].across ?? 'sum'],
      ),
    ]),
  )
}

/** Of a process that has gone, what still counts: counters and histograms never fall. Gauges are gone with it. */
export const countsOf = (page: MetricPage): MetricPage =>
  Object.fromEntries(Object.entries(page).filter(([name]) => metrics[name as MetricName].type !== 'gauge'))

const mergeLines = (
  parts: readonly (readonly MetricLine[])[],
  merge: (a: number, b: number) => number,
): MetricLine[] => {
  const merged = new Map<string, MetricLine>()
  for (const lines of parts)
    for (const line of lines) {
      const key = keyOf(line)
      const known = merged.get(key)
      if (known !== undefined) merged.set(key, { ...known, value: merge(known.value, line.value) })
      else if (merged.size < LINES_MAX) merged.set(key, line)
    }
  return [...merged.values()]
}

const keyOf = ({ metricName = '', labels }: MetricLine): string => {
  let key = metricName
  for (const name in labels) key += ` ${labels[name]}`
  return key
}
