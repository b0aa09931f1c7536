/**
 * Takes forks, whatever they come over. WebSocket forks share one port and have a path each; every other fork has a port.
 * Credentials and limits are checked here, for all of them, before any recorder is dialled.
 */
import { randomBytes } from 'node:crypto'
import { RedactError } from '../base/errors.js'
import { schemesOf, transportOf } from '../dialects/transport.js'
import type { Handshake } from '../media/wire.js'
import { admits } from '../policy/schedule.js'
import { authContext } from './auth-context.js'
import { type Fork, ForkConnection, type ForkServices } from './fork-connection.js'
import { GrpcListener } from './fork-server-grpc.js'
import { TcpListener } from './fork-server-tcp.js'
import { WebSocketListener } from './fork-server-ws.js'
import {
  CLOSE_MS_MAX,
  type ForkGate,
  type ForkListener,
  type ForkSocket,
  type ForkSocketHandler,
  type Refusal,
} from './fork-socket.js'
import { errorCodeOf } from './log.js'
import type { TlsFiles } from './socket-server.js'

export interface ForkServerOptions {
  readonly forks: readonly Fork[]
  readonly callsMax: number
  /** Where the WebSocket forks are, and with what certificate all of them. */
  readonly listen: { readonly host: string; readonly port: number; readonly tls: TlsFiles | null }
}

/** Time passes for every call at this pace, ms: the resolution of deadlines. One timer per process. */
const TICK_MS = 20

export class ForkServer implements ForkGate {
  readonly #connections = new Set<ForkConnection>()
  readonly #listeners: ForkListener[] = []
  #timer: NodeJS.Timeout | undefined
  #lastExpiryMs = 0
  #isDraining = false

  constructor(
    private readonly options: ForkServerOptions,
    private readonly services: ForkServices,
  ) {}

  get connections(): ReadonlySet<ForkConnection> {
    return this.#connections
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  /** Listens; returns each fork's address with the port that it has got. Rejects with REDACT_ERR_LISTEN. */
  async listen(): Promise<URL[]> {
    const { forks, listen } = this.options
    const sharing = forks.filter((fork) => 'path' in fork)
    const sharedPort =
      sharing.length === 0
        ? 0
        : await this.#listen(new WebSocketListener(sharing, listen.tls, this, this.services), listen)
    const urls: URL[] = []
    for (const fork of forks)
      urls.push(
        'path' in fork
          ? this.#urlOf(fork, listen.host, sharedPort, fork.path)
          : this.#urlOf(fork, fork.host, await this.#listen(this.#listenerOf(fork), fork), ''),
      )
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    return urls
  }

  async #listen(listener: ForkListener, { host, port }: { host: string; port: number }): Promise<number> {
    const bound = await listener.listen(host, port)
    this.#listeners.push(listener)
    return bound
  }

  #listenerOf(fork: Fork): ForkListener {
    const transport = transportOf(fork.dialect)
    const { tls } = this.options.listen
    switch (transport.kind) {
      case 'websocket':
        throw new RedactError('REDACT_ERR_INVARIANT', 'a fork on WebSocket has a path')
      case 'tcp':
        return new TcpListener(fork, transport, tls, this, this.services)
      case 'grpc':
        return new GrpcListener(fork, transport, tls, this, this.services)
      default: {
        const never: never = transport
        throw new Error(String(never))
      }
    }
  }

  #urlOf({ dialect }: Fork, host: string, port: number, path: string): URL {
    const [plain, encrypted] = schemesOf[transportOf(dialect).kind]
    const scheme = this.options.listen.tls === null ? plain : encrypted
    // A URL has no place for the zone of an IPv6 address.
    const name = host.includes(':') ? `[${host.replace(/%.*/, '')}]` : host
    return new URL(`${scheme}//${name}:${port}${path}`)
  }

  /** Takes no new call, waits for the live ones up to a bound, then ends them: judged, handed over, closed. */
  async drain(waitMs: number): Promise<void> {
    this.#isDraining = true
    for (const listener of this.#listeners) listener.stop()
    await this.#until(() => this.#connections.size === 0, waitMs)
    for (const connection of this.#connections) connection.shutDown()
    await this.#until(() => this.#connections.size === 0, CLOSE_MS_MAX)
    clearInterval(this.#timer)
    for (const listener of this.#listeners) listener.destroy()
  }

  refusalOf(fork: Fork, handshake: Handshake): Refusal | null {
    const refusal = this.#refusalOf(fork, handshake)
    if (refusal !== null) this.services.metrics.refused(refusal.kind)
    return refusal
  }

  #refusalOf(fork: Fork, handshake: Handshake): Refusal | null {
    if (this.#isDraining) return { kind: 'draining' }
    if (this.#connections.size >= this.options.callsMax) return { kind: 'too-many-calls' }
    if (!admits(fork.policy, this.services.clock.epochMs())) return { kind: 'outside-hours' }
    const { dialect, dialectOptions } = fork
    const verdict = dialect.authenticate(handshake, dialectOptions, authContext(this.services.clock))
    if (verdict.kind === 'accepted') return null
    this.services.log.warn({ dialect: dialect.name, reason: verdict.reason }, 'fork refused')
    return { kind: 'credentials', status: verdict.status }
  }

  take(fork: Fork, handshake: Handshake, socket: ForkSocket): ForkSocketHandler | null {
    const id = randomBytes(4).toString('hex')
    try {
      const over = (done: ForkConnection): void => void this.#connections.delete(done)
      const connection = new ForkConnection(id, fork, handshake, socket, this.services, over)
      this.#connections.add(connection)
      return connection
    } catch (error) {
      this.services.log.error({ connection: id, code: errorCodeOf(error) }, 'a fork could not be taken')
      socket.close(1011)
      return null
    }
  }

  async #until(isDone: () => boolean, waitMs: number): Promise<void> {
    const endMs = this.services.clock.nowMs() + waitMs
    while (!isDone() && this.services.clock.nowMs() < endMs)
      await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }

  #tick(): void {
    const nowMs = this.services.clock.nowMs()
    for (const connection of this.#connections) connection.tick(nowMs)
    if (nowMs - this.#lastExpiryMs < 1000) return
    this.#lastExpiryMs = nowMs
    this.services.control.expire(nowMs)
  }
}
