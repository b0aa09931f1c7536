import type { Figures } from './measure.js'
import type { PaymentAnswer } from './play.js'

/** The figures as a table, one column per dialect. */
export const figuresTable = (runs: readonly Figures[]): string => {
  const reasons = [...new Set(runs.flatMap(({ silencedSeconds }) => Object.keys(silencedSeconds)))].sort()
  const row = (name: string, of: (figures: Figures) => string): string[] => [name, ...runs.map(of)]
  return aligned([
    row('', ({ dialect }) => dialect),
    row('messages from the PBX', ({ messages }) => count(messages)),
    row('audio frames in / out', ({ framesIn, framesOut }) => `${count(framesIn)} / ${count(framesOut)}`),
    row('samples in the call / recorded', (run) => `${count(run.samples)} / ${count(run.samplesRecorded)}`),
    row('keys silenced', ({ keys, keysSilenced }) => `${keysSilenced} / ${keys}`),
    row('sensitive audio leaked', ({ leakedMs }) => `${leakedMs.toFixed(1)} ms`),
    row('calm audio changed', ({ calmSamplesChanged }) => `${count(calmSamplesChanged)} samples`),
    ...reasons.map((reason) =>
      row(`silenced for ${reason}`, ({ silencedSeconds }) => seconds(silencedSeconds[reason] ?? 0)),
    ),
    row('silenced in all', (run) => `${seconds(run.silencedSecondsTotal)} of ${seconds(run.callSeconds)}`),
    row('of that needlessly', (run) => seconds(run.silencedNeedlesslySeconds)),
    row('added latency, p50 / p99 *', ({ workMs }) => `${ms(workMs.p50)} / ${ms(workMs.p99)} ms`),
    row('played in', ({ elapsedSeconds }) => seconds(elapsedSeconds)),
  ])
}

/** The table's footnote. */
export const LATENCY_NOTE =
  '* beyond the hold-back: from the arrival of a message until everything that may leave for it has been\n' +
  '  handed to the recorder (hushfork_frame_latency_seconds, stage "ingest"); the first call runs cold code'

/** What the proxy answered to each payment signal, one line each. */
export const paymentLines = (answers: readonly PaymentAnswer[]): string =>
  aligned(
    answers.map((answer) => [
      `at ${clock(answer.atMs)}  ${answer.signalId} ${answer.state}`,
      `  ${answer.result}`,
      `  ${effectOf(answer)}`,
      `  (${answer.note})`,
    ]),
    'left',
  )

const effectOf = ({ silentFromMs, clearFromMs, lateMs }: PaymentAnswer): string => {
  if (silentFromMs !== null)
    return `silent from ${clock(silentFromMs)}, ${(lateMs ?? 0).toFixed(0)} ms had left`
  return clearFromMs === null ? '' : `heard from ${clock(clearFromMs)}`
}

/** ms of the call as m:ss.d */
const clock = (ms: number): string => {
  const tenths = Math.round(ms / 100)
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`
}

const count = (value: number): string => value.toLocaleString('en')
const seconds = (value: number): string => `${value.toFixed(1)} s`
const ms = (value: number): string => value.toFixed(value < 0.1 ? 3 : 2)

/** Columns of equal width, the first to the left. */
const aligned = (rows: readonly (readonly string[])[], side: 'left' | 'right' = 'right'): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || side === 'left' ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]! + 3),
        )
        .join('')
        .trimEnd(),
    )
    .join('\n')
}
