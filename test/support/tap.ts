import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import type { Test } from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import type { Side } from '../../proxy/dialects/dialect.js'
import type { TcpTransport } from '../../proxy/dialects/transport.js'
import { UnitReader } from '../../proxy/edge/unit-reader.js'
import type { WireMessage } from '../../proxy/media/wire.js'

/** What one connection carried, in order. */
export interface Tapped {
  readonly messages: { readonly side: Side; readonly message: WireMessage }[]
  isOver: boolean
}

export interface WireTap {
  readonly url: URL
  readonly connections: readonly Tapped[]
}

const copyOf = (data: Uint8Array): Uint8Array => Uint8Array.from(data)

/** A WebSocket on loopback that hands everything on to `upstream`, and keeps a copy. */
export const tapWebSocket = async (t: Test, upstream: URL, subprotocol: string): Promise<WireTap> => {
  const connections: Tapped[] = []
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => subprotocol })
  await once(server, 'listening')
  t.teardown(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  server.on('connection', (pbx, { headers }) => {
    const tapped: Tapped = { messages: [], isOver: false }
    connections.push(tapped)
    const authorization = headers.authorization === undefined ? {} : { authorization: headers.authorization }
    const proxy = new WebSocket(upstream, subprotocol, { headers: authorization })
    const isOpen = once(proxy, 'open').catch(() => undefined)
    pbx.on('message', (data: Buffer, isBinary) => {
      tapped.messages.push({ side: 'pbx', message: { data: copyOf(data), isBinary } })
      void isOpen.then(() => proxy.send(data, { binary: isBinary }))
    })
    proxy.on('message', (data: Buffer, isBinary) => {
      tapped.messages.push({ side: 'recorder', message: { data: copyOf(data), isBinary } })
      pbx.send(data, { binary: isBinary })
    })
    pbx.on('close', (code) => {
      tapped.isOver = true
      void isOpen.then(() => proxy.close(code === 1005 ? 1000 : code))
    })
    proxy.on('close', (code) => pbx.close(code === 1006 ? 1011 : code))
    for (const socket of [pbx, proxy]) socket.on('error', () => undefined)
  })
  return { url: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/fork`), connections }
}

/** The same for a byte stream, its units told apart. */
export const tapTcp = async (t: Test, upstream: URL, transport: TcpTransport): Promise<WireTap> => {
  const connections: Tapped[] = []
  const server = createServer((pbx) => {
    const tapped: Tapped = { messages: [], isOver: false }
    connections.push(tapped)
    const proxy = connect({ host: '127.0.0.1', port: Number(upstream.port) })
    for (const [side, from, to] of [
      ['pbx', pbx, proxy],
      ['recorder', proxy, pbx],
    ] as const) {
      const units = new UnitReader(transport)
      from.on('data', (chunk) => {
        to.write(copyOf(chunk))
        units.read(chunk, (data) => tapped.messages.push({ side, message: { data, isBinary: true } }))
      })
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
    }
    pbx.on('close', () => {
      tapped.isOver = true
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { url: new URL(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`), connections }
}
