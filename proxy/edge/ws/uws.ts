/**
 * What we use of uWebSockets.js, and how it is found. The package is optional: its binaries are built for some systems and
 * versions of Node, and need a recent C library.
 */

import { createRequire } from 'node:module'

/** One connection; every call throws once it is closed. */
export interface UwsWebSocket {
  send(message: Uint8Array, isBinary: boolean, compress: boolean): number
  getBufferedAmount(): number
  end(code: number): void
  close(): void
  getUserData(): unknown
}

export interface UwsRequest {
  getUrl(): string
  getQuery(): string
  /** Under one name in the vendor's releases, under the other in a fork of them. */
  forEach?(take: (name: string, value: string) => void): void
  forEachHeader?(take: (name: string, value: string) => void): void
}

export interface UwsResponse {
  writeStatus(status: string): UwsResponse
  writeHeader(name: string, value: string): UwsResponse
  end(body: string, closeConnection: boolean): UwsResponse
  /** Four bytes, or sixteen. */
  getRemoteAddress(): ArrayBuffer
  upgrade(userData: unknown, key: string, subprotocol: string, extensions: string, context: unknown): void
}

export interface UwsBehaviour {
  readonly maxPayloadLength: number
  /** Bytes that a peer may leave unread before messages to it are dropped; 0: no limit of its own. */
  readonly maxBackpressure: number
  /** Seconds. */
  readonly idleTimeout: number
  readonly sendPingsAutomatically: boolean
  upgrade(response: UwsResponse, request: UwsRequest, context: unknown): void
  open(socket: UwsWebSocket): void
  /** The message is gone when it returns. */
  message(socket: UwsWebSocket, message: ArrayBuffer, isBinary: boolean): void
  close(socket: UwsWebSocket, code: number): void
}

export interface UwsApp {
  ws(pattern: string, behaviour: UwsBehaviour): UwsApp
  any(pattern: string, handler: (response: UwsResponse) => void): UwsApp
  /** Told of every connection, 1 when it begins and -1 when it is over or upgraded. */
  filter(take: (response: UwsResponse, count: number) => void): UwsApp
  listen(host: string, port: number, options: number, take: (listening: unknown) => void): UwsApp
}

export interface UwsModule {
  App(): UwsApp
  SSLApp(options: { readonly cert_file_name: string; readonly key_file_name: string }): UwsApp
  readonly us_listen_socket_close?: (listening: unknown) => void
  readonly closeSocket?: (listening: unknown) => void
  readonly us_socket_local_port?: (listening: unknown) => number
  readonly getSocketPort?: (listening: unknown) => number
}

/** The package; the vendor's own release goes under the same name. */
const PACKAGE = 'uWebSockets.js'

/** Why it is not there: in words that say what to do. */
export interface UwsMissing {
  readonly why: string
}

/**
 * Not with import(): when the binary does not load, Node 20 tells of it twice, the second time as a rejection that nobody can
 * catch, which ends the process.
 * @param name another module than the package; for tests
 */
export const loadUws = (name: string = PACKAGE): UwsModule | UwsMissing => {
  try {
    return createRequire(import.meta.url)(name) as UwsModule
  } catch (error) {
    return { why: whyMissing(error) }
  }
}

const whyMissing = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'MODULE_NOT_FOUND') return 'the package is not installed'
  const library = /version `(GLIBC(?:XX)?)_([\d.]+)' not found/.exec(message)
  if (library !== null) return `its binary needs ${library[1]} ${library[2]}, which this system does not have`
  return `it has no binary for Node ${process.version} on ${process.platform} ${process.arch}`
}
