/**
 * The primary of several processes on one port. It carries no call: it holds the ports and hands out connections, it has the
 * administration, the ledger and the directory of other hosts, and through it every worker's calls are found.
 */
import { localUses } from '../../access/uses.js'
import type { Clock } from '../../base/clock.js'
import { type Directory, noDirectory } from '../../directory/directory.js'
import { Host } from '../../directory/host.js'
import { NatsDirectory } from '../../directory/nats-directory.io.js'
import { DirectoryRouter } from '../../directory/router.js'
import { noLedger } from '../../ledger/ledger.js'
import { noCallGauges, noLedgerFigures } from '../../metrics/gauge-source.js'
import { ProxyMetrics } from '../../metrics/metrics.js'
import type { MetricPage } from '../../metrics/page.js'
import { type AdminConfig, accessOf } from '../admin-access.js'
import type { Readiness } from '../admin-server.js'
import { ControlPorts } from '../control-ports.js'
import { ControlService } from '../control-service.js'
import { watchEventLoop } from '../event-loop-watch.js'
import { type CallBook, fleetCalls, wantedOf } from '../local-calls.js'
import { mergedMetrics, metricPageOf, nodeRuntime } from '../prometheus.js'
import { knownLabels, type ProxyOptions, type RunningProxy, version } from '../proxy.js'
import { type ConfigInForce, ProxyLedger } from '../proxy-ledger.js'
import { systemClock } from '../system-clock.js'
import { Crew } from './crew.js'
import { hostCalls, hostTaker } from './host-calls.js'
import type { Member } from './member.js'
import type { FromWorker, HostState, WorkerSetup } from './messages.js'

/** What workers are started with: they read the configuration themselves, from the same text. */
export type WorkerSource = Pick<WorkerSetup, 'configText' | 'overrides'>

export interface FleetOptions
  extends Pick<
    ProxyOptions,
    'admin' | 'adminTls' | 'ledger' | 'nats' | 'log' | 'clock' | 'onDrainRequested'
  > {
  /** Processes that carry calls. */
  readonly size: number
  readonly source: WorkerSource
  /** A worker runs. */
  readonly started: (member: Member) => void
}

export interface RunningFleet extends Omit<RunningProxy, 'metrics'> {
  /** Replaces every worker, one after the other, by those of this source; false when it could not be done. */
  replaceAll(source: WorkerSource, waitMs: number): Promise<boolean>
  /** The ledger is told what is in force by now. */
  noteConfig(inForce: ConfigInForce): void
}

/** How often what is kept for too long is forgotten, the state told, the workers' figures asked, ms. */
const TICK_MS = 1_000

/** Opens every port. Rejects with REDACT_ERR_LISTEN, REDACT_ERR_LEDGER, or WorkerFailed. */
export const startFleet = async (options: FleetOptions): Promise<RunningFleet> => {
  const clock = options.clock ?? systemClock
  const metrics = new ProxyMetrics(knownLabels())
  const { log } = options
  const ledger = await ProxyLedger.open(options.ledger, version(), { clock, log, metrics })
  const fleet = new Fleet(options, { clock, metrics, ledger })
  try {
    await fleet.start()
    return fleet
  } catch (error) {
    await fleet.drain(0)
    throw error
  }
}

interface FleetParts {
  readonly clock: Clock
  readonly metrics: ProxyMetrics
  readonly ledger: ProxyLedger | null
}

class Fleet implements RunningFleet {
  forkUrls: readonly URL[] = []
  adminPort = 0
  grpcPort = 0
  readonly #crew: Crew
  readonly #host: Host
  readonly #calls: CallBook
  readonly #nats: NatsDirectory | null
  readonly #service: ControlService
  readonly #ports: ControlPorts
  readonly #ownPage: () => MetricPage
  readonly #unwatch: () => void
  #source: WorkerSource
  #state: HostState = { isSplit: false, isLedgerWritable: true }
  #timer: NodeJS.Timeout | undefined
  #isDraining = false

