/** Entries as CSV (RFC 4180): one row each, for spreadsheets and databases. */
import { canonical } from './chain.js'
import type { LedgerRecord } from './entry.js'

/** Columns of their own; every other field of an entry is in `details`, as JSON. */
const columns = [
  'seq',
  'at',
  'kind',
  'callId',
  'streamId',
  'tenant',
  'reason',
  'signal',
  'state',
  'answer',
  'role',
  'apiKey',
  'actor',
  'tracks',
  'startSample',
  'endSample',
  'sampleRate',
  'startSeconds',
  'endSeconds',
  'lateMs',
] as const

const known: ReadonlySet<string> = new Set(columns)

export const csvHeader = (): string => row([...columns, 'details', 'hash'])

export const csvRow = (record: LedgerRecord): string => {
  const { prev: _, hash, ...fields } = record
  const details = Object.fromEntries(Object.entries(fields).filter(([name]) => !known.has(name)))
  const cells = columns.map((name) => cellOf(record, name))
  return row([...cells, Object.keys(details).length === 0 ? '' : canonical(details), hash])
}

const cellOf = (record: LedgerRecord, name: (typeof columns)[number]): string => {
  if (name === 'startSeconds') return secondsOf(record['startSample'], record['sampleRate'])
  if (name === 'endSeconds') return secondsOf(record['endSample'], record['sampleRate'])
  const value = record[name]
  return Array.isArray(value) ? value.join(' ') : String(value ?? '')
}

const secondsOf = (sample: unknown, sampleRate: unknown): string =>
  typeof sample === 'number' && typeof sampleRate === 'number' && sampleRate > 0
    ? (sample / sampleRate).toFixed(6)
    : ''

const row = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`

/** Ids come from PBXs: what a spreadsheet would take for a formula is made text. Negative positions stay numbers. */
const quoted = (cell: string): string => {
  const safe = /^[=+@\t\r-]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
