import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { refusals } from '../access/refusal.js'
import type { Clock } from '../base/clock.js'
import { prepareOpusDecoders } from '../codecs/opus/decoder-pool.io.js'
import type { LeakCheckOptions } from '../config/schema.js'
import { detectors } from '../detectors/index.js'
import { type Directory, noDirectory } from '../directory/directory.js'
import { askResults, NatsDirectory } from '../directory/nats-directory.io.js'
import type { NatsOptions } from '../directory/options.js'
import { DirectoryRouter } from '../directory/router.js'
import { noLedger } from '../ledger/ledger.js'
import type { GaugeSource, LinkState } from '../metrics/gauge-source.js'
import { ProxyMetrics } from '../metrics/metrics.js'
import { type StepKind, spanKinds, stepKinds } from '../policy/signal.js'
import { CallRegistry } from '../session/call-registry.js'
import { ControlPlane } from '../session/control-plane.js'
import { signalResults } from '../session/signal.js'
import { type AdminConfig, authenticatorOf, webhooksOf } from './admin-access.js'
import { type AdminTls, createAdminServer, listenAdmin } from './admin-server.js'
import { ControlService } from './control-service.js'
import { ErasureClient } from './erasure-client.js'
import { watchEventLoop } from './event-loop-watch.js'
import type { Fork } from './fork-connection.js'
import { ForkServer } from './fork-server.js'
import { type ControlServer, createControlServer } from './grpc/control-server.js'
import { localCalls } from './local-calls.js'
import type { Log } from './log.js'
import { forkTaker } from './pbx-dialer.js'
import { createMetricsRegistry, nodeRuntime } from './prometheus.js'
import { ProxyLedger, type ProxyLedgerOptions } from './proxy-ledger.js'
import type { TlsFiles } from './socket-server.js'
import { systemClock } from './system-clock.js'

export interface ProxyOptions {
  readonly listen: {
    readonly host: string
    readonly port: number
    readonly tls: TlsFiles | null
  }
  readonly admin: AdminConfig
  /** The files that `admin.tls` names. */
  readonly adminTls?: AdminTls | null
  readonly forks: readonly Fork[]
  readonly callsMax: number
  readonly recordingsDirectory: string
  /** Left out: nothing that was sent is looked at again. */
  readonly leakCheck?: LeakCheckOptions
  /** Left out: none is kept. */
  readonly ledger?: ProxyLedgerOptions
  /** How processes find each other's calls. Left out: this one is alone. */
  readonly nats?: NatsOptions | undefined
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
  /** Takes no new call, waits up to `waitMs` for the live ones, ends them, stops. */
  drain(waitMs: number): Promise<void>
}

/** Decoders made ready before the first call: Opus is rare among the forks, and each costs tens of kilobytes. */
const OPUS_DECODERS_READY = 8

