/** gRPC servers, and their sockets, accepted by ourselves: with the same certificates and the same patience as every other port. */
import type { Socket } from 'node:net'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { HANDSHAKE_MS_MAX } from '../../base/limits.js'
import type { TlsFiles } from '../certificates.js'
import { KEEP_ALIVE_MS } from '../fork-socket.js'
import type { Log } from '../log.js'
import { listenOn, socketServer } from '../socket-server.js'

/** A ping that is not answered within this long means that the client is gone, ms. */
const PING_MS_MAX = 10_000
/** A call that is cancelled ends its requests first, and says a few turns of the event loop later that it was cancelled, ms. */
export const CANCEL_MS = 20

/** @param streamsMax of one connection */
export const createGrpcServer = (messageBytesMax: number, streamsMax: number): Server =>
  new Server({
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_concurrent_streams': streamsMax,
    'grpc.keepalive_time_ms': KEEP_ALIVE_MS,
    'grpc.keepalive_timeout_ms': PING_MS_MAX,
    'grpc.enable_channelz': 0,
  })

export interface GrpcSocketsOptions {
  readonly tls: TlsFiles | null
  readonly connectionsMax: number
  readonly log: Log
  /** Whoever has not said so many bytes in time is no client; left out: whoever has said nothing. */
  readonly helloBytes?: number
  /** Whose connections are closed at once; left out: nobody's. */
  readonly refusesAddress?: (address: string | undefined) => boolean
}

export interface GrpcSockets {
  /** Returns the port, which is another than asked for when that was 0. Rejects with REDACT_ERR_LISTEN. */
  listen(host: string, port: number): Promise<number>
  /** Takes no more connections; those that are open go on. */
  stop(): void
  /**
   * Takes no more connections, and asks clients to bring new RPCs elsewhere; those under way go on for `waitMs`. Resolves when the
   * last connection has gone.
   */
  drain(waitMs: number): Promise<void>
  close(): void
}

export const grpcSockets = (
  grpc: Server,
  { tls, connectionsMax, log, helloBytes = 1, refusesAddress }: GrpcSocketsOptions,
): GrpcSockets => {
  const sockets = new Set<Socket>()
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure())
  const server = socketServer(tls, ['h2'], (socket) => {
    if (refusesAddress?.(socket.remoteAddress)) {
      socket.destroy()
      return
    }
    sockets.add(socket)
    const patience = setTimeout(() => {
      if (socket.bytesRead < helloBytes) socket.destroy()
    }, HANDSHAKE_MS_MAX)
    socket.on('close', () => {
      clearTimeout(patience)
      sockets.delete(socket)
    })
    injector.injectConnection(socket)
  })
  server.maxConnections = connectionsMax
  return {
    listen: (host, port) => listenOn(server, host, port, log),
    stop: () => void server.close(),
    drain(waitMs) {
      const gone = new Promise<void>((resolve) => server.close(() => resolve()))
      injector.drain(waitMs)
      return gone
    },
    close() {
      server.close()
      grpc.forceShutdown()
      for (const socket of sockets) socket.destroy()
    },
  }
}
