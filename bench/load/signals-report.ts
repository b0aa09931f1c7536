/** What became of signals, as one table and as histograms. */
import * as echarts from 'echarts'
import type { ClearStep, SignalResult } from './signals.js'

const through = ({ proxies }: SignalResult): string =>
  proxies === 1 ? 'one process' : `${proxies} processes over NATS, each signal at another one than its call`

const quantile = (sorted: readonly number[], q: number): string =>
  sorted.length === 0 ? '-' : sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!.toFixed(1)

const quantiles = (sorted: readonly number[], ...qs: readonly number[]): string =>
  qs.map((q) => quantile(sorted, q)).join(' / ')

export const signalsTable = (results: readonly SignalResult[]): string =>
  [
    '| through | calls | signals | answered | answer p50 / p99 / max ms | first silent sample, from the signal, min / p50 / p99 / max ms | frames in the clear | steps without silence |',
    '| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: |',
    ...results.map((result) => {
      const answers = Object.entries(result.results).map(([word, count]) => `${count} ${word}`)
      const { calls, signals, answerMs, firstSilentMs, framesInTheClear, uncovered } = result
      return `| ${[
        through(result),
        calls,
        signals,
        answers.join(', '),
        quantiles(answerMs, 0.5, 0.99, 1),
        quantiles(firstSilentMs, 0, 0.5, 0.99, 1),
        framesInTheClear,
        uncovered,
      ].join(' | ')} |`
    }),
  ].join('\n')

/** The same as bars, for a terminal. */
export const signalsText = (results: readonly SignalResult[]): string =>
  results
    .flatMap((result) => [
      through(result),
      histogramOf('from a signal to its answer', result.answerMs, ANSWER_BIN_MS),
      histogramOf('from a start signal to the first silent sample', result.firstSilentMs, SILENT_BIN_MS),
      ...result.clear.slice(0, CLEAR_MAX).map(clearLine),
    ])
    .join('\n')

/** Steps with frames in the clear that are told one by one in a terminal; all of them are in results.json. */
const CLEAR_MAX = 40

const clearLine = ({ call, frames, lateMs, behindMs, answers }: ClearStep): string =>
  `${frames} frames of call ${call} in the clear: it began ${lateMs.toFixed(0)} ms before its signal, the generator was ${behindMs.toFixed(0)} ms behind; answered ${answers
    .map(({ result, ms }) => `${result} after ${ms.toFixed(0)} ms`)
    .join(', ')}`

export const histogramOf = (title: string, sorted: readonly number[], binMs: number): string => {
  if (sorted.length === 0) return `${title}: none`
  const bins = new Map<number, number>()
  for (const ms of sorted) bins.set(Math.floor(ms / binMs), (bins.get(Math.floor(ms / binMs)) ?? 0) + 1)
  const most = Math.max(...bins.values())
  const bars = [...bins].map(
    ([bin, count]) =>
      `${String(bin * binMs).padStart(8)} ms ${String(count).padStart(6)} ${'#'.repeat(Math.ceil((count / most) * 50))}`,
  )
  const at = (q: number): string => quantile(sorted, q)
  return [`${title}: least ${at(0)}, p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)} ms`, ...bars].join('\n')
}

/** Okabe and Ito's palette, which the colour-blind can tell apart. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#999999']
/** Width of a bar, ms. */
const ANSWER_BIN_MS = 5
const SILENT_BIN_MS = 20

/** Above: how soon signals were answered; below: where their calls fell silent. */
export const signalsChart = (results: readonly SignalResult[]): string => {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 1000, height: 620 })
  const answers = binsOf(
    results.map(({ answerMs }) => answerMs),
    ANSWER_BIN_MS,
  )
  const silent = binsOf(
    results.map(({ firstSilentMs }) => firstSilentMs),
    SILENT_BIN_MS,
  )
  const titles = [
    `From a signal to its answer, ms: signals per ${ANSWER_BIN_MS} ms`,
    `From a start signal to the first silent sample of the recording, ms: starts per ${SILENT_BIN_MS} ms; the look-back is 2 s`,
  ]
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    title: titles.map((text, i) => ({ text, left: 60, top: 34 + 300 * i, textStyle: { fontSize: 15 } })),
    legend: { data: results.map(through), top: 6, right: 40 },
    grid: [0, 1].map((i) => ({ left: 60, right: 40, top: 70 + 300 * i, height: 200 })),
    xAxis: [answers, silent].map(({ labels }, gridIndex) => ({ type: 'category', data: labels, gridIndex })),
    yAxis: [0, 1].map((gridIndex) => ({ type: 'value', gridIndex })),
    series: [answers, silent].flatMap(({ counts }, axis) =>
      results.map((result, i) => ({
        name: through(result),
        type: 'bar' as const,
        xAxisIndex: axis,
        yAxisIndex: axis,
        itemStyle: { color: COLOURS[i % COLOURS.length]! },
        data: counts[i]!,
      })),
    ),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

/** Counts per bin over the range that all of them share. */
const binsOf = (series: readonly (readonly number[])[], binMs: number) => {
  const bins = series.map((values) => values.map((ms) => Math.floor(ms / binMs)))
  const all = bins.flat()
  const from = all.reduce((low, bin) => Math.min(low, bin), Infinity)
  const to = all.reduce((high, bin) => Math.max(high, bin), -Infinity)
  const labels = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => String((from + i) * binMs))
  const counts = bins.map((of) => {
    const row = labels.map(() => 0)
    for (const bin of of) row[bin - from]!++
    return row
  })
  return { labels, counts }
}
