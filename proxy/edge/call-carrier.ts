/** What carries the calls of one process: the forks' ports, the sessions, who signals to them, and their figures. */
import { mkdir } from 'node:fs/promises'
import type { Clock } from '../base/clock.js'
import { prepareOpusDecoders } from '../codecs/opus/decoder-pool.io.js'
import type { LeakCheckOptions } from '../config/schema.js'
import { prepareSpotter } from '../detectors/speech/recognizers/embedded/embedded.js'
import {
  isListenedTo,
  processThreads,
  threadsOfHost,
} from '../detectors/speech/recognizers/embedded/worker-pool.io.js'
import type { Directory } from '../directory/directory.js'
import type { Ledger } from '../ledger/ledger.js'
import type { CallGauges, LinkState } from '../metrics/gauge-source.js'
import type { ProxyMetrics } from '../metrics/metrics.js'
import { stepKinds } from '../policy/signal.js'
import type { CallRegistry } from '../session/call-registry.js'
import type { CallSession } from '../session/call-session.js'
import { ControlPlane } from '../session/control-plane.js'
import type { Readiness } from './admin-server.js'
import { ErasureClient } from './erasure-client.js'
import { watchEventLoop } from './event-loop-watch.js'
import type { Fork } from './fork-connection.js'
import type { EngineOptions } from './fork-listener.js'
import { ForkServer } from './fork-server.js'
import { type CallBook, localCalls } from './local-calls.js'
import type { Log } from './log.js'
import { type ForkTaker, forkTaker } from './pbx-dialer.js'

export interface CarrierOptions {
  readonly listen: EngineOptions & {
    readonly host: string
    readonly port: number
    readonly pauseMs?: number
  }
  readonly forks: readonly Fork[]
  readonly callsMax: number
  readonly recordingsDirectory: string
  /** Threads that listen for spoken numbers, where a policy has the spotter listen. Left out: as many as a host has. */
  readonly speechThreads?: number
  /** New calls are refused while nothing can be written to the ledger. */
  readonly refusesWithoutLedger: boolean
  /** Left out: nothing that was sent is looked at again. */
  readonly leakCheck?: LeakCheckOptions | undefined
}

export interface CarrierParts {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: ProxyMetrics
  readonly directory: Directory
  readonly ledger: Ledger
  readonly registry: CallRegistry
}

/** Decoders made ready before the first call: Opus is rare among the forks, and each costs tens of kilobytes. */
const OPUS_DECODERS_READY = 8

export class CallCarrier {
  readonly registry: CallRegistry
  readonly control: ControlPlane
  readonly calls: CallBook
  readonly taker: ForkTaker
  readonly #server: ForkServer
  readonly #erasures: ErasureClient
  readonly #unwatch: () => void

  constructor(
    private readonly options: CarrierOptions,
    private readonly parts: CarrierParts,
  ) {
    const { registry, directory, clock, metrics } = parts
    this.registry = registry
    this.control = new ControlPlane(registry, directory)
    this.calls = localCalls(registry, clock)
    this.#erasures = new ErasureClient(parts)
    this.#server = new ForkServer(options, {
      ...parts,
      control: this.control,
      recordingsDirectory: options.recordingsDirectory,
      erasures: this.#erasures,
      ...(options.leakCheck !== undefined && { leakCheck: options.leakCheck }),
    })
    this.taker = forkTaker(options.forks, this.#server)
    this.#unwatch = watchEventLoop(clock, metrics)
  }

  /** Of a process that has been prepared. */
  get readiness(): Readiness {
    if (this.#server.isDraining) return 'draining'
    return isListenedTo() ? 'ready' : 'nobody-listens'
  }

  /** Makes ready what the first call would wait for. Rejects with REDACT_ERR_SPEECH. */
  async prepare(): Promise<void> {
    const { forks, recordingsDirectory, speechThreads = threadsOfHost() } = this.options
    if (forks.some(({ policy }) => policy.detectors.speech.recognizers.embedded !== null))
      await prepareSpotter(speechThreads)
    if (forks.some(({ recorder }) => recorder === 'embedded'))
      await mkdir(recordingsDirectory, { recursive: true, mode: 0o700 })
    await prepareOpusDecoders(OPUS_DECODERS_READY)
  }

  /** Opens the forks' ports; each fork's address with the port that it has got. Rejects with REDACT_ERR_LISTEN. */
  listen(): Promise<URL[]> {
    return this.#server.listen()
  }

  /** As ForkServer.drain(). */
  drain(waitMs: number, isReplaced = false): Promise<void> {
    return this.#server.drain(waitMs, isReplaced)
  }

  /** What the recorders are still asked, is asked no more. */
  async close(): Promise<void> {
    await this.#erasures.close()
    this.#unwatch()
  }

  /** What only the running calls can tell; each is looked at once. */
  gauges(): CallGauges {
    const nowMs = this.parts.clock.nowMs()
    const counts = new Map(this.options.forks.map((fork) => [fork, 0]))
    const oldestOpenSpanSeconds = Object.fromEntries(stepKinds.map((kind) => [kind, 0]))
    const recorderLinks: Record<LinkState, number> = { connecting: 0, open: 0, lost: 0 }
    let recorderBacklogBytes = 0
    let heldBytes = 0
    for (const connection of this.#server.connections) {
      const { session, link } = connection
      if (connection.isCall) counts.set(connection.fork, (counts.get(connection.fork) ?? 0) + 1)
      if (link.state !== 'closed') recorderLinks[link.state]++
      recorderBacklogBytes += link.queuedBytes
      heldBytes += session.heldBytes
      if (session.openSinceMs() !== Infinity) noteOpen(session, nowMs, oldestOpenSpanSeconds)
    }
    return {
      calls: Array.from(counts, ([{ dialect, tenant }, count]) => ({ dialect: dialect.name, tenant, count })),
      processes: 1,
      speechThreads: processThreads(),
      oldestOpenSpanSeconds,
      recorderBacklogBytes,
      recorderLinks,
      heldBytes,
    }
  }
}

/** A session has steps open: how old the oldest of each kind is. */
const noteOpen = (session: CallSession, nowMs: number, oldestSeconds: Record<string, number>): void => {
  for (const kind of stepKinds) {
    const sinceMs = session.openSinceMs(kind)
    if (sinceMs === Infinity) continue
    oldestSeconds[kind] = Math.max(oldestSeconds[kind]!, (nowMs - sinceMs) / 1000)
  }
}
