import type { Clock } from '../base/clock.js'
import { LedgerWriter } from '../ledger/ledger.io.js'
import type { LedgerOptions } from '../ledger/options.js'
import { keyIdOf } from '../ledger/signing.js'
import type { ProxyMetrics } from '../metrics/metrics.js'
import type { Log } from './log.js'

/** `ledger` of the configuration, and what the ledger says of the configuration itself. */
export interface ProxyLedgerOptions extends LedgerOptions {
  /** SHA-256 of the configuration in force without its secrets. */
  readonly configHash: string
  /** Paths of privileged settings. */
  readonly privileged: readonly string[]
}

/**
 * Opens the proxy's ledger; null where it is switched off. What goes wrong with it later is counted and logged, and no call
 * is passed unjudged for it.
 * @throws RedactError REDACT_ERR_LEDGER when it cannot be begun or continued
 */
export const openLedger = async (
  options: ProxyLedgerOptions | undefined,
  version: string,
  { clock, log, metrics }: { clock: Clock; log: Log; metrics: ProxyMetrics },
): Promise<LedgerWriter | null> => {
  if (options === undefined || !options.enabled) return null
  const { configHash, privileged, ...writing } = options
  let isFailing = false
  const ledger = await LedgerWriter.open({
    ...writing,
    clock,
    version,
    handler: {
      written: (entries, lagMs) => metrics.ledgerWritten(entries, lagMs),
      failed(code) {
        metrics.ledgerFailed()
        if (!isFailing) log.error({ code }, 'the ledger cannot be written: entries wait in memory')
        isFailing = true
      },
      lost: (count) => metrics.ledgerLost(count),
      recovered() {
        isFailing = false
        log.warn({}, 'the ledger is written again')
      },
      endMissing: (seq) =>
        log.error({ seq }, 'the end of the ledger is missing: a signed checkpoint of this entry was there'),
      changed: (code) =>
        log.error({ code }, 'the ledger was changed by somebody else: see hushfork ledger verify'),
    },
  })
  ledger.append({ kind: 'config-changed', configHash, privileged })
  log.info({ key: keyIdOf(ledger.publicKey), sequence: ledger.sequence }, 'ledger')
  return ledger
}
