/**
 * Accepts forks on WebSocket with uWebSockets.js, which reads and frames in C++: the same forks, credentials, limits and
 * answers as fork-server-ws.ts. What differs by its nature:
 *
 * - a handshake that takes too long is cut off when its own clock says so, after about half a minute instead of 5 s;
 * - a message over twice the limit is cut off without a close frame, and what is sent before the handshake is answered is not heard;
 * - a PBX that has gone silent is asked for a pong after two minutes, instead of the kernel asking for a TCP answer.
 */
import cluster from 'node:cluster'
import { RedactError } from '../base/errors.js'
import { MESSAGE_BYTES_MAX } from '../base/limits.js'
import type { Handshake, WireMessage } from '../media/wire.js'
import type { TlsPaths } from './certificates.js'
import type { Fork } from './fork-connection.js'
import type {
  ForkGate,
  ForkListener,
  ForkSocket,
  ForkSocketHandler,
  ListenerServices,
} from './fork-socket.js'
import { settleLater, settleOthers, settleWaiting } from './settling.js'
import { turns } from './turns.js'
import { closeCodes } from './ws/frame.js'
import { handshakeFault, handshakeOf, statusOf, subprotocolOf, versionHeaders } from './ws/handshake.js'
import type { UwsApp, UwsModule, UwsRequest, UwsResponse, UwsWebSocket } from './ws/uws.js'

/** Silence after which the PBX is asked for a pong, seconds. */
const IDLE_SECONDS = 120

/** LIBUS_LISTEN_EXCLUSIVE_PORT: another process at the same port is an error, unless it is one of ours. */
const EXCLUSIVE_PORT = 1

/** What a connection carries from its handshake on. */
interface Accepted {
  readonly fork: Fork
  readonly handshake: Handshake
  socket: UwsSocket | null
  handler: ForkSocketHandler | null
}

export class UwsListener implements ForkListener {
  readonly #app: UwsApp
  readonly #byPath: ReadonlyMap<string, Fork>
  readonly #sockets = new Set<UwsSocket>()
  #listening: unknown = null

