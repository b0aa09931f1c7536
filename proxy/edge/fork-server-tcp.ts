/**
 * Accepts forks on bare TCP, encrypted where there is a certificate. A socket becomes a call with its first whole unit:
 * before that nothing is dialled for it, and it has HANDSHAKE_MS_MAX to send one.
 */
import type { Server, Socket } from 'node:net'
import { HANDSHAKE_MS_MAX } from '../base/limits.js'
import type { TcpTransport } from '../dialects/transport.js'
import type { Handshake, WireMessage } from '../media/wire.js'
import type { TlsFiles } from './certificates.js'
import type { Fork } from './fork-connection.js'
import {
  CLOSE_MS_MAX,
  type ForkGate,
  type ForkListener,
  type ForkSocket,
  type ForkSocketHandler,
  type ListenerServices,
} from './fork-socket.js'
import { SocketReader } from './socket-reader.js'
import { listenOn, socketServer } from './socket-server.js'
import { UnitReader } from './unit-reader.js'

/** A byte stream asks for nothing by name. */
const handshake: Handshake = { target: '', headers: {}, subprotocols: [] }

export class TcpListener implements ForkListener {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(
    private readonly fork: Fork,
    private readonly transport: TcpTransport,
    tls: TlsFiles | null,
    private readonly gate: ForkGate,
    private readonly services: ListenerServices,
  ) {
    this.#server = socketServer(tls, [], (socket) => this.#accept(socket))
  }

  listen(host: string, port: number): Promise<number> {
    return listenOn(this.#server, host, port, this.services.log)
  }

  stop(): void {
    this.#server.close()
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #accept(accepted: Socket): void {
    if (this.gate.refusesAddress(this.fork, accepted.remoteAddress)) {
      accepted.destroy()
      return
    }
    const reader = new SocketReader(
      accepted,
      (chunk) => read(chunk),
      () => handler?.settle(),
    )
    const { socket } = reader
    // 'close' follows every error; the error's text may quote the peer and is not kept.
    socket.on('error', () => undefined)
    this.#sockets.add(socket)
    const units = new UnitReader(this.transport)
    const patience = setTimeout(() => socket.destroy(), HANDSHAKE_MS_MAX)
    let handler: ForkSocketHandler | null = null
    let hasEnded = false
    const take = (data: Uint8Array): void => {
      if (socket.destroyed) return
      handler ??= this.#begin(reader)
      handler?.message({ data, isBinary: true })
    }
    const read = (chunk: Uint8Array): void => {
      if (!units.read(chunk, take)) socket.destroy()
      handler?.settle()
      if (handler !== null) clearTimeout(patience)
    }
    socket.on('end', () => {
      hasEnded = true
    })
    socket.on('close', (hasError) => {
      clearTimeout(patience)
      this.#sockets.delete(socket)
      handler?.closed(hasEnded && !hasError)
    })
  }

  /** A refusal has no words here: the socket is closed. */
  #begin(reader: SocketReader): ForkSocketHandler | null {
    const refusal = this.gate.refusalOf(this.fork, handshake)
    const handler = refusal === null ? this.gate.take(this.fork, handshake, forkSocketOf(reader)) : null
    if (handler === null) reader.socket.destroy()
    return handler
  }
}

const forkSocketOf = (reader: SocketReader): ForkSocket => {
  const { socket } = reader
  return {
    get bufferedBytes() {
      return socket.writableLength
    },
    send(message: WireMessage) {
      if (socket.writable) socket.write(message.data)
    },
    close() {
      if (!socket.writable) return
      socket.end()
      setTimeout(() => socket.destroy(), CLOSE_MS_MAX).unref()
    },
    destroy() {
      socket.destroy()
    },
    catchUp: () => reader.catchUp(),
    waitedMs: (nowMs) => reader.waitedMs(nowMs),
  }
}
