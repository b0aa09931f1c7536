import type { Handshake, WireMessage } from '../media/wire.js'
import type { Fork } from './fork-connection.js'
import type { Log } from './log.js'

/** One accepted connection from a PBX, whatever it came over: `fork-server-ws.ts` and its like make them. */
export interface ForkSocket {
  /** Bytes that the PBX has not read yet. */
  readonly bufferedBytes: number
  /** Nothing once it is closed. */
  send(message: WireMessage): void
  /**
   * Starts the closing handshake behind everything sent; the socket is destroyed if it is not answered within seconds.
   * `code` is one of RFC 6455, section 7.4, which each transport tells as well as it can.
   */
  close(code: number): void
  destroy(): void
  /** Tells what has come and has not been read, where that can be had; returns for how long more may have come than that, ms. */
  catchUp(): number
  /** How long what is told now may have waited to be read, ms. */
  waitedMs(nowMs: number): number
}

/** What a listener tells about a socket. Each is called from the event loop, never from within a call to the socket. */
export interface ForkSocketHandler {
  /** The message is borrowed until return. */
  message(message: WireMessage): void
  /** All messages that have come together have been told: what may leave by now leaves, in as few writes. */
  settle(): void
  /** No message will come any more. Where a transport lets one side fall silent, the socket can still be sent to. */
  closed(wasClean: boolean): void
}

export type Refusal =
  | { readonly kind: 'draining' | 'too-many-calls' | 'overloaded' | 'outside-hours' | 'ledger' }
  | { readonly kind: 'credentials'; readonly status: 401 | 403 }

/** Who gets in: the same question, limits and accounts for every transport. */
export interface ForkGate {
  /** Whether the fork takes nobody from this address, counted and told already: asked before anything is read. */
  refusesAddress(fork: Fork, address: string | undefined): boolean
  /**
   * Why this fork takes nobody who says this, counted and logged already; null: it does. No recorder is dialled for it.
   * @param handshake null where we have dialled the PBX: there is nothing that it has to prove
   */
  refusalOf(fork: Fork, handshake: Handshake | null): Refusal | null
  /** Begins the call and dials its recorder; null when that could not be done, and the socket is closed already. */
  take(fork: Fork, handshake: Handshake, socket: ForkSocket): ForkSocketHandler | null
}

/** What every listener needs of the process around it. */
export interface ListenerServices {
  readonly log: Log
  readonly metrics: { refused(reason: string): void }
}

/** One port that takes forks. */
export interface ForkListener {
  /** Returns the port, which is another than asked for when that was 0. Rejects with REDACT_ERR_LISTEN. */
  listen(host: string, port: number): Promise<number>
  /** Takes no more connections. */
  stop(): void
  /** Cuts off what is left of them. */
  destroy(): void
}

/** A PBX that does not answer a close within this long is cut off, ms. */
export const CLOSE_MS_MAX = 5_000
/** First silence on a TCP connection after which the kernel asks whether the PBX is still there, ms. */
export const KEEP_ALIVE_MS = 30_000
