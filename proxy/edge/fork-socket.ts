import type { WireMessage } from '../media/wire.js'

/** One accepted WebSocket from a PBX. `fork-server-ws.ts` makes them from ws; another server implements the same. */
export interface ForkSocket {
  /** Bytes that the PBX has not read yet. */
  readonly bufferedBytes: number
  send(message: WireMessage): void
  /** Starts the closing handshake; the socket is destroyed if it is not answered within seconds. */
  close(code: number): void
  destroy(): void
}

/** What a fork server tells about a socket. Each is called from the event loop, never from within a call to the socket. */
export interface ForkSocketHandler {
  /** The message is owned by the handler. */
  message(message: WireMessage): void
  closed(wasClean: boolean): void
}
