import { schemesOf, transportOf } from '../dialects/transport.js'
import type { TlsFiles } from './certificates.js'
import type { Fork } from './fork-connection.js'
import { GrpcListener } from './fork-server-grpc.js'
import { TcpListener } from './fork-server-tcp.js'
import { UwsListener } from './fork-server-uws.js'
import { WebSocketListener } from './fork-server-ws.js'
import type { ForkGate, ForkListener, ListenerServices } from './fork-socket.js'
import { loadUws, type UwsMissing, type UwsModule } from './ws/uws.js'

export interface EngineOptions {
  readonly tls: TlsFiles | null
  /** Who reads forks on WebSocket: Node's sockets and our frames (left out as well), or uWebSockets.js. */
  readonly engine?: 'node' | 'uws'
  /** Another module than the package uWebSockets.js; for tests. */
  readonly uwsModule?: string
}

/** The listener of the forks that share a port. Where uWebSockets.js cannot be had, one line says why, and Node's takes its place. */
export const sharedListenerOf = (
  forks: readonly (Fork & { readonly path: string })[],
  { tls, engine, uwsModule }: EngineOptions,
  gate: ForkGate,
  services: ListenerServices,
): ForkListener => {
  if (engine !== 'uws') return new WebSocketListener(forks, tls, gate, services)
  const uws = usableUws(tls, uwsModule)
  if ('App' in uws) return new UwsListener(uws, forks, tls?.paths ?? null, gate, services)
  services.log.warn({ why: uws.why }, 'uWebSockets.js cannot be used: forks are read by Node')
  return new WebSocketListener(forks, tls, gate, services)
}

const usableUws = (tls: TlsFiles | null, module: string | undefined): UwsModule | UwsMissing => {
  if (tls !== null && tls.paths === undefined) return { why: 'it reads certificates from files alone' }
  return loadUws(module)
}

/** The listener of a fork that shares its port with none. */
export const listenerOf = (
  fork: Fork,
  tls: TlsFiles | null,
  gate: ForkGate,
  services: ListenerServices,
): ForkListener => {
  if ('path' in fork) return new WebSocketListener([fork], tls, gate, services)
  const transport = transportOf(fork.dialect)
  switch (transport.kind) {
    case 'websocket':
      return new WebSocketListener([{ ...fork, path: '/' }], tls, gate, services)
    case 'tcp':
      return new TcpListener(fork, transport, tls, gate, services)
    case 'grpc':
      return new GrpcListener(fork, transport, tls, gate, services)
    default: {
      const never: never = transport
      throw new Error(String(never))
    }
  }
}

/** Where a PBX finds the fork, once its port is bound. */
export const forkUrlOf = (fork: Fork, listenHost: string, tls: TlsFiles | null, port: number): URL => {
  const [plain, encrypted] = schemesOf[transportOf(fork.dialect).kind]
  const host = 'path' in fork ? listenHost : fork.host
  // A URL has no place for the zone of an IPv6 address.
  const name = host.includes(':') ? `[${host.replace(/%.*/, '')}]` : host
  return new URL(`${tls === null ? plain : encrypted}//${name}:${port}${'path' in fork ? fork.path : ''}`)
}
