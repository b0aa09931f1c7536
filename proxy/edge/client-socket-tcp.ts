import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { TcpTransport } from '../dialects/transport.js'
import { type ClientSocket, type ClientSocketHandler, CONNECT_MS_MAX, READING_MS } from './client-socket.js'
import { KEEP_ALIVE_MS } from './fork-socket.js'
import { UnitReader } from './unit-reader.js'
import { Unwritten } from './unwritten.js'

/** `tcp:`, or `tls:` with the certificate checked against the host and the system's authorities. */
export const dialTcp = (transport: TcpTransport, url: URL, handler: ClientSocketHandler): ClientSocket => {
  const units = new UnitReader(transport)
  const unwritten = new Unwritten()
  const socket = socketTo(url, () => {
    clearTimeout(patience)
    handler.opened()
  })
  const patience = setTimeout(() => socket.destroy(), CONNECT_MS_MAX)
  let hasEnded = false
  socket.on('data', (chunk) => {
    if (!units.read(chunk, (data) => handler.message({ data, isBinary: true }))) socket.destroy()
  })
  socket.on('end', () => {
    hasEnded = true
  })
  // 'close' follows every error; the error's text may quote the peer and is not kept.
  socket.on('error', () => undefined)
  socket.on('close', (hasError) => {
    clearTimeout(patience)
    handler.closed(hasEnded && !hasError)
  })
  return {
    get bufferedBytes() {
      return socket.writableLength
    },
    send(message) {
      const copy = unwritten.copyOf(message)
      if (copy === null) return false
      socket.write(copy.data, (error) => {
        // Of what was half written when it was destroyed Node says that it is written.
        if (error || socket.destroyed) return
        unwritten.written()
        handler.written(1)
      })
      return true
    },
    takeBack: () => unwritten.takeBack(),
    close: () => void socket.end(),
    destroy: () => void socket.destroy(),
    async caughtUp() {
      await new Promise((resolve) => socket.write('', resolve))
      await new Promise((resolve) => setTimeout(resolve, READING_MS))
    },
  }
}

const socketTo = ({ protocol, hostname, port }: URL, opened: () => void): Socket => {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const common = {
    host,
    port: Number(port),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  }
  return protocol === 'tls:' ? connectTls({ ...common, servername: host }, opened) : connect(common, opened)
}
