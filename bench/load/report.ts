/** What was measured, as a Markdown table and as a picture. */
import { cpus } from 'node:os'
import * as echarts from 'echarts'
import { isFaultless, type Measurement } from './measure.js'
import type { SignalResult } from './signals.js'

export interface ScenarioResult {
  readonly scenario: string
  readonly about: string
  /** One per subject: the median run. */
  readonly medians: readonly Measurement[]
  readonly runs: readonly Measurement[]
  /** Of the scenario `signals`. */
  readonly signals?: readonly SignalResult[]
}

export const machineLine = (): string =>
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`

const columns = [
  'scenario',
  'calls',
  'through',
  'frames out / in',
  'added p50 / p99 / max ms',
  'CPU µs a frame',
  'x HAProxy',
  'of a core',
  'KB a call',
  'faults',
] as const

export const markdownTable = (results: readonly ScenarioResult[]): string =>
  [
    `| ${columns.join(' | ')} |`,
    `| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |`,
    ...results.flatMap((result) =>
      result.medians.map((median) => `| ${rowOf(result, median).join(' | ')} |`),
    ),
  ].join('\n')

const rowOf = ({ scenario, medians }: ScenarioResult, median: Measurement): string[] => {
  const { frames } = median
  const haproxy = medians.find(({ subject }) => subject === 'haproxy')
  return [
    scenario,
    String(median.calls),
    median.subject,
    `${frames.received.toLocaleString('en')} / ${frames.sent.toLocaleString('en')}`,
    `${frames.addedMs.p50.toFixed(1)} / ${frames.addedMs.p99.toFixed(1)} / ${frames.addedMs.max.toFixed(0)}`,
    median.cpuMicrosPerFrame.toFixed(1),
    haproxy === undefined ? '-' : (median.cpuMicrosPerFrame / haproxy.cpuMicrosPerFrame).toFixed(2),
    `${(median.coreShare * 100).toFixed(0)} %`,
    (((median.rssMb - median.idleRssMb) * 1024) / median.calls).toFixed(0),
    faultsOf(median),
  ]
}

const faultsOf = (median: Measurement): string => {
  if (isFaultless(median)) return 'none'
  const { frames } = median
  const named = {
    lost: frames.lost,
    extra: frames.extra,
    misordered: frames.misordered,
    corrupt: frames.corrupt,
    leaked: frames.leakedFrames,
    'silenced for nothing': frames.tracksOverSilenced,
    'calls failed': frames.callsFailed,
    refused: frames.refused,
  }
  return Object.entries(named)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

/** Okabe and Ito's palette, which the colour-blind can tell apart. */
const COLOURS = { hushfork: '#0072b2', haproxy: '#e69f00', nginx: '#009e73', 'ws-relay': '#999999' } as const

/** Cost beside the peers, and latency against its bound, as an SVG of its own. */
export const chartOf = (results: readonly ScenarioResult[]): string => {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 1000, height: 620 })
  const subjects = Object.keys(COLOURS).filter((name) =>
    results.some(({ medians }) => medians.some(({ subject }) => subject === name)),
  )
  const labels = results.map(({ scenario, medians }) => `${scenario}\n${medians[0]?.calls ?? 0} calls`)
  const series = subjects.flatMap((name) => [
    { ...seriesOf(name, 0), data: results.map((result) => figureOf(result, name, cost)) },
    { ...seriesOf(name, 1), data: results.map((result) => figureOf(result, name, latency)) },
  ])
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    title: [
      { text: 'CPU a frame, µs: full redaction beside relays that redact nothing', left: 60, top: 8 },
      { text: 'Added beyond the hold-back, 99th percentile, ms', left: 60, top: 316 },
    ].map((title) => ({ ...title, textStyle: { fontSize: 15 } })),
    legend: { data: subjects, top: 10, right: 40 },
    grid: [
      { left: 60, right: 40, top: 50, height: 200 },
      { left: 60, right: 40, top: 358, height: 200 },
    ],
    xAxis: [0, 1].map((gridIndex) => ({ type: 'category', data: labels, gridIndex })),
    yAxis: [
      { type: 'value', gridIndex: 0 },
      { type: 'log', gridIndex: 1, min: 0.1 },
    ],
    series,
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

const seriesOf = (name: string, axis: number) => ({
  name,
  type: 'bar' as const,
  xAxisIndex: axis,
  yAxisIndex: axis,
  itemStyle: { color: COLOURS[name as keyof typeof COLOURS] },
  label: { show: true, position: 'top' as const, fontSize: 10 },
})

const figureOf = (
  { medians }: ScenarioResult,
  name: string,
  of: (median: Measurement) => number,
): number | null => {
  const median = medians.find(({ subject }) => subject === name)
  return median === undefined ? null : Number(of(median).toFixed(1))
}

const cost = ({ cpuMicrosPerFrame }: Measurement): number => cpuMicrosPerFrame
const latency = ({ frames }: Measurement): number => Math.max(0.1, frames.addedMs.p99)
