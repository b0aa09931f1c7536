import type { LedgerEntry } from '../../proxy/ledger/entry.js'
import type { Ledger } from '../../proxy/ledger/ledger.js'

/** A ledger that keeps what it is told. */
export class LedgerList implements Ledger {
  isWritable = true
  readonly entries: LedgerEntry[] = []

  append(entry: LedgerEntry): void {
    this.entries.push(entry)
  }
}
