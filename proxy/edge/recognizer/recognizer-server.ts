/** recognizer.proto with the spotter built in behind it, so that speech can be listened to on other machines than those with the calls. */
import { type ServerDuplexStream, type ServerErrorResponse, status } from '@grpc/grpc-js'
import { bearerIn } from '../../access/authenticator.js'
import type { Clock } from '../../base/clock.js'
import { equalSecrets } from '../../base/secret.js'
import {
  closeWorkers,
  isListenedTo,
  prepareWorkers,
  processThreads,
  processWorkers,
} from '../../detectors/speech/recognizers/embedded/worker-pool.io.js'
import { recognizerService } from '../../detectors/speech/recognizers/grpc/service.io.js'
import { CounterFamily } from '../../metrics/families.js'
import { noCallGauges, noLedgerFigures } from '../../metrics/gauge-source.js'
import { LabelSet } from '../../metrics/label-set.js'
import { ProxyMetrics } from '../../metrics/metrics.js'
import { createHealthServer, listenAdmin, type Readiness } from '../admin-server.js'
import { renewTls, type TlsFiles } from '../certificates.js'
import { watchEventLoop } from '../event-loop-watch.js'
import { ServingHealth } from '../grpc/serving-health.js'
import { CANCEL_MS, createGrpcServer, type GrpcSockets, grpcSockets } from '../grpc/sockets.js'
import type { GrpcStatus } from '../grpc-status.js'
import type { Log } from '../log.js'
import { createRecognizerRegistry, nodeRuntime } from '../prometheus.js'
import { version } from '../proxy.js'
import { type ListenMessage, ListenStream } from './listen-stream.js'

export interface RecognizerServerOptions {
  readonly host: string
  readonly port: number
  /** With `ca`, clients must show a certificate that one of them has signed. */
  readonly tls: TlsFiles | null
  /** One of them must be shown; none: nobody is asked for one. */
  readonly tokens: readonly string[]
  readonly threads: number
  /** Streams at once. */
  readonly streamsMax: number
  /** A stream may last this long, ms. */
  readonly streamMsMax: number
  /** Metrics and health, over HTTP. */
  readonly admin: { readonly host: string; readonly port: number }
  readonly clock: Clock
  readonly log: Log
}

export interface RunningRecognizer {
  readonly port: number
  readonly adminPort: number
  readonly streamCount: number
  /** Whoever connects from now on sees this certificate and is held to these tokens; live streams go on. */
  renew(tls: TlsFiles | null, tokens: readonly string[]): void
  /** Takes no new stream, sends clients elsewhere, waits up to `waitMs` for the live ones, ends them, stops. The shortest wait counts. */
  drain(waitMs: number): Promise<void>
}

/** Bytes of a message: `open` with 1,200 phrases of 100 characters, 4 bytes each. */
const MESSAGE_BYTES_MAX = 512 * 1024
/** A proxy opens one for every 90 streams or so; whoever opens more waits. */
const CONNECTIONS_MAX = 1_024
/** Streams of one connection. */
const STREAMS_PER_CONNECTION_MAX = 1_000
/** Answers that wait for a client that does not read: at ten a second, half a minute. */
const ANSWERS_WAITING_MAX = 300
/** How often streams are told what has been heard, ms: half of the spotter's batch. */
const TICK_MS = 50
/** How often a drain looks whether the last stream has ended, ms. */
const DRAIN_LOOK_MS = 50
/** The last answers of a drain may take this long to leave, ms. */
const LAST_MS_MAX = 1_000

const NAME = 'embedded'
const SERVICE = 'hushfork.recognizer.v1.Recognizer'

type Call = ServerDuplexStream<ListenMessage, object>

/** Starts threads and listens. Rejects with REDACT_ERR_LISTEN, REDACT_ERR_SPEECH. */
export const startRecognizer = async (options: RecognizerServerOptions): Promise<RunningRecognizer> => {
  const server = new RecognizerServer(options)
  try {
    await server.start()
    return server
  } catch (error) {
    await server.drain(0)
    throw error
  }
}

class RecognizerServer implements RunningRecognizer {
  port = 0
  adminPort = 0
  readonly #streams = new Map<ListenStream, Call>()
  readonly #metrics = new ProxyMetrics()
  readonly #outcomes = new CounterFamily(new LabelSet(['done', 'cancelled', ...endings]))
  readonly #grpc = createGrpcServer(MESSAGE_BYTES_MAX, STREAMS_PER_CONNECTION_MAX)
  readonly #health = new ServingHealth(this.#grpc, [SERVICE])
  readonly #sockets: GrpcSockets
  readonly #admin: ReturnType<typeof createHealthServer>
  readonly #unwatch: () => void
  #timer: NodeJS.Timeout | undefined
  #tokens: readonly string[]
  #drainedByMs = Infinity
  #drained: Promise<void> | null = null

