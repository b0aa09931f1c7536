import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { RedactError } from '../base/errors.js'
import { CONNECTIONS_WAITING_MAX, HANDSHAKE_MS_MAX } from '../base/limits.js'
import { type TlsFiles, underTls } from './certificates.js'
import { KEEP_ALIVE_MS } from './fork-socket.js'
import { errorCodeOf, type Log } from './log.js'
import { turns } from './turns.js'

/** A server of bare sockets, encrypted ones when there is a certificate; `take` gets each once it can be read. */
export const socketServer = (
  tls: TlsFiles | null,
  alpn: readonly string[],
  take: (socket: Socket) => void,
): Server => {
  const accept = (socket: Socket): void => {
    // 'close' follows every error; the error's text may quote the peer and is not kept.
    socket.on('error', () => undefined)
    take(socket)
  }
  const shared = {
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    allowHalfOpen: false,
  }
  const lookAgain = (): void => turns.lookAgain()
  if (tls === null) return createServer(shared, accept).on('connection', lookAgain)
  const limits = { handshakeTimeout: HANDSHAKE_MS_MAX, ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }) }
  const { ca, ...own } = tls
  // A client without a certificate may show other credentials; one that nobody vouches for is cut off.
  const asking = ca == null ? {} : { ca, requestCert: true, rejectUnauthorized: false }
  // A handshake that fails, or takes too long, is nobody's call.
  const acceptKnown = (socket: TLSSocket): void => {
    if (ca != null && !socket.authorized && socket.getPeerX509Certificate() !== undefined) socket.destroy()
    else accept(socket)
  }
  const server = createTlsServer({ ...shared, ...limits, ...own, ...asking }, acceptKnown)
    .on('connection', lookAgain)
    .on('tlsClientError', (_error, socket) => socket.destroy())
  underTls(tls, server)
  return server
}

/** Listens; returns the port, which is another than asked for when that was 0. Rejects with REDACT_ERR_LISTEN. */
export const listenOn = async (server: Server, host: string, port: number, log: Log): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)))
    server.listen({ port, host, backlog: CONNECTIONS_WAITING_MAX }, resolve)
  })
  // Out of file descriptors, for one: this connection cannot be had, the calls go on.
  server.on('error', (error) => log.error({ code: errorCodeOf(error) }, 'cannot accept'))
  return (server.address() as AddressInfo).port
}

const listenError = (error: NodeJS.ErrnoException, host: string, port: number): RedactError => {
  const why =
    error.code === 'EADDRINUSE'
      ? 'the port is in use: choose another'
      : `the system said ${errorCodeOf(error)}`
  return new RedactError('REDACT_ERR_LISTEN', `cannot listen on ${host}:${port}: ${why}`)
}
