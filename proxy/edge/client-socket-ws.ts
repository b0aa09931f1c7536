import { once } from 'node:events'
import WebSocket from 'ws'
import { MESSAGE_BYTES_MAX } from '../base/limits.js'
import type { RecorderHandshake } from '../dialects/dialect.js'
import { type ClientSocket, type ClientSocketHandler, CONNECT_MS_MAX } from './client-socket.js'

/** How long a ping may take, ms. */
const PONG_MS_MAX = 10_000

/** `ws:` or `wss:`. */
export const dialWebSocket = (
  url: URL,
  { headers, subprotocols }: RecorderHandshake,
  handler: ClientSocketHandler,
): ClientSocket => {
  const socket = new WebSocket(url, [...subprotocols], {
    headers: { ...headers },
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_MS_MAX,
    maxPayload: MESSAGE_BYTES_MAX,
    followRedirects: false,
  })
  socket.on('open', () => handler.opened())
  socket.on('message', (data, isBinary) => handler.message({ data: data as Buffer, isBinary }))
  // 'close' follows every error; the error's text may quote the peer and is not kept.
  socket.on('error', () => undefined)
  socket.on('close', (code) => handler.closed(code === 1000 || code === 1005))
  return {
    get bufferedBytes() {
      return socket.bufferedAmount
    },
    send({ data, isBinary }, written) {
      socket.send(data, { binary: isBinary }, (error) => {
        if (!error) written?.()
      })
    },
    close: (code) => socket.close(code),
    destroy: () => socket.terminate(),
    /** A pong comes behind the reading of everything before its ping. */
    async caughtUp() {
      const pong = once(socket, 'pong', { signal: AbortSignal.timeout(PONG_MS_MAX) })
      socket.ping()
      await pong
    },
  }
}
