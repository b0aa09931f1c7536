/**
 * Accepts forks on WebSocket with ws: path, credentials and limits are checked before the upgrade is answered, and before
 * any recorder is dialled.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { HANDSHAKE_MS_MAX, MESSAGE_BYTES_MAX } from '../base/limits.js'
import type { Handshake, WireMessage } from '../media/wire.js'
import type { Fork } from './fork-connection.js'
import {
  CLOSE_MS_MAX,
  type ForkGate,
  type ForkListener,
  type ForkSocket,
  KEEP_ALIVE_MS,
  type ListenerServices,
} from './fork-socket.js'
import { listenOn, type TlsFiles } from './socket-server.js'

/** How often Node looks for handshakes that take too long, ms; left to itself it does every 30 s. */
const HANDSHAKE_CHECK_MS = 500

export class WebSocketListener implements ForkListener {
  readonly #http: Server
  readonly #ws: WebSocketServer
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
    }
    this.#http =
      tls === null
        ? createServer(limits)
        : createTlsServer({ ...limits, cert: tls.cert, key: tls.key, handshakeTimeout: HANDSHAKE_MS_MAX })
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
    const handshake = handshakeOf(request)
    const refusal = this.gate.refusalOf(fork, handshake)
    if (refusal === null) this.#accept(fork, request, handshake, socket, head)
    else refuse(socket, refusal.kind === 'credentials' ? refusal.status : 503)
  }

  #accept(fork: Fork, request: IncomingMessage, handshake: Handshake, socket: Duplex, head: Buffer): void {
    this.#ws.handleUpgrade(request, socket, head, (ws) => {
      ws.on('error', () => ws.terminate())
      if ('setKeepAlive' in socket)
        (socket as import('node:net').Socket).setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay(true)
      const handler = this.gate.take(fork, handshake, forkSocketOf(ws))
      if (handler === null) return
      ws.on('message', (data, isBinary) => handler.message({ data: data as Buffer, isBinary }))
      ws.on('close', (code) => handler.closed(code === 1000 || code === 1005))
    })
  }

  #selectProtocol(offered: Set<string>, request: IncomingMessage): string | false {
    const accepted = this.#byPath.get(pathOf(request))?.dialect.subprotocols ?? []
    const [first] = accepted === '*' ? offered : [...offered].filter((name) => accepted.includes(name))
    return first ?? false
  }
}

const refuse = (socket: Duplex, status: 401 | 403 | 404 | 503): void => {
  const text = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' }[status]
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
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
