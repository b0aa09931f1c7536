/** What Node has beneath its sockets and does not document. All that leans on it is here, and where it is missing there is another way. */
import { Socket } from 'node:net'

/** A socket's handle in C++; has been there since Node's first versions. */
export interface Handle {
  /** File descriptor; -1 once it is closed, left out where it is not the system's own (TLS). */
  readonly fd?: number
  readStart(): void
  readStop(): void
  useUserBuffer?(memory: Uint8Array): void
}

type WithHandle = Socket & { _handle?: Handle | null } & { [name: symbol]: unknown }

/** Null once the socket is destroyed. */
export const handleOf = (socket: Socket): Handle | null => (socket as WithHandle)._handle ?? null

/** The socket's file descriptor, for a system call at once; -1: it has none, or is destroyed. */
export const descriptorOf = (socket: Socket): number => handleOf(socket)?.fd ?? -1

/** The connection of a socket that somebody else has made goes over to one that reads into `memory`. */
export const readingInto = (socket: Socket, memory: Uint8Array, took: (bytes: number) => void): Socket => {
  const handle = handleOf(socket)
  ;(socket as WithHandle)._handle = null
  socket.destroy()
  const onread = { buffer: memory, callback: (bytes: number) => took(bytes) === undefined }
  return new Socket({ handle, allowHalfOpen: socket.allowHalfOpen, onread } as object)
}

/**
 * What an encrypted socket of a server hears goes into `memory` from now on, as if it had been made with `onread`: its connection cannot
 * go over to another. False, and nothing done, where this Node has another way of keeping that.
 */
export const readInto = (socket: Socket, memory: Uint8Array, took: (bytes: number) => void): boolean => {
  const handle = handleOf(socket)
  const { buffer, callback, generator } = onreadSymbols
  if (buffer === undefined || callback === undefined || generator === undefined) return false
  if (handle?.useUserBuffer === undefined || socket.readableLength > 0) return false
  Object.assign(socket, {
    [buffer]: memory,
    [callback]: (bytes: number) => took(bytes) === undefined,
    [generator]: null,
  })
  handle.useUserBuffer(memory)
  socket.resume()
  return true
}

/** Where a socket keeps its `onread`: a socket that has one tells. */
const onreadSymbols = (() => {
  const probe = new Socket({ onread: { buffer: new Uint8Array(1), callback: () => true } } as object)
  const named = (name: string): symbol | undefined =>
    Object.getOwnPropertySymbols(probe).find(({ description }) => description === name)
  return { buffer: named('kBuffer'), callback: named('kBufferCb'), generator: named('kBufferGen') }
})()
