/**
 * Accepts forks on WebSocket with ws: path, credentials and limits are checked before the upgrade is answered, and before
 * any recorder is dialled.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { RedactError } from '../base/errors.js'
import { HANDSHAKE_MS_MAX, MESSAGE_BYTES_MAX } from '../base/limits.js'
import type { Handshake, WireMessage } from '../media/wire.js'
import { authContext } from './auth-context.js'
import { type Fork, ForkConnection, type ForkServices } from './fork-connection.js'
import type { ForkSocket } from './fork-socket.js'
import { errorCodeOf } from './log.js'

export interface ForkServerOptions {
  readonly forks: readonly Fork[]
  readonly callsMax: number
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null
}

/** Time passes for every call at this pace, ms: the resolution of deadlines. One timer per process. */
const TICK_MS = 20
/** How often Node looks for handshakes that take too long, ms; left to itself it does every 30 s. */
const HANDSHAKE_CHECK_MS = 500
/** A PBX that does not answer a close within this long is cut off, ms. */
const CLOSE_MS_MAX = 5_000
/** First silence on a TCP connection after which the kernel asks whether the PBX is still there, ms. */
const KEEP_ALIVE_MS = 30_000

export class ForkServer {
  readonly #connections = new Set<ForkConnection>()
  readonly #http: Server
  readonly #ws: WebSocketServer
  readonly #byPath: ReadonlyMap<string, Fork>
  #timer: NodeJS.Timeout | undefined
  #lastExpiryMs = 0
  #isDraining = false

  constructor(
    private readonly options: ForkServerOptions,
    private readonly services: ForkServices,
  ) {
    this.#byPath = new Map(options.forks.map((fork) => [fork.path, fork]))
    const limits = {
      headersTimeout: HANDSHAKE_MS_MAX,
      requestTimeout: HANDSHAKE_MS_MAX,
      connectionsCheckingInterval: HANDSHAKE_CHECK_MS,
    }
    this.#http =
      options.tls === null
        ? createServer(limits)
        : createTlsServer({ ...limits, ...options.tls, handshakeTimeout: HANDSHAKE_MS_MAX })
    this.#http.on('request', (_request, response) => response.writeHead(426, { connection: 'close' }).end())
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#http.on('clientError', (_error, socket) => socket.destroy())
    this.#ws = new WebSocketServer({
      noServer: true,
      maxPayload: MESSAGE_BYTES_MAX,
      perMessageDeflate: false,
      clientTracking: false,
      handleProtocols: (offered, request) => this.#selectProtocol(offered, request),
    })
  }

  get connections(): ReadonlySet<ForkConnection> {
    return this.#connections
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  /** Listens; returns the port, which is another than asked for when that was 0. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error) => reject(listenError(error, host, port)))
      this.#http.listen(port, host, resolve)
    })
    // Out of file descriptors, for one: this connection cannot be had, the calls go on.
    this.#http.on('error', (error) => this.services.log.error({ code: errorCodeOf(error) }, 'cannot accept'))
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    return (this.#http.address() as AddressInfo).port
  }

  /** Takes no new call, waits for the live ones up to a bound, then ends them: judged, handed over, closed. */
  async drain(waitMs: number): Promise<void> {
    this.#isDraining = true
    this.#http.close()
    await this.#until(() => this.#connections.size === 0, waitMs)
    for (const connection of this.#connections) connection.shutDown()
    await this.#until(() => this.#connections.size === 0, CLOSE_MS_MAX)
    clearInterval(this.#timer)
    this.#http.closeAllConnections()
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

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const fork = this.#byPath.get(pathOf(request))
    if (fork === undefined) this.#refuse(socket, 404, 'unknown-path')
    else if (this.#isDraining) this.#refuse(socket, 503, 'draining')
    else if (this.#connections.size >= this.options.callsMax) this.#refuse(socket, 503, 'too-many-calls')
    else if (this.#isAuthentic(fork, request, socket)) this.#accept(fork, request, socket, head)
  }

  #isAuthentic(fork: Fork, request: IncomingMessage, socket: Duplex): boolean {
    const verdict = fork.dialect.authenticate(
      handshakeOf(request),
      fork.dialectOptions,
      authContext(this.services.clock),
    )
    if (verdict.kind === 'accepted') return true
    this.services.log.warn({ dialect: fork.dialect.name, reason: verdict.reason }, 'fork refused')
    this.#refuse(socket, verdict.status, 'credentials')
    return false
  }

  #accept(fork: Fork, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#ws.handleUpgrade(request, socket, head, (ws) => {
      ws.on('error', () => ws.terminate())
      if ('setKeepAlive' in socket)
        (socket as import('node:net').Socket).setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay(true)
      const id = randomBytes(4).toString('hex')
      try {
        const over = (done: ForkConnection): void => void this.#connections.delete(done)
        const connection = new ForkConnection(
          id,
          fork,
          handshakeOf(request),
          forkSocketOf(ws),
          this.services,
          over,
        )
        this.#connections.add(connection)
        ws.on('message', (data, isBinary) => connection.message({ data: data as Buffer, isBinary }))
        ws.on('close', (code) => connection.closed(code === 1000 || code === 1005))
      } catch (error) {
        this.services.log.error({ connection: id, code: errorCodeOf(error) }, 'a fork could not be taken')
        ws.close(1011)
      }
    })
  }

  #refuse(socket: Duplex, status: number, reason: string): void {
    this.services.metrics.refused(reason)
    const text = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' }[
      status
    ]
    socket.once('finish', () => socket.destroy())
    socket.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }

  #selectProtocol(offered: Set<string>, request: IncomingMessage): string | false {
    const accepted = this.#byPath.get(pathOf(request))?.dialect.subprotocols ?? []
    const [first] = accepted === '*' ? offered : [...offered].filter((name) => accepted.includes(name))
    return first ?? false
  }
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0]!

const handshakeOf = (request: IncomingMessage): Handshake => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  const offered = headers['sec-websocket-protocol'] ?? ''
  return {
    target: request.url ?? '/',
    headers,
    subprotocols: offered.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()])),
  }
}

const forkSocketOf = (ws: WebSocket): ForkSocket => ({
  get bufferedBytes() {
    return ws.bufferedAmount
  },
  send(message: WireMessage) {
    if (ws.readyState === ws.OPEN) ws.send(message.data, { binary: message.isBinary })
  },
  close(code) {
    if (ws.readyState >= ws.CLOSING) return
    ws.close(code)
    setTimeout(() => ws.terminate(), CLOSE_MS_MAX).unref()
  },
  destroy() {
    ws.terminate()
  },
})

const listenError = (error: NodeJS.ErrnoException, host: string, port: number): RedactError => {
  const why =
    error.code === 'EADDRINUSE'
      ? 'the port is in use: choose another'
      : `the system said ${errorCodeOf(error)}`
  return new RedactError('REDACT_ERR_LISTEN', `cannot listen on ${host}:${port}: ${why}`)
}
