import type { Clock } from '../base/clock.js'
import { CallReader } from '../ledger/call-reader.io.js'
import type { CallLost, KeyInForce, LedgerEntry } from '../ledger/entry.js'
import { keyChanges, keysToldIn } from '../ledger/keys-told.io.js'
import { type LedgerHandler, LedgerWriter } from '../ledger/ledger.io.js'
import type { Ledger } from '../ledger/ledger.js'
import { LedgerCopy } from '../ledger/ledger-copy.io.js'
import { OpenCalls } from '../ledger/open-calls.js'
import type { CopyOptions, LedgerOptions } from '../ledger/options.js'
import { REFUSALS_INTERVAL_MS, Refusals } from '../ledger/refusals.js'
import { keyIdOf } from '../ledger/signing.js'
import type { ProxyMetrics } from '../metrics/metrics.js'
import type { Log } from './log.js'

/** What the ledger says of a configuration that comes into force. */
export interface ConfigInForce {
  /** SHA-256 of the configuration in force without its secrets. */
  readonly configHash: string
  /** Paths of privileged settings. */
  readonly privileged: readonly string[]
  /** Who may use the API. */
  readonly keys?: readonly KeyInForce[]
}

/** `ledger` of the configuration, and what the ledger says of the configuration itself. */
export interface ProxyLedgerOptions extends LedgerOptions, ConfigInForce {}

interface Services {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: ProxyMetrics
}

/** The ledger of a process, and its copy elsewhere where there is one. */
export class ProxyLedger implements Ledger {
  /** For those who may read what was done. */
  readonly reader: CallReader
  readonly #refusals: Refusals
  /** Of each process that tells of calls to this one. */
  readonly #callsOf = new Map<number, OpenCalls>()
  readonly #timer: NodeJS.Timeout
  /** As the ledger writes them. */
  #keysTold: readonly string[] = []

  private constructor(
    private readonly writer: LedgerWriter,
    private readonly copy: LedgerCopy | null,
    private readonly clock: Clock,
    directory: string,
  ) {
    this.reader = new CallReader(directory, (callId) => writer.idOf(callId))
    this.#refusals = new Refusals((entry) => writer.append(entry))
    this.#timer = setInterval(() => this.#refusals.sum(), REFUSALS_INTERVAL_MS).unref()
  }

  /**
   * Null where the ledger is switched off. What goes wrong with it later is counted and logged, and no call is passed
   * unjudged for it.
   * @throws RedactError REDACT_ERR_LEDGER when it cannot be begun or continued
   */
  static async open(
    options: ProxyLedgerOptions | undefined,
    version: string,
    services: Services,
  ): Promise<ProxyLedger | null> {
    if (options === undefined || !options.enabled) return null
    const { configHash, privileged, keys, copy: copyOptions, ...writing } = options
    const { clock, log } = services
    const handler = handlerOf(services, () => copy?.more())
    const told = await keysToldIn(options.directory)
    const writer = await LedgerWriter.open({ ...writing, clock, version, handler })
    const copy = copyOptions === undefined ? null : copyOf(writer, copyOptions, options.directory, log)
    const ledger = new ProxyLedger(writer, copy, clock, options.directory)
    ledger.#tellConfig({ configHash, privileged, ...(keys && { keys }) }, told, !writer.isKeyNew)
    copy?.start()
    log.info({ key: keyIdOf(writer.publicKey), sequence: writer.sequence }, 'ledger')
    return ledger
  }

  get isWritable(): boolean {
    return this.writer.isWritable
  }

  /** For the metrics. */
  get figures(): { readonly sequence: number; readonly backlog: number; readonly copied: number } {
    const { sequence, backlog } = this.writer
    return { sequence, backlog, copied: this.copy?.copiedSeq ?? 0 }
  }

  append(entry: LedgerEntry): void {
    if (entry.kind === 'refusal') this.#refusals.add(entry)
    else this.writer.append(entry)
  }

  /** Another configuration is in force. */
  configChanged(inForce: ConfigInForce): void {
    this.#tellConfig(inForce, this.#keysTold, true)
  }

  /** @param isSameSigningKey as when the marks of `told` were made */
  #tellConfig(
    { configHash, privileged, keys = [] }: ConfigInForce,
    told: readonly string[],
    isSameSigningKey: boolean,
  ): void {
    const markOf = (key: KeyInForce): string => this.writer.markOf(key)
    this.writer.append({ kind: 'config-changed', configHash, privileged, keys })
    for (const entry of keyChanges(told, keys, markOf, isSameSigningKey)) this.writer.append(entry)
    this.#keysTold = keys.map(markOf)
  }

  /** Another process tells of a call that it carries. */
  appendFrom(worker: number, entry: LedgerEntry): void {
    const calls = this.#callsOf.get(worker) ?? new OpenCalls()
    this.#callsOf.set(worker, calls)
    calls.note(entry, this.clock.epochMs())
    this.append(entry)
  }

  /** It has gone, and said its last word: what it has not closed is lost. */
  gone(worker: number, reason: CallLost['reason']): void {
    for (const entry of this.#callsOf.get(worker)?.lost(reason) ?? []) this.writer.append(entry)
    this.#callsOf.delete(worker)
  }

  /** Writes, and copies, what is left. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#refusals.sum()
    await this.writer.close()
    await this.copy?.close(this.writer.sequence)
  }
}

const copyOf = (writer: LedgerWriter, options: CopyOptions, directory: string, log: Log): LedgerCopy => {
  const { ledgerId, openedSeq } = writer
  const handler = {
    connected: () => log.info({ stream: options.stream, ledger: ledgerId }, 'the ledger is copied'),
    lost: () => log.warn({ stream: options.stream }, 'the ledger cannot be copied: tried again until it can'),
    diverged: (seq: number) =>
      log.error(
        { seq },
        'the copy has an entry that the ledger has not: its end was cut off or written anew',
      ),
  }
  return new LedgerCopy({ options, directory, ledgerId, openedSeq, handler })
}

const handlerOf = ({ log, metrics }: Services, more: () => void): LedgerHandler => {
  let isFailing = false
  return {
    written(entries, lagMs) {
      metrics.ledgerWritten(entries, lagMs)
      more()
    },
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
    changed: (code) =>
      log.error({ code }, 'the ledger was changed by somebody else: see hushfork ledger verify'),
    endMissing: (seq) =>
      log.error({ seq }, 'the end of the ledger is missing: a signed checkpoint of this entry was there'),
  }
}