  constructor(
    private readonly uws: UwsModule,
    forks: readonly (Fork & { readonly path: string })[],
    tls: TlsPaths | null,
    private readonly gate: ForkGate,
    private readonly services: ListenerServices,
  ) {
    this.#byPath = new Map(forks.map((fork) => [fork.path, fork]))
    this.#app =
      tls === null ? uws.App() : uws.SSLApp({ cert_file_name: tls.certFile, key_file_name: tls.keyFile })
    this.#app.ws('/*', {
      // One byte more must be heard to be answered with 1009; all beyond that is cut off.
      maxPayloadLength: 2 * MESSAGE_BYTES_MAX,
      maxBackpressure: 0,
      idleTimeout: IDLE_SECONDS,
      sendPingsAutomatically: true,
      upgrade: (response, request, context) => this.#upgrade(response, request, context),
      open: (ws) => this.#open(ws),
      message: (ws, data, isBinary) => this.#message(ws.getUserData() as Accepted, data, isBinary),
      close: (ws, code) => this.#close(ws.getUserData() as Accepted, code),
    })
    this.#app.any('/*', (response) => refuse(response, 426))
    this.#app.filter(() => turns.lookAgain())
    turns.sleepBetweenLooks()
  }

  listen(host: string, port: number): Promise<number> {
    const isAlone = !cluster.isWorker
    if (!isAlone && port === 0)
      throw new RedactError('REDACT_ERR_LISTEN', 'processes that share a port must be told which: 0 is none')
    return new Promise((resolve, reject) => {
      this.#app.listen(host, port, isAlone ? EXCLUSIVE_PORT : 0, (listening) => {
        if (!listening) {
          const message = `cannot listen on ${host}:${port}: the port is in use, or not ours: choose another`
          reject(new RedactError('REDACT_ERR_LISTEN', message))
          return
        }
        this.#listening = listening
        resolve((this.uws.us_socket_local_port ?? this.uws.getSocketPort)!(listening))
      })
    })
  }

  stop(): void {
    if (this.#listening !== null) (this.uws.us_listen_socket_close ?? this.uws.closeSocket)!(this.#listening)
    this.#listening = null
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #upgrade(response: UwsResponse, request: UwsRequest, context: unknown): void {
    const handshake = handshakeOf(targetOf(request), headersOf(request))
    const fork = this.#byPath.get(request.getUrl())
    const { headers } = handshake
    const fault = handshakeFault({ method: 'GET', headers })
    if (fork === undefined) {
      this.services.metrics.refused('unknown-path')
      refuse(response, 404)
      return
    }
    if (this.gate.refusesAddress(fork, addressOf(new Uint8Array(response.getRemoteAddress())))) {
      refuse(response, 403)
      return
    }
    if (fault !== null) {
      refuse(response, fault)
      return
    }
    const refusal = this.gate.refusalOf(fork, handshake)
    if (refusal !== null) {
      refuse(response, refusal.kind === 'credentials' ? refusal.status : 503)
      return
    }
    const accepted: Accepted = { fork, handshake, socket: null, handler: null }
    const subprotocol = subprotocolOf(fork.dialect.subprotocols, handshake.subprotocols) ?? ''
    // No extension is agreed on: compressing costs three times what it is used on.
    response.upgrade(accepted, headers['sec-websocket-key']!, subprotocol, '', context)
  }

  #open(ws: UwsWebSocket): void {
    const accepted = ws.getUserData() as Accepted
    const socket = new UwsSocket(ws)
    this.#sockets.add(socket)
    accepted.socket = socket
    accepted.handler = this.gate.take(accepted.fork, accepted.handshake, socket)
  }

  #message({ handler, socket }: Accepted, data: ArrayBuffer, isBinary: boolean): void {
    if (handler === null || socket === null || socket.isClosing) return
    if (data.byteLength > MESSAGE_BYTES_MAX) {
      socket.close(closeCodes.tooBig)
      return
    }
    settleOthers(handler)
    handler.message({ data: new Uint8Array(data), isBinary })
    settleLater(handler)
  }

  /** Told later when we have ended it ourselves: a handler is never told from within a call to its socket. */
  #close({ socket, handler }: Accepted, code: number): void {
    if (socket === null) return
    const isOurs = socket.isClosing
    socket.isOver = true
    this.#sockets.delete(socket)
    const tell = (): void => {
      if (handler === null) return
      settleWaiting(handler)
      handler.closed(code === closeCodes.normal || code === closeCodes.noStatus)
    }
    if (isOurs) setImmediate(tell)
    else tell()
  }
}

class UwsSocket implements ForkSocket {
  /** Nothing is heard or said any more. */
  isClosing = false
  /** uWebSockets.js has let go of it: every call to it would throw. */
  isOver = false

  constructor(private readonly ws: UwsWebSocket) {}

  get bufferedBytes(): number {
    return this.isOver ? 0 : this.ws.getBufferedAmount()
  }

  send({ data, isBinary }: WireMessage): void {
    if (!this.isClosing && !this.isOver) this.ws.send(data, isBinary, false)
  }

  close(code: number): void {
    if (this.isClosing || this.isOver) return
    this.isClosing = true
    this.ws.end(code)
  }

  destroy(): void {
    if (this.isOver) return
    this.isClosing = true
    this.ws.close()
  }

  /** It tells what comes when it comes, and cannot be asked. */
  catchUp(): number {
    return turns.sinceLookMs(performance.now())
  }

  waitedMs(nowMs: number): number {
    return turns.sinceLookMs(nowMs)
  }
}

const refuse = (response: UwsResponse, status: number): void => {
  response.writeStatus(statusOf(status))
  for (const [name, value] of versionHeaders(status)) response.writeHeader(name, value)
  response.end('', true)
}

const headersOf = (request: UwsRequest): Record<string, string> => {
  const headers: Record<string, string> = {}
  const take = (name: string, value: string): void => {
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value
  }
  if (request.forEach === undefined) request.forEachHeader!(take)
  else request.forEach(take)
  return headers
}

/** An IPv4 address as a dual-stack socket has it: RFC 4291, section 2.5.5.2. */
const isMapped = (bytes: Uint8Array): boolean =>
  bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff

const addressOf = (bytes: Uint8Array): string => {
  if (bytes.length === 4) return bytes.join('.')
  if (isMapped(bytes)) return bytes.subarray(12).join('.')
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/.{4}(?=.)/g, '$&:')
}

const targetOf = (request: UwsRequest): string => {
  const query = request.getQuery()
  return query ? `${request.getUrl()}?${query}` : request.getUrl()
}
