import type { LedgerEntry } from './entry.js'

/** Where the proxy tells what happened. The writer behind it never blocks and never throws; tests hand in a list. */
export interface Ledger {
  /** Takes note of what has happened now. Entries keep their order. */
  append(entry: LedgerEntry): void
  /** False while nothing can be written: new calls are refused then where the configuration says so. */
  readonly isWritable: boolean
}

/** Takes note of nothing: for stored files, and where the ledger is switched off. */
export const noLedger: Ledger = { append() {}, isWritable: true }