/** Opens every port. Rejects with REDACT_ERR_LISTEN when one cannot be had. */
export const startProxy = async (options: ProxyOptions): Promise<RunningProxy> => {
  const clock = options.clock ?? systemClock
  const metrics = new ProxyMetrics(knownLabels())
  const registry = new CallRegistry()
  const directory =
    options.nats === undefined
      ? noDirectory
      : new NatsDirectory(options.nats, { registry, clock, log: options.log, metrics })
  const control = new ControlPlane(registry, directory)
  if (options.forks.some(({ recorder }) => recorder === 'embedded'))
    await mkdir(options.recordingsDirectory, { recursive: true, mode: 0o700 })
  await prepareOpusDecoders(OPUS_DECODERS_READY)

  const { log, recordingsDirectory } = options
  const ledger = await ProxyLedger.open(options.ledger, version(), { clock, log, metrics })

  const erasures = new ErasureClient({ clock, log, metrics, ledger: ledger ?? noLedger })

  const forkServer = new ForkServer(
    {
      forks: options.forks,
      callsMax: options.callsMax,
      listen: options.listen,
      refusesWithoutLedger: options.ledger?.onUnwritable === 'refuse-calls',
    },
    {
      clock,
      log,
      metrics,
      registry,
      control,
      directory,
      recordingsDirectory,
      ledger: ledger ?? noLedger,
      erasures,
      ...(options.leakCheck !== undefined && { leakCheck: options.leakCheck }),
    },
  )
  const service = new ControlService({
    authenticator: authenticatorOf(options.admin),
    mintKeys: options.admin.mintKeys,
    router: new DirectoryRouter({ registry, control, peers: directory, nowMs: () => clock.nowMs() }),
    calls: localCalls(registry, clock),
    forks: forkTaker(options.forks, forkServer),
    clock,
    metrics,
    ledger: ledger ?? noLedger,
    drain() {
      options.onDrainRequested?.()
      return registry.streams.size
    },
  })
  const adminServer = createAdminServer({
    service,
    webhooks: webhooksOf(options.admin),
    origins: options.admin.origins,
    tls: options.adminTls ?? null,
    clock,
    prometheus: createMetricsRegistry(
      metrics,
      gaugesOf(forkServer, options.forks, { ledger, directory }, clock),
      nodeRuntime(version()),
    ),
    version: version(),
    isReady: () => !forkServer.isDraining,
  })
  const grpc = grpcServerOf(options, service, () => !forkServer.isDraining)
  const unwatch = watchEventLoop(clock, metrics)
  try {
    await directory.start(control)
    const adminPort = await listenAdmin(adminServer, options.admin.host, options.admin.port)
    const { grpc: place, host } = options.admin
    const grpcPort = place === undefined ? 0 : await grpc!.listen(host, place.port)
    const forkUrls = await forkServer.listen()
    return {
      forkUrls,
      adminPort,
      grpcPort,
      metrics,
      get callCount() {
        return registry.streams.size
      },
      async drain(waitMs) {
        await forkServer.drain(waitMs)
        await adminServer.close()
        await erasures.close()
        grpc?.close()
        await directory.close()
        await ledger?.close()
        unwatch()
      },
    }
  } catch (error) {
    await forkServer.drain(0)
    await adminServer.close()
    grpc?.close()
    await directory.close()
    await ledger?.close()
    unwatch()
    throw error
  }
}

/** The API over gRPC, where it is wanted: the same certificate and client certificates as over HTTP. */
const grpcServerOf = (
  { admin, adminTls, log }: ProxyOptions,
  service: ControlService,
  isReady: () => boolean,
): ControlServer | null => {
  if (admin.grpc === undefined) return null
  return createControlServer({ service, tls: adminTls ?? null, log, isReady })
}

/** The package's version. The file lies two folders above dist/proxy/edge as well as above proxy/edge, less `dist`. */
export const version = (): string => {
  for (const path of ['../../package.json', '../../../package.json'])
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version
    } catch {
      // the other one, then
    }
  return 'unknown'
}

/** What counts at 0 from the first scrape, so that the first increase is seen as one. */
const knownLabels = () => ({
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
    'outside-hours',
    'ledger',
    'credentials',
    'no-call',
  ],
})

const gaugesOf = (
  server: ForkServer,
  forks: readonly Fork[],
  { ledger, directory }: { readonly ledger: ProxyLedger | null; readonly directory: Directory },
  clock: Clock,
): GaugeSource => ({
  calls() {
    const counts = new Map<string, { dialect: string; tenant: string; count: number }>()
    const at = (dialect: string, tenant: string) => {
      const key = `${dialect} ${tenant}`
      const entry = counts.get(key) ?? { dialect, tenant, count: 0 }
      counts.set(key, entry)
      return entry
    }
    for (const { dialect, tenant } of forks) at(dialect.name, tenant)
    for (const connection of server.connections)
      if (connection.isCall) at(connection.dialectName, connection.tenant).count++
    return counts.values()
  },
  oldestOpenSpanSeconds() {
    const secondsOf = (kind: StepKind): number => {
      let oldestMs = Infinity
      for (const { session } of server.connections) oldestMs = Math.min(oldestMs, session.openSinceMs(kind))
      return oldestMs === Infinity ? 0 : (clock.nowMs() - oldestMs) / 1000
    }
    return Object.fromEntries(stepKinds.map((kind) => [kind, secondsOf(kind)]))
  },
  recorderBacklogBytes() {
    let bytes = 0
    for (const { link } of server.connections) bytes += link.queuedBytes
    return bytes
  },
  recorderLinks() {
    const counts: Record<LinkState, number> = { connecting: 0, open: 0, lost: 0 }
    for (const { link } of server.connections) if (link.state !== 'closed') counts[link.state]++
    return counts
  },
  ledger: () => ledger?.figures ?? { sequence: 0, backlog: 0, copied: 0 },
  directory: () => directory.figures(),
  heldBytes() {
    let bytes = 0
    for (const { session } of server.connections) bytes += session.heldBytes
    return bytes
  },
})
