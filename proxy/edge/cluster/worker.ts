/** A worker: carries calls on ports that its primary holds, and answers its primary alone. */
import { RedactError } from '../../base/errors.js'
import type { Ledger } from '../../ledger/ledger.js'
import { noLedgerFigures } from '../../metrics/gauge-source.js'
import { ProxyMetrics } from '../../metrics/metrics.js'
import type { MetricPage } from '../../metrics/page.js'
import { CallRegistry } from '../../session/call-registry.js'
import { learnNonce, shareNonces } from '../auth-context.js'
import { CallCarrier, type CarrierOptions } from '../call-carrier.js'
import type { Log } from '../log.js'
import { metricPageOf, nodeRuntime } from '../prometheus.js'
import { knownLabels, version } from '../proxy.js'
import { systemClock as clock } from '../system-clock.js'
import type { FromWorker, Question, ToWorker, WorkerSetup } from './messages.js'
import { WorkerDirectory } from './worker-directory.js'

/** Entries on their way to the primary's ledger: as many as may wait there. What finds no room is counted as lost. */
const LEDGER_ENTRIES_MAX = 24_000

/** How often it is looked whether threads listen, ms: as often as they are looked after. */
const LISTENING_LOOK_MS = 100

export interface WorkerOptions extends CarrierOptions {
  readonly log: Log
}

/**
 * Carries calls until the primary says otherwise. Rejects with REDACT_ERR_VERSION, REDACT_ERR_LISTEN, and what `optionsOf`
 * throws.
 */
export const startWorker = async (optionsOf: (setup: WorkerSetup) => WorkerOptions): Promise<void> => {
  const inbox = new Inbox()
  const setup = await inbox.setup
  if (setup.version !== version())
    throw new RedactError(
      'REDACT_ERR_VERSION',
      'the program has been replaced by another version: start it anew as a whole',
    )
  const worker = new CallWorker(setup, optionsOf(setup))
  shareNonces((nonce, ttlMs) => tell({ kind: 'nonce', nonce, ttlMs }))
  await worker.prepare()
  inbox.open((message) => worker.hear(message))
  await worker.listen()
}

/** What the primary says, kept until there is somebody to hear it. */
class Inbox {
  readonly setup: Promise<WorkerSetup>
  readonly #kept: ToWorker[] = []
  #hear = (message: ToWorker): void => void this.#kept.push(message)

  constructor() {
    this.setup = new Promise((resolve) => {
      process.on('message', (message: ToWorker) => {
        if (message.kind === 'setup') resolve(message.setup)
        else this.#hear(message)
      })
    })
    tell({ kind: 'hello' })
  }

  open(hear: (message: ToWorker) => void): void {
    for (const message of this.#kept) hear(message)
    this.#kept.length = 0
    this.#hear = hear
  }
}

class CallWorker {
  readonly #metrics = new ProxyMetrics(knownLabels())
  readonly #directory: WorkerDirectory
  readonly #ledger: ToldLedger
  readonly #carrier: CallCarrier
  readonly #page: () => MetricPage
  #isListenedTo = true

  constructor(setup: WorkerSetup, options: WorkerOptions) {
    this.#directory = new WorkerDirectory(setup, clock, tell)
    this.#ledger = new ToldLedger(setup.state.isLedgerWritable, (count) => this.#metrics.ledgerLost(count))
    this.#carrier = new CallCarrier(options, {
      clock,
      log: options.log,
      metrics: this.#metrics,
      registry: new CallRegistry(),
      directory: this.#directory,
      ledger: this.#ledger,
    })
    const gauges = () => ({
      ...this.#carrier.gauges(),
      ledger: noLedgerFigures,
      directory: this.#directory.figures(),
    })
    this.#page = metricPageOf(this.#metrics, gauges, nodeRuntime(version()))
  }

  /** Afterwards everything is known that holds for calls. */
  async prepare(): Promise<void> {
    await this.#carrier.prepare()
    await this.#directory.start(this.#carrier.control)
  }

  async listen(): Promise<void> {
    const forkUrls = await this.#carrier.listen()
    tell({ kind: 'ready', forkUrls: forkUrls.map(({ href }) => href) })
    setInterval(() => this.#tellListening(), LISTENING_LOOK_MS).unref()
  }

  #tellListening(): void {
    const isListenedTo = this.#carrier.readiness !== 'nobody-listens'
    if (isListenedTo === this.#isListenedTo) return
    this.#isListenedTo = isListenedTo
    tell({ kind: 'listened-to', isListenedTo })
  }

  hear(message: ToWorker): void {
    switch (message.kind) {
      case 'setup':
        return
      case 'kept':
      case 'over':
      case 'ended-early':
        this.#directory.hear(message)
        return
      case 'nonce':
        learnNonce(clock, message.nonce, message.ttlMs)
        return
      case 'state':
        this.#directory.stateIs(message.state)
        this.#ledger.isWritable = message.state.isLedgerWritable
        return
      case 'ask':
        void this.#answer(message.question).then((answer) => tell({ kind: 'answer', id: message.id, answer }))
        return
      case 'retire':
        void this.#retire(message.waitMs, message.isReplaced)
        return
      default: {
        const never: never = message
        throw new Error(String(never))
      }
    }
  }

  async #answer(question: Question): Promise<unknown> {
    const { control, calls, taker } = this.#carrier
    switch (question.about) {
      case 'signal':
        return control.signal(question.asked, clock.nowMs())
      case 'list':
        return calls.list(question.asked)
      case 'find':
        return calls.find(question.asked.callId, question.asked.tenants)
      case 'take':
        return taker.take(question.asked.path, question.asked.id, question.asked.tenants)
      case 'page':
        return this.#page()
      default: {
        const never: never = question
        return never
      }
    }
  }

  async #retire(waitMs: number, isReplaced: boolean): Promise<void> {
    await this.#carrier.drain(waitMs, isReplaced)
    await this.#carrier.close()
    await this.#directory.close()
    tell({ kind: 'page', page: this.#page() }, () => process.exit(0))
  }
}

/** Without a primary there is nobody to tell, and this process is about to end. */
const tell = (message: FromWorker, told: () => void = () => {}): void => {
  if (process.connected) process.send!(message, undefined, undefined, told)
}

/** The ledger is the primary's: one process writes it. */
class ToldLedger implements Ledger {
  #waiting = 0

  constructor(
    public isWritable: boolean,
    private readonly lost: (count: number) => void,
  ) {}

  append(entry: Parameters<Ledger['append']>[0]): void {
    if (this.#waiting >= LEDGER_ENTRIES_MAX) {
      this.lost(1)
      return
    }
    this.#waiting++
    tell({ kind: 'ledger', entry }, () => {
      this.#waiting--
    })
  }
}
