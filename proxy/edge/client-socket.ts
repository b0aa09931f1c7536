/** The calling end of every transport: towards recorders, and for a simulated PBX towards the proxy itself. */
import type { RecorderHandshake } from '../dialects/dialect.js'
import type { Transport } from '../dialects/transport.js'
import type { WireMessage } from '../media/wire.js'
import { dialGrpc } from './client-socket-grpc.js'
import { dialTcp } from './client-socket-tcp.js'
import { dialWebSocket } from './client-socket-ws.js'
import { turns } from './turns.js'

/** One connection that we have asked for. */
export interface ClientSocket {
  /** Bytes that have not been handed to the network yet. */
  readonly bufferedBytes: number
  /**
   * Only once it is open; the message is borrowed until return. False, and nothing done, when it takes nothing any more. `written`
   * follows when the network has taken it, and never when it does not.
   */
  send(message: WireMessage): boolean
  /** Once it is gone: what it was sent and has not told as written, in order. Asked once. */
  takeBack(): readonly WireMessage[]
  /** Ends the call behind everything sent, and waits for the other side to end it too. */
  close(code: number): void
  destroy(): void
  /** Resolves once the other side has most likely read what was sent before; rejects when it does not. For cues of tests. */
  caughtUp(): Promise<void>
}

/** What a socket tells; nothing after `closed`. Never from within a call to it. */
export interface ClientSocketHandler {
  opened(): void
  /** Owned by the handler. */
  message(message: WireMessage): void
  /** So many further messages have been taken by the network, in the order in which they were sent. */
  written(messages: number): void
  /** Gone, or never had. `wasClean` when the other side ended it by the protocol. */
  closed(wasClean: boolean): void
}

/** Where nobody says what has been read: what the network has taken is given this long to be read, ms. */
export const READING_MS = 100

/** Connection attempts that take longer than this have failed, ms. */
export const CONNECT_MS_MAX = 5_000

/** Dials. The URL's scheme is one of the transport's (`schemesOf`). */
export const dial = (
  transport: Transport,
  url: URL,
  handshake: RecorderHandshake,
  handler: ClientSocketHandler,
): ClientSocket => {
  turns.lookAgain()
  switch (transport.kind) {
    case 'websocket':
      return dialWebSocket(url, handshake, handler)
    case 'tcp':
      return dialTcp(transport, url, handler)
    case 'grpc':
      return dialGrpc(transport, url, handshake, handler)
    default: {
      const never: never = transport
      throw new Error(String(never))
    }
  }
}
