import { readFileSync } from 'node:fs'
import { refusals } from '../access/refusal.js'
import { localUses } from '../access/uses.js'
import type { Clock } from '../base/clock.js'
import { inPackage } from '../base/package-file.js'
import { detectors } from '../detectors/index.js'
import { type Directory, noDirectory } from '../directory/directory.js'
import { askResults, NatsDirectory } from '../directory/nats-directory.io.js'
import type { NatsOptions } from '../directory/options.js'
import { DirectoryRouter } from '../directory/router.js'
import { noLedger } from '../ledger/ledger.js'
import { noLedgerFigures } from '../metrics/gauge-source.js'
import { ProxyMetrics } from '../metrics/metrics.js'
import { spanKinds, stepKinds } from '../policy/signal.js'
import { CallRegistry } from '../session/call-registry.js'
import { signalResults } from '../session/signal.js'
import { type AdminConfig, accessOf } from './admin-access.js'
import type { AdminTls } from './admin-server.js'
import { CallCarrier, type CarrierOptions } from './call-carrier.js'
import { ControlPorts } from './control-ports.js'
import { ControlService } from './control-service.js'
import { fleetCalls, wantedOf } from './local-calls.js'
import type { Log } from './log.js'
import { createMetricsRegistry, nodeRuntime } from './prometheus.js'
import { type ConfigInForce, ProxyLedger, type ProxyLedgerOptions } from './proxy-ledger.js'
import { systemClock } from './system-clock.js'

export interface ProxyOptions extends Omit<CarrierOptions, 'refusesWithoutLedger'> {
  readonly admin: AdminConfig
  /** The files that `admin.tls` names. */
  readonly adminTls?: AdminTls | null
  /** Left out: none is kept. */
  readonly ledger?: ProxyLedgerOptions
  /** How processes find each other's calls. Left out: this one is alone. */
  readonly nats?: NatsOptions | undefined
  /** The pace at which processes make sure of each other, ms. Left out: two seconds. */
  readonly beatMs?: number | undefined
  readonly log: Log
  readonly clock?: Clock
  /** Whoever holds the scope asks the process to drain, as SIGTERM does. */
  readonly onDrainRequested?: () => void
}

export interface RunningProxy {
  /** Where the forks are, in their order, with the ports that they have got. */
  readonly forkUrls: readonly URL[]
  readonly adminPort: number
  /** Of the API over gRPC; 0 where there is none. */
  readonly grpcPort: number
  readonly metrics: ProxyMetrics
  readonly callCount: number
  /** Others may use the API from now on: those of this section, of which nothing else is looked at. The ledger is told. */
  admit(admin: AdminConfig, inForce: ConfigInForce): void
  /** Takes no new call, waits up to `waitMs` for the live ones, ends them, stops. */
  drain(waitMs: number): Promise<void>
}

/** Opens every port. Rejects with REDACT_ERR_LISTEN when one cannot be had. */
export const startProxy = async (options: ProxyOptions): Promise<RunningProxy> => {
  const { admin, log } = options
  const clock = options.clock ?? systemClock
  const metrics = new ProxyMetrics(knownLabels())
  const registry = new CallRegistry()
  const nats =
    options.nats === undefined
      ? null
      : new NatsDirectory(options.nats, {
          registry,
          clock,
          log,
          metrics,
          calls: (wanted) => wantedOf(carrier.calls, wanted),
          beatMs: options.beatMs,
        })
  const directory: Directory = nats ?? noDirectory
  const ledger = await ProxyLedger.open(options.ledger, version(), { clock, log, metrics })
  const carrier: CallCarrier = new CallCarrier(
    { ...options, refusesWithoutLedger: options.ledger?.onUnwritable === 'refuse-calls' },
    { clock, log, metrics, registry, directory, ledger: ledger ?? noLedger },
  )
  const service = new ControlService({
    access: accessOf(admin),
    router: new DirectoryRouter({
      registry,
      control: carrier.control,
      peers: directory,
      nowMs: () => clock.nowMs(),
    }),
    calls: fleetCalls(carrier.calls, directory, clock),
    forks: carrier.taker,
    uses: nats?.uses ?? localUses(),
    clock,
    metrics,
    ledger: ledger ?? noLedger,
    reader: ledger?.reader ?? null,
    drain() {
      options.onDrainRequested?.()
      return registry.streams.size
    },
  })
  const gauges = () => ({
    ...carrier.gauges(),
    ledger: ledger?.figures ?? noLedgerFigures,
    directory: directory.figures(),
  })
  const ports = new ControlPorts({
    admin,
    tls: options.adminTls ?? null,
    service,
    clock,
    log,
    prometheus: createMetricsRegistry(metrics, gauges, nodeRuntime(version())),
    version: version(),
    readiness: () => carrier.readiness,
  })
  const stop = async (waitMs: number): Promise<void> => {
    await carrier.drain(waitMs)
    await ports.close()
    await carrier.close()
    await directory.close()
    await ledger?.close()
  }
  try {
    await carrier.prepare()
    await directory.start(carrier.control)
    const { adminPort, grpcPort } = await ports.listen()
    const forkUrls = await carrier.listen()
    return {
      forkUrls,
      adminPort,
      grpcPort,
      metrics,
      get callCount() {
        return registry.streams.size
      },
      admit(next, inForce) {
        service.admit(accessOf(next))
        ledger?.configChanged(inForce)
      },
      drain: stop,
    }
  } catch (error) {
    await stop(0)
    throw error
  }
}

/** The package's version. */
export const version = (): string =>
  (JSON.parse(readFileSync(inPackage('package.json'), 'utf8')) as { version: string }).version

/** What counts at 0 from the first scrape, so that the first increase is seen as one. */
export const knownLabels = () => ({
  reasons: [
    ...Object.keys(detectors),
    'digit',
    ...spanKinds,
    'consent',
    'schedule',
    'split',
    'deadline',
    'undecodable-audio',
    'overlapping-audio',
  ],
  steps: stepKinds,
  detectors: Object.keys(detectors),
  triggers: Object.keys(detectors),
  results: signalResults,
  askResults,
  requestRefusals: Object.keys(refusals),
  refusals: [
    'unknown-path',
    'draining',
    'too-many-calls',
    'overloaded',
    'outside-hours',
    'ledger',
    'credentials',
    'no-call',
    'address',
  ],
})
