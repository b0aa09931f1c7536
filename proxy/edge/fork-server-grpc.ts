/** Accepts forks on gRPC, one RPC each, as raw messages: nothing of them is decoded here. */
import type { ServerDuplexStream } from '@grpc/grpc-js'
import { CALLS_MAX, MESSAGE_BYTES_MAX } from '../base/limits.js'
import type { GrpcTransport } from '../dialects/transport.js'
import type { WireMessage } from '../media/wire.js'
import type { TlsFiles } from './certificates.js'
import type { Fork } from './fork-connection.js'
import type { ForkGate, ForkListener, ForkSocket, ListenerServices } from './fork-socket.js'
import { CANCEL_MS, createGrpcServer, type GrpcSockets, grpcSockets } from './grpc/sockets.js'
import { bufferOf, headersOf, refusalStatus, statusOf } from './grpc-status.js'

type Call = ServerDuplexStream<Buffer, Buffer>

/** RFC 9113, section 3.4: what every HTTP/2 client says first. */
const PREFACE_BYTES = 24

export class GrpcListener implements ForkListener {
  readonly #sockets: GrpcSockets

  constructor(
    private readonly fork: Fork,
    transport: GrpcTransport,
    tls: TlsFiles | null,
    private readonly gate: ForkGate,
    { log }: ListenerServices,
  ) {
    const grpc = createGrpcServer(MESSAGE_BYTES_MAX, CALLS_MAX)
    this.#sockets = grpcSockets(grpc, {
      tls,
      // A PBX may open a connection for each call; more than there can be calls are not needed.
      connectionsMax: CALLS_MAX,
      log,
      helloBytes: PREFACE_BYTES,
      refusesAddress: (address) => gate.refusesAddress(fork, address),
    })
    const accept = (call: Call): void => this.#accept(call)
    const raw = (message: Buffer): Buffer => message
    grpc.register(transport.method, accept, raw, raw, 'bidi')
  }

  listen(host: string, port: number): Promise<number> {
    return this.#sockets.listen(host, port)
  }

  stop(): void {
    this.#sockets.stop()
  }

  destroy(): void {
    this.#sockets.close()
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

  catchUp(): number {
    return 0
  }

  waitedMs(): number {
    return 0
  }
}
