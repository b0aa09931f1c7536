import { randomBytes } from 'node:crypto'
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import type { RecorderHandshake } from '../dialects/dialect.js'
import type { WireMessage } from '../media/wire.js'
import { type ClientSocket, type ClientSocketHandler, CONNECT_MS_MAX } from './client-socket.js'
import { KEEP_ALIVE_MS } from './fork-socket.js'
import { WebSocketConnection } from './ws/connection.js'
import { closeCodes } from './ws/frame.js'
import { isOpening } from './ws/handshake.js'

/** How long a ping may take, ms. */
const PONG_MS_MAX = 10_000

/** `ws:`, or `wss:` with the certificate checked against the host and the system's authorities. */
export const dialWebSocket = (
  url: URL,
  handshake: RecorderHandshake,
  handler: ClientSocketHandler,
): ClientSocket => new WebSocketClient(url, handshake, handler)

class WebSocketClient implements ClientSocket {
  readonly #key = randomBytes(16).toString('base64')
  readonly #request: ClientRequest
  readonly #patience: NodeJS.Timeout
  #connection: WebSocketConnection | null = null
  #isClosed = false
  #pongs: (() => void)[] = []

  constructor(
    url: URL,
    private readonly handshake: RecorderHandshake,
    private readonly handler: ClientSocketHandler,
  ) {
    const { headers, subprotocols } = handshake
    const isEncrypted = url.protocol === 'wss:'
    this.#request = (isEncrypted ? requestHttps : requestHttp)({
      ...addressOf(url, isEncrypted),
      agent: false,
      headers: {
        ...headers,
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': this.#key,
        ...(subprotocols.length > 0 && { 'Sec-WebSocket-Protocol': subprotocols.join(',') }),
      },
    })
    this.#patience = setTimeout(() => this.#request.destroy(), CONNECT_MS_MAX)
    this.#request
      .on('upgrade', (response, socket, head) => this.#upgraded(response, socket as Socket, head))
      .on('response', () => this.#request.destroy())
      // The error's text may quote the peer and is not kept.
      .on('error', () => undefined)
      .on('close', () => {
        // An opened one closes with its socket, not with its request.
        if (this.#connection === null) this.#closed(false)
      })
      .end()
  }

  get bufferedBytes(): number {
    return this.#connection?.bufferedBytes ?? 0
  }

  send(message: WireMessage): boolean {
    return this.#connection?.send(message) ?? false
  }

  takeBack(): readonly WireMessage[] {
    return this.#connection?.takeBack() ?? []
  }

  close(code: number): void {
    if (this.#connection === null) this.#request.destroy()
    else this.#connection.close(code)
  }

  destroy(): void {
    if (this.#connection === null) this.#request.destroy()
    else this.#connection.destroy()
  }

  /** A pong comes behind the reading of everything before its ping. */
  async caughtUp(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#pongs.push(resolve)
      setTimeout(() => reject(new Error('no pong')), PONG_MS_MAX).unref()
      this.#connection?.sendPing()
    })
  }

  #upgraded(response: IncomingMessage, socket: Socket, head: Buffer): void {
    clearTimeout(this.#patience)
    const { handler } = this
    if (!isOpening(response.headers, { key: this.#key, subprotocols: this.handshake.subprotocols })) {
      socket.on('error', () => undefined).destroy()
      return
    }
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS)
    const connection = new WebSocketConnection(socket, 'client')
    this.#connection = connection
    handler.opened()
    connection.start(
      {
        message: ({ data, isBinary }) => handler.message({ data: new Uint8Array(data), isBinary }),
        settle: () => undefined,
        written: (messages) => handler.written(messages),
        pong: () => this.#pongs.shift()?.(),
        closed: (code) => this.#closed(code === closeCodes.normal || code === closeCodes.noStatus),
      },
      head,
    )
  }

  #closed(wasClean: boolean): void {
    clearTimeout(this.#patience)
    if (this.#isClosed) return
    this.#isClosed = true
    this.handler.closed(wasClean)
  }
}

const addressOf = ({ hostname, port, pathname, search }: URL, isEncrypted: boolean) => ({
  host: hostname.replace(/^\[(.*)\]$/, '$1'),
  port: port === '' ? (isEncrypted ? 443 : 80) : Number(port),
  path: pathname + search,
})