  constructor(
    private readonly options: FleetOptions,
    private readonly parts: FleetParts,
  ) {
    const { clock, metrics } = parts
    this.#source = options.source
    this.#crew = this.#createCrew()
    this.#host = this.#createHost()
    this.#calls = hostCalls(this.#host, this.#crew)
    this.#nats = this.#createNats()
    this.#service = this.#createService()
    this.#ports = this.#createPorts()
    this.#ownPage = metricPageOf(
      metrics,
      () => ({
        ...noCallGauges,
        ledger: parts.ledger?.figures ?? noLedgerFigures,
        directory: this.#directory.figures(),
      }),
      nodeRuntime(version()),
    )
    this.#unwatch = watchEventLoop(clock, metrics)
  }

  get callCount(): number {
    return this.#host.streams.size
  }

  async start(): Promise<void> {
    await this.#nats?.start(this.#host)
    Object.assign(this, await this.#ports.listen())
    this.#state = this.#stateNow()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    await this.#crew.start()
  }

  async drain(waitMs: number): Promise<void> {
    this.#isDraining = true
    await this.#crew.drain(waitMs)
    clearInterval(this.#timer)
    await this.#ports.close()
    await this.#directory.close()
    await this.parts.ledger?.close()
    this.#unwatch()
  }

  async replaceAll(source: WorkerSource, waitMs: number): Promise<boolean> {
    const before = this.#source
    this.#source = source
    const isDone = await this.#crew.replaceAll(waitMs)
    if (!isDone) this.#source = before
    return isDone
  }

  admit(admin: AdminConfig, inForce: ConfigInForce): void {
    this.#service.admit(accessOf(admin))
    this.noteConfig(inForce)
  }

  noteConfig(inForce: ConfigInForce): void {
    this.parts.ledger?.configChanged(inForce)
  }

  #createCrew(): Crew {
    const { size, log, started } = this.options
    return new Crew({
      size,
      clock: this.parts.clock,
      log,
      setup: (number) => ({ kind: 'setup', setup: this.#setupOf(number) }),
      started,
      said: (member, message) => this.#said(member, message),
      gone: ({ number }, departure) => {
        this.#host.gone(number)
        if (departure !== 'not-started') this.parts.ledger?.gone(number, `process-${departure}`)
        if (departure === 'crashed' || departure === 'hung') this.parts.metrics.processCrashed(departure)
      },
    })
  }

  #createHost(): Host {
    return new Host({
      workers: {
        tell: (word, except) => this.#crew.tell(word, except),
        ask: async (worker, signal) => (await this.#crew.memberOf(worker)?.ask('signal', signal)) ?? null,
      },
      outside: {
        kept: (record, leftMs) => this.#directory.kept(record, leftMs),
        over: (record) => this.#directory.over(record),
        endedEarly: (end) => this.#directory.endedEarly?.(end),
        tell: (stream) => this.#nats?.tell(stream),
        untell: (stream) => this.#nats?.untell(stream),
      },
      nowMs: () => this.parts.clock.nowMs(),
    })
  }

  #createNats(): NatsDirectory | null {
    const { nats, log } = this.options
    if (nats === undefined) return null
    const { clock, metrics } = this.parts
    return new NatsDirectory(nats, {
      registry: this.#host,
      clock,
      log,
      metrics,
      calls: (wanted) => wantedOf(this.#calls, wanted),
      stateChanged: () => this.#tellState(),
    })
  }

  #createService(): ControlService {
    const { admin, onDrainRequested } = this.options
    const { clock, metrics, ledger } = this.parts
    const host = this.#host
    return new ControlService({
      access: accessOf(admin),
      router: new DirectoryRouter({
        registry: host,
        control: host,
        peers: this.#directory,
        nowMs: () => clock.nowMs(),
      }),
      calls: fleetCalls(this.#calls, this.#directory, clock),
      forks: hostTaker(host, this.#crew),
      uses: this.#nats?.uses ?? localUses(),
      clock,
      metrics,
      ledger: ledger ?? noLedger,
      reader: ledger?.reader ?? null,
      drain() {
        onDrainRequested?.()
        return host.streams.size
      },
    })
  }

  #createPorts(): ControlPorts {
    const { admin, adminTls, log } = this.options
    return new ControlPorts({
      admin,
      tls: adminTls ?? null,
      service: this.#service,
      clock: this.parts.clock,
      log,
      prometheus: mergedMetrics(async () => [
        this.#ownPage(),
        ...(await this.#askPages()),
        this.#crew.counted,
      ]),
      version: version(),
      readiness: () => this.#readiness,
    })
  }

  /** One process that can take calls is enough: the others' threads are back in a moment, or the whole process is. */
  get #readiness(): Readiness {
    const { ready } = this.#crew
    if (this.#isDraining || ready.length === 0) return 'draining'
    return ready.some(({ isListenedTo }) => isListenedTo) ? 'ready' : 'nobody-listens'
  }

  get #directory(): Directory {
    return this.#nats ?? noDirectory
  }

  #said(member: Member, message: FromWorker): void {
    switch (message.kind) {
      case 'kept':
      case 'over':
      case 'ended-early':
        this.#host.heard(message, member.number)
        return
      case 'announced':
        this.#host.announced({ ...message.stream, worker: member.number })
        return
      case 'withdrawn':
        this.#host.withdrawn(member.number, message.key)
        return
      case 'nonce':
        this.#crew.tell(message, member.number)
        return
      case 'ledger':
        this.parts.ledger?.appendFrom(member.number, message.entry)
        return
      case 'ready':
        this.forkUrls = message.forkUrls.map((url) => new URL(url))
    }
  }

  #setupOf(number: number): WorkerSetup {
    return {
      ...this.#source,
      number,
      processes: this.options.size,
      version: version(),
      kept: this.#host.all(),
      earlyEnds: this.#host.earlyEnds,
      state: this.#state,
    }
  }

  /** Every worker's figures; of one that does not answer in time those that it gave last. */
  #askPages(): Promise<MetricPage[]> {
    const members = [...this.#crew.members].filter(({ state }) => state === 'ready' || state === 'retiring')
    return Promise.all(
      members.map(async (member) => {
        member.page = (await member.ask('page', null)) ?? member.page
        return member.page
      }),
    )
  }

  #stateNow(): HostState {
    return {
      isSplit: this.#directory.state === 'split',
      isLedgerWritable: (this.parts.ledger ?? noLedger).isWritable,
    }
  }

  #tellState(): void {
    const state = this.#stateNow()
    const { isSplit, isLedgerWritable } = this.#state
    if (state.isSplit === isSplit && state.isLedgerWritable === isLedgerWritable) return
    this.#state = state
    this.#crew.tell({ kind: 'state', state })
  }

  #tick(): void {
    this.#crew.look()
    this.#host.expire()
    this.#tellState()
    // So that hardly anything is forgotten of a worker that crashes.
    void this.#askPages()
  }
}
