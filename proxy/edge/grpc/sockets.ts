/** Sockets for a gRPC server, accepted by ourselves: with the same certificates and the same patience as every other port. */
import type { Socket } from 'node:net'
import { type Server, ServerCredentials } from '@grpc/grpc-js'
import { HANDSHAKE_MS_MAX } from '../../base/limits.js'
import type { TlsFiles } from '../certificates.js'
import type { Log } from '../log.js'
import { listenOn, socketServer } from '../socket-server.js'

export interface GrpcSockets {
  /** Returns the port, which is another than asked for when that was 0. Rejects with REDACT_ERR_LISTEN. */
  listen(host: string, port: number): Promise<number>
  /**
   * Takes no more connections, and asks clients to bring new RPCs elsewhere; those under way go on for `waitMs`. Resolves when the
   * last connection has gone.
   */
  drain(waitMs: number): Promise<void>
  close(): void
}

export const grpcSockets = (
  grpc: Server,
  tls: TlsFiles | null,
  connectionsMax: number,
  log: Log,
): GrpcSockets => {
  const sockets = new Set<Socket>()
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure())
  const server = socketServer(tls, ['h2'], (socket) => {
    sockets.add(socket)
    const patience = setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy()
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