  constructor(private readonly options: RecognizerServerOptions) {
    this.#tokens = options.tokens
    this.#grpc.addService(
      { Listen: recognizerService().Listen },
      { Listen: (call: Call) => this.#listen(call) },
    )
    this.#sockets = grpcSockets(this.#grpc, {
      tls: options.tls,
      connectionsMax: CONNECTIONS_MAX,
      log: options.log,
    })
    this.#unwatch = watchEventLoop(options.clock, this.#metrics)
    this.#admin = createHealthServer({
      tls: null,
      prometheus: createRecognizerRegistry(
        this.#metrics,
        () => ({
          ...noCallGauges,
          ledger: noLedgerFigures,
          directory: { isTogether: true, backlog: 0 },
          speechThreads: processThreads(),
        }),
        { streams: () => this.#streams.size, outcomes: this.#outcomes },
        nodeRuntime(version()),
      ),
      readiness: () => this.#readiness,
    })
  }

  get streamCount(): number {
    return this.#streams.size
  }

  renew(tls: TlsFiles | null, tokens: readonly string[]): void {
    if (this.options.tls !== null && tls !== null) renewTls(this.options.tls, tls)
    this.#tokens = tokens
  }

  async start(): Promise<void> {
    const { host, port, admin, threads } = this.options
    await prepareWorkers(NAME, threads)
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    this.adminPort = await listenAdmin(this.#admin, admin.host, admin.port)
    this.port = await this.#sockets.listen(host, port)
  }

  drain(waitMs: number): Promise<void> {
    this.#drainedByMs = Math.min(this.#drainedByMs, this.options.clock.nowMs() + waitMs)
    this.#drained ??= this.#drain(waitMs)
    return this.#drained
  }

  get #isDraining(): boolean {
    return this.#drained !== null
  }

  get #readiness(): Readiness {
    if (this.#isDraining) return 'draining'
    return isListenedTo() ? 'ready' : 'nobody-listens'
  }

  async #drain(waitMs: number): Promise<void> {
    this.#health.isServing = false
    const gone = this.#sockets.drain(waitMs)
    while (this.#streams.size > 0 && this.options.clock.nowMs() < this.#drainedByMs)
      await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS))
    for (const [stream, call] of this.#streams) this.#end(stream, call, going)
    clearInterval(this.#timer)
    // What has been said last is still on its way.
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, LAST_MS_MAX).unref())])
    this.#sockets.close()
    await this.#admin.close()
    this.#unwatch()
    await closeWorkers()
  }

  #listen(call: Call): void {
    call.on('error', () => undefined)
    const refusal = this.#refusalOf(call)
    if (refusal !== null) {
      this.#outcomes.add(1, nameOf(refusal))
      call.emit('error', errorOf(refusal))
      return
    }
    const { clock, streamMsMax } = this.options
    const stream: ListenStream = new ListenStream(
      processWorkers(NAME, this.#metrics),
      {
        say: (answer) => {
          if (call.writableLength < ANSWERS_WAITING_MAX) call.write(answer)
          else this.#end(stream, call, unread)
        },
        ended: (outcome) => this.#end(stream, call, outcome),
      },
      streamMsMax,
      clock.nowMs(),
    )
    this.#streams.set(stream, call)
    call.on('data', (message: ListenMessage) => stream.receive(message, clock.nowMs()))
    call.on('end', () =>
      setTimeout(() => {
        if (!call.cancelled) stream.finish(clock.nowMs())
      }, CANCEL_MS),
    )
    call.on('cancelled', () => {
      if (!this.#streams.delete(stream)) return
      stream.close()
      this.#outcomes.add(1, 'cancelled')
    })
  }

  /** Who is not let in, and why; what is wrong with the credentials is not said. */
  #refusalOf(call: Call): GrpcStatus | null {
    const { tls, streamsMax } = this.options
    const tokens = this.#tokens
    if (tls?.ca != null && call.getAuthContext().sslPeerCertificate === undefined) return unknown
    const header = call.metadata.get('authorization')[0]
    const shown = typeof header === 'string' ? bearerIn(header) : ''
    // All are compared, so that it takes the same time whichever it is.
    if (tokens.length > 0 && tokens.filter((token) => equalSecrets(token, shown)).length === 0) return unknown
    if (this.#isDraining) return going
    return this.#streams.size >= streamsMax ? full : null
  }

  #tick(): void {
    const nowMs = this.options.clock.nowMs()
    for (const stream of this.#streams.keys()) stream.tick(nowMs)
    this.#health.isServing = this.#readiness === 'ready'
  }

  #end(stream: ListenStream, call: Call, outcome: GrpcStatus): void {
    if (!this.#streams.delete(stream)) return
    stream.close()
    this.#outcomes.add(1, outcome.code === status.OK ? 'done' : nameOf(outcome))
    if (outcome.code === status.OK) call.end()
    else call.emit('error', errorOf(outcome))
  }
}

/** How a stream may end otherwise than well, as it is counted. */
const endings = [
  'unauthenticated',
  'invalid_argument',
  'resource_exhausted',
  'deadline_exceeded',
  'out_of_range',
  'unavailable',
]

const nameOf = ({ code }: GrpcStatus): string => status[code].toLowerCase()

const errorOf = ({ code, details }: GrpcStatus): ServerErrorResponse => ({
  name: 'status',
  message: details,
  code,
  details,
})

const unknown: GrpcStatus = { code: status.UNAUTHENTICATED, details: 'credentials missing or wrong' }
const full: GrpcStatus = { code: status.RESOURCE_EXHAUSTED, details: 'too many streams' }
const unread: GrpcStatus = { code: status.RESOURCE_EXHAUSTED, details: 'answers are not read' }
const going: GrpcStatus = { code: status.UNAVAILABLE, details: 'going away' }
