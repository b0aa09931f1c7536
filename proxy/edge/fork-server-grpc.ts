/**
 * Accepts forks on gRPC, one RPC each, as raw messages: nothing of them is decoded here. Sockets are accepted and encrypted
 * by ourselves and handed to the library, so that they have the same certificate and the same patience as every other fork.
 */
import type { Socket, Server as SocketServer } from 'node:net'
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import { CALLS_MAX, HANDSHAKE_MS_MAX, MESSAGE_BYTES_MAX } from '../base/limits.js'
import type { GrpcTransport } from '../dialects/transport.js'
import type { WireMessage } from '../media/wire.js'
import type { TlsFiles } from './certificates.js'
import type { Fork } from './fork-connection.js'
import {
  type ForkGate,
  type ForkListener,
  type ForkSocket,
  KEEP_ALIVE_MS,
  type ListenerServices,
} from './fork-socket.js'
import { bufferOf, headersOf, refusalStatus, statusOf } from './grpc-status.js'
import { listenOn, socketServer } from './socket-server.js'

type Call = ServerDuplexStream<Buffer, Buffer>

/** A ping that is not answered within this long means that the PBX is gone, ms. */
const PING_MS_MAX = 10_000
/** A call that is cancelled ends its requests first, and says a few turns of the event loop later that it was cancelled, ms. */
const CANCEL_MS = 20
/** RFC 9113, section 3.4: what every HTTP/2 client says first. */
const PREFACE_BYTES = 24

export class GrpcListener implements ForkListener {
  readonly #grpc = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_concurrent_streams': CALLS_MAX,
    'grpc.keepalive_time_ms': KEEP_ALIVE_MS,
    'grpc.keepalive_timeout_ms': PING_MS_MAX,
    'grpc.enable_channelz': 0,
  })
  readonly #server: SocketServer
  readonly #sockets = new Set<Socket>()

  constructor(
    private readonly fork: Fork,
    transport: GrpcTransport,
    tls: TlsFiles | null,
    private readonly gate: ForkGate,
    private readonly services: ListenerServices,
  ) {
    const injector = this.#grpc.createConnectionInjector(ServerCredentials.createInsecure())
    this.#server = socketServer(tls, ['h2'], (socket) => {
      if (gate.refusesAddress(fork, socket.remoteAddress)) {
        socket.destroy()
        return
      }
      this.#watch(socket)
      injector.injectConnection(socket)
    })
    // A PBX may open a connection for each call; more than there can be calls are not needed.
    this.#server.maxConnections = CALLS_MAX
    const accept = (call: Call): void => this.#accept(call)
    const raw = (message: Buffer): Buffer => message
    this.#grpc.register(transport.method, accept, raw, raw, 'bidi')
  }

  listen(host: string, port: number): Promise<number> {
    return listenOn(this.#server, host, port, this.services.log)
  }

  stop(): void {
    this.#server.close()
  }

  destroy(): void {
    this.#grpc.forceShutdown()
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Whoever has not even said hello in time is no gRPC client. One that has is asked from time to time whether it is there. */
  #watch(socket: Socket): void {
    this.#sockets.add(socket)
    const patience = setTimeout(() => {
      if (socket.bytesRead < PREFACE_BYTES) socket.destroy()
    }, HANDSHAKE_MS_MAX)
    socket.on('close', () => {
      clearTimeout(patience)
      this.#sockets.delete(socket)
    })
  }

  #accept(call: Call): void {
    call.on('error', () => undefined)
    const handshake = { target: call.getPath(), headers: headersOf(call.metadata), subprotocols: [] }
    const refusal = this.gate.refusalOf(this.fork, handshake)
    if (refusal !== null) {
      call.emit('error', refusalStatus(refusal))
      return
    }
    const socket = new GrpcForkSocket(call)
    const handler = this.gate.take(this.fork, handshake, socket)
    if (handler === null) return
    let hasEnded = false
    const end = (wasClean: boolean): void => {
      if (hasEnded) return
      hasEnded = true
      handler.closed(wasClean)
    }
    call.on('data', (data: Buffer) => {
      handler.message({ data, isBinary: true })
      handler.settle()
    })
    call.on('end', () => setTimeout(() => end(!call.cancelled || socket.isClosed), CANCEL_MS))
    call.on('cancelled', () => end(socket.isClosed))
  }
}

class GrpcForkSocket implements ForkSocket {
  #bufferedBytes = 0
  #isClosed = false

  constructor(private readonly call: Call) {}

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  /** We have ended the RPC. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  send({ data }: WireMessage): void {
    if (this.#isClosed || this.call.cancelled) return
    this.#bufferedBytes += data.length
    this.call.write(bufferOf(data), () => {
      this.#bufferedBytes -= data.length
    })
  }

  close(code: number): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const status = statusOf(code)
    if (code === 1000) this.call.end()
    else this.call.emit('error', status)
  }

  destroy(): void {
    this.close(1001)
  }
}
