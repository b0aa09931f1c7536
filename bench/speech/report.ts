/** What was measured, for people: as lines on a terminal, and as a page. */
import { cpus } from 'node:os'
import { version } from '../../proxy/edge/proxy.js'
import type { Cost } from './cost.js'
import type { Row } from './figures.js'

/** Something that must hold. */
export interface Bar {
  readonly what: string
  readonly measured: string
  readonly bar: string
  readonly isMet: boolean
}

export interface Result {
  readonly corpus: string
  /** What was played: `hushfork`, or the folder of recordings that somebody else made. */
  readonly played: string
  readonly holdBackMs: number
  readonly rows: readonly Row[]
  readonly bars: readonly Bar[]
  /** From where a secret begins until it is known, ms of media time; those that are never found have none. */
  readonly lagMs: {
    readonly p50: number
    readonly p95: number
    readonly max: number
    readonly found: number
  } | null
  readonly cost: Cost | null
}

const columns = [
  '',
  'files',
  'minutes',
  'secrets',
  'silent',
  'digits left',
  'lost s/h',
  'by keys s/h',
  'phrases',
  'false windows/h',
] as const

const numberOf = (value: number | null, digits: number, unit = ''): string =>
  value === null ? '' : `${value.toFixed(digits)}${unit}`

const countOf = (value: number): string => (value === 0 ? '' : `${value}`)

const cellsOf = (row: Row): readonly string[] => [
  row.what,
  countOf(row.files),
  row.files === 0 ? '' : row.minutes.toFixed(1),
  countOf(row.secrets),
  numberOf(row.silentShare === null ? null : 100 * row.silentShare, 1, ' %'),
  numberOf(row.digitsLeft, 2),
  numberOf(row.lostSecondsPerHour, 0),
  numberOf(row.keysSecondsPerHour, 0),
  row.phrases === null ? '' : `${row.phrases.found} of ${row.phrases.announced}`,
  numberOf(row.falseWindowsPerHour, 0),
]

/** What the columns mean, a line each. */
const legend = [
  'silent: of the time in which the words of secrets are said; digits left: that can be heard, on average of a card number, and of a secret where there is none',
  'lost: silenced in an hour of speech without secrets, of which by keys: for keys that nobody pressed',
  'phrases: of those that announce a number, how many had opened a window half a second later; false windows: without one, an hour',
]

/** The table, the bars, and what else was measured, for a terminal. */
export const textOf = (result: Result): string => {
  const rows = [columns, ...result.rows.map(cellsOf)]
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  const lineOf = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')
  return [
    ...rows.map(lineOf),
    '',
    ...legend,
    '',
    ...result.bars.map(
      ({ what, measured, bar, isMet }) =>
        `${isMet ? 'met    ' : 'MISSED '} ${what}: ${measured} (bar: ${bar})`,
    ),
    '',
    ...othersOf(result),
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

/** The same as Markdown. */
export const markdownOf = (result: Result): string =>
  [
    `| ${columns.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(columns.length - 1)}`,
    ...result.rows.map((row) => `| ${cellsOf(row).join(' | ')} |`),
    '',
    ...legend.map((line) => `${line[0]!.toUpperCase()}${line.slice(1)}.`),
    '',
    '| | measured | bar | |',
    '| --- | --- | --- | --- |',
    ...result.bars.map(
      ({ what, measured, bar, isMet }) =>
        `| ${what} | ${measured} | ${bar} | ${isMet ? 'met' : '**missed**'} |`,
    ),
    '',
    ...othersOf(result).map((line) => `- ${line}`),
    '',
  ].join('\n')

const othersOf = ({ holdBackMs, lagMs, cost, played }: Result): readonly string[] => [
  ...(lagMs === null
    ? []
    : [
        `from the first sound of a secret until it is known: ${lagMs.p50} ms median, ${lagMs.p95} ms at 95 %, ${lagMs.max} ms at most (${lagMs.found} found; live calls: 100 ms more)`,
      ]),
  ...(cost === null
    ? []
    : [
        `${cost.tracksPerCore} tracks a core, decoded and listened to, ${cost.tracks} at once in real time${cost.hasKeptUp ? '' : '; THE THREAD DID NOT KEEP UP'}`,
        `memory of a track: ${cost.netKilobytes.toFixed(0)} KiB of the net, ${cost.grownKilobytes.toFixed(0)} KiB with rings, buffers and everything else`,
      ]),
  `${played}, hold-back ${holdBackMs} ms, hushfork ${version()}, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
]
