/**
 * Accepts forks on WebSocket: path, credentials and limits are checked before the upgrade is answered, and before any
 * recorder is dialled.
 */
import { createServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { HANDSHAKE_MS_MAX } from '../base/limits.js'
import type { Handshake } from '../media/wire.js'
import { type TlsFiles, underTls } from './certificates.js'
import type { Fork } from './fork-connection.js'
import { type ForkGate, type ForkListener, KEEP_ALIVE_MS, type ListenerServices } from './fork-socket.js'
import { listenOn } from './socket-server.js'
import { WebSocketConnection } from './ws/connection.js'
import { closeCodes } from './ws/frame.js'
import {
  handshakeFault,
  handshakeOf,
  openingAnswer,
  statusOf,
  subprotocolOf,
  versionHeaders,
} from './ws/handshake.js'

/** How often Node looks for handshakes that take too long, ms; left to itself it does every 30 s. */
const HANDSHAKE_CHECK_MS = 500

export class WebSocketListener implements ForkListener {
  readonly #http: Server
  readonly #byPath: ReadonlyMap<string, Fork>

  constructor(
    forks: readonly (Fork & { readonly path: string })[],
    tls: TlsFiles | null,
    private readonly gate: ForkGate,
    private readonly services: ListenerServices,
  ) {
    this.#byPath = new Map(forks.map((fork) => [fork.path, fork]))
    const limits = {
      headersTimeout: HANDSHAKE_MS_MAX,
      requestTimeout: HANDSHAKE_MS_MAX,
      connectionsCheckingInterval: HANDSHAKE_CHECK_MS,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    }
    this.#http = tls === null ? createServer(limits) : encryptedServer(limits, tls)
    this.#http.on('request', (_request, response) => response.writeHead(426, { connection: 'close' }).end())
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#http.on('clientError', (_error, socket) => socket.destroy())
  }

  listen(host: string, port: number): Promise<number> {
    return listenOn(this.#http, host, port, this.services.log)
  }

  stop(): void {
    this.#http.close()
  }

  destroy(): void {
    this.#http.closeAllConnections()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const fork = this.#byPath.get(pathOf(request))
    if (fork === undefined) {
      this.services.metrics.refused('unknown-path')
      refuse(socket, 404)
      return
    }
    if (this.gate.refusesAddress(fork, request.socket.remoteAddress)) {
      refuse(socket, 403)
      return
    }
    const fault = handshakeFault(request)
    if (fault !== null) {
      refuse(socket, fault)
      return
    }
    const handshake = handshakeOf(request.url ?? '/', headersOf(request))
    const refusal = this.gate.refusalOf(fork, handshake)
    if (refusal === null) this.#accept(fork, request, handshake, socket as Socket, head)
    else refuse(socket, refusal.kind === 'credentials' ? refusal.status : 503)
  }

  #accept(fork: Fork, request: IncomingMessage, handshake: Handshake, socket: Socket, head: Buffer): void {
    socket.write(openingAnswer(request, subprotocolOf(fork.dialect.subprotocols, handshake.subprotocols)))
    const connection = new WebSocketConnection(socket, 'server')
    const handler = this.gate.take(fork, handshake, connection)
    connection.start(
      {
        message: (message) => handler?.message(message),
        settle: () => handler?.settle(),
        written: () => undefined,
        pong: () => undefined,
        closed: (code) => handler?.closed(code === closeCodes.normal || code === closeCodes.noStatus),
      },
      head,
    )
  }
}

const refuse = (socket: Duplex, status: number): void => {
  socket.once('finish', () => socket.destroy())
  const headers = [['Connection', 'close'], ['Content-Length', '0'], ...versionHeaders(status)]
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${statusOf(status)}\r\n${lines.join('')}\r\n`)
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0]!

const headersOf = (request: IncomingMessage): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  return headers
}

const encryptedServer = (limits: ServerOptions, tls: TlsFiles): Server => {
  const { cert, key } = tls
  const server = createTlsServer({ ...limits, cert, key, handshakeTimeout: HANDSHAKE_MS_MAX })
  underTls(tls, server)
  return server
}
