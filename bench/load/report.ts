/** What was measured, as a Markdown table and as a picture. */
import { cpus, release } from 'node:os'
import * as echarts from 'echarts'
import { version } from '../../proxy/edge/proxy.js'
import { faultsOf, type Measurement } from './measure.js'
import type { SignalResult } from './signals.js'

export interface ScenarioResult {
  readonly scenario: string
  readonly about: string
  /** One per subject: the median run. */
  readonly medians: readonly Measurement[]
  readonly runs: readonly Measurement[]
  /** What the table has no column for, a sentence each. */
  readonly notes?: readonly string[]
  /** Calls were shorter than the hold-back: neither latency nor memory means anything. */
  readonly isCompressed?: boolean
  /** It could not be played to its end. */
  readonly hasFailed?: boolean
  /** Of the scenario `signals`. */
  readonly signals?: readonly SignalResult[]
}

export const machineLine = (): string => {
  const processor = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  const library = header.glibcVersionRuntime === undefined ? '' : `, glibc ${header.glibcVersionRuntime}`
  return `hushfork ${version()}, Node ${process.version}, ${processor}, Linux ${release().split('-')[0]}${library}`
}

const columns = [
  'scenario',
  'calls',
  'through',
  'frames out / in',
  'hold-back ms',
  'past it, p50 / p99 / max ms',
  'CPU µs a frame',
  'x HAProxy',
  'of a core',
  'KiB a call beyond its hold-back',
  'faults',
] as const

/** Table and notes. Past the hold-back below 0: a frame left before its time. */
export const markdownOf = (results: readonly ScenarioResult[]): string =>
  [
    `| ${columns.join(' | ')} |`,
    `| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |`,
    ...results.flatMap((result) =>
      result.medians.map((median) => `| ${rowOf(result, median).join(' | ')} |`),
    ),
    '',
    ...results.flatMap(notesOf).map((note) => `- ${note}`),
  ].join('\n')

const rowOf = (
  { scenario, medians, isCompressed = false }: ScenarioResult,
  median: Measurement,
): string[] => {
  const { frames } = median
  const { perCallKb } = median.memory
  const haproxy = medians.find(({ subject }) => subject === 'haproxy')
  const faults = faultsOf(median)
  return [
    scenario,
    median.calls.toLocaleString('en'),
    median.processes > 1 ? `${median.subject}, ${median.processes} processes` : median.subject,
    `${frames.received.toLocaleString('en')} / ${frames.sent.toLocaleString('en')}`,
    median.holdMs.toLocaleString('en'),
    isCompressed
      ? '-'
      : `${frames.addedMs.p50.toFixed(1)} / ${frames.addedMs.p99.toFixed(1)} / ${frames.addedMs.max.toFixed(0)}`,
    median.cpuMicrosPerFrame.toFixed(1),
    haproxy === undefined ? '-' : (median.cpuMicrosPerFrame / haproxy.cpuMicrosPerFrame).toFixed(2),
    `${(median.coreShare * 100).toFixed(0)} %`,
    isCompressed || perCallKb < 0 ? '-' : perCallKb.toFixed(0),
    faults.length === 0
      ? 'none'
      : faults.map(({ count, what }) => `${count.toLocaleString('en')} ${what}`).join(', '),
  ]
}

/** The generator's part in a figure, what hushfork says of itself, and what the scenario has to say. */
const notesOf = (result: ScenarioResult): string[] => [
  ...(result.notes ?? []).map((note) => `${result.scenario}: ${note}`),
  ...result.medians.flatMap((median) => [
    ...reportedNotes(result, median),
    ...generatorNotes(result, median),
  ]),
]

const reportedNotes = (
  { scenario, isCompressed = false }: ScenarioResult,
  { subject, calls, reported, frames }: Measurement,
): string[] =>
  subject !== 'hushfork' || reported === null || isCompressed
    ? []
    : [
        `${scenario}, ${calls} calls: measured p50 ${frames.addedMs.p50.toFixed(1)} and p99 ${frames.addedMs.p99.toFixed(1)} ms past the ` +
          `hold-back; /metrics says at most ${reported.p50Ms} and ${reported.p99Ms}` +
          (frames.allLiveMs > 0
            ? `; all calls were live after ${(frames.allLiveMs / 1000).toFixed(1)} s`
            : ''),
      ]

/** Silent when the generator had time to spare: its share of its core below this, and all but one frame in a thousand in time. */
export const GENERATOR_SHARE_MAX = 0.9

const generatorNotes = (
  { scenario }: ScenarioResult,
  { subject, frames, generatorShare }: Measurement,
): string[] =>
  generatorShare < GENERATOR_SHARE_MAX && frames.sentLate * 1000 <= frames.sent
    ? []
    : [
        `${scenario}, ${subject}: the generator itself was busy (${(generatorShare * 100).toFixed(0)} % of its core, ` +
          `${frames.sentLate.toLocaleString('en')} frames sent more than a frame late)`,
      ]

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
      { text: 'Past the hold-back, 99th percentile, ms', left: 60, top: 316 },
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
