import { Socket } from 'node:net'

/** As much as libuv asks the kernel for at once, bytes. */
const READ_BYTES = 64 * 1024

/** Where all sockets of the process are read into, one after the other: it is in the processor's caches as nothing else is. */
const shared = new Uint8Array(READ_BYTES)

/**
 * Reads a socket without memory of its own. Left to itself Node gives every read 64 KB of new memory, cuts them down to what has
 * come, and has the collector of garbage look for them: a tenth of what a frame cost. Chunks are borrowed until return, and whoever
 * takes them overwrites them.
 *
 * Node lets only who makes a socket say where it is read into (`onread`), and a server's sockets are made by the server: its
 * connection goes over to a socket of our own. An encrypted one is read as ever, and so is one that something is still to be
 * written to.
 *
 * @param socket of a server, between two reads; nobody else holds it from now on
 * @returns the socket to use from now on
 */
export const readShared = (socket: Socket, take: (chunk: Uint8Array) => void): Socket => {
  const shell = socket as Socket & { _handle?: object | null }
  const handle = shell._handle
  if ('encrypted' in socket || handle == null || socket.writableLength > 0) return socket.on('data', take)
  shell._handle = null
  socket.destroy()
  return new Socket({
    handle,
    allowHalfOpen: socket.allowHalfOpen,
    onread: {
      buffer: shared,
      callback: (bytes: number) => {
        take(shared.subarray(0, bytes))
        return true
      },
    },
  } as ConstructorParameters<typeof Socket>[0])
}
