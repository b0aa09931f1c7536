/** Calls that a proxy had not closed when it ended without closing its ledger: killed, out of memory, without power. */
import { stat } from 'node:fs/promises'
import type { CallLost, LedgerRecord } from './entry.js'
import { type LedgerFileName, ledgerFilesIn, linesOf } from './files.io.js'
import { OpenCalls } from './open-calls.js'

/**
 * How far back is read, bytes: a second or so of a start, and the entries of some 100,000 calls. A call that began before
 * that and was still going on is not named.
 */
export const LOOK_BACK_BYTES_MAX = 256 * 1024 * 1024

/** A text of a peer cannot hold these: its quotes are escaped. */
const OF_A_CALL = '"streamId":'
const OPENING = '"kind":"ledger-opened"'

/** An entry for each. Not to be asked of a ledger that was closed: it has none. */
export const lostCallsIn = async (directory: string): Promise<CallLost[]> => {
  const calls = new OpenCalls()
  for await (const line of lastRunLines(directory)) if (line.includes(OF_A_CALL)) note(calls, line)
  return calls.lost('proxy-crashed')
}

/** Whole lines of the files that hold the newest run. */
export async function* lastRunLines(directory: string): AsyncGenerator<string> {
  for (const { path } of await lastRunIn(await ledgerFilesIn(directory)))
    for await (const { text, hasEnd } of linesOf(path)) if (hasEnd) yield text
}

/** The files from the one in which the newest run begins; a start names what the runs before it have lost. */
const lastRunIn = async (files: readonly LedgerFileName[]): Promise<readonly LedgerFileName[]> => {
  let bytes = 0
  for (let i = files.length - 1; i >= 0; i--) {
    bytes += (await stat(files[i]!.path)).size
    if (bytes > LOOK_BACK_BYTES_MAX) return files.slice(i + 1)
    if (await hasOpening(files[i]!)) return files.slice(i)
  }
  return files
}

const hasOpening = async ({ path }: LedgerFileName): Promise<boolean> => {
  for await (const { text } of linesOf(path)) if (text.includes(OPENING)) return true
  return false
}

/** A line that is not as it was written is the verifier's to name. */
const note = (calls: OpenCalls, line: string): void => {
  try {
    const record = JSON.parse(line) as LedgerRecord
    calls.note(record, Date.parse(record.at))
  } catch {}
}
