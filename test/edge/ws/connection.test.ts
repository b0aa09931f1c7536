// Both roles against ws, which shares no code with us.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { dialWebSocket } from '../../../proxy/edge/client-socket-ws.js'
import { WebSocketConnection } from '../../../proxy/edge/ws/connection.js'
import { openingAnswer } from '../../../proxy/edge/ws/handshake.js'
import { until } from '../../support/live-proxy.js'

/** Our server's end of a connection that ws has dialled, and what each was told. */
const served = async (t: Test) => {
  const told: string[] = []
  let connection: WebSocketConnection | null = null
  const server = createServer().on('upgrade', (request, socket, head) => {
    socket.write(openingAnswer(request, null))
    connection = new WebSocketConnection(socket as Socket, 'server')
    connection.start(
      {
        message: ({ data, isBinary }) =>
          void told.push(isBinary ? `${data.length} bytes` : Buffer.from(data).toString()),
        settle: () => undefined,
        written: (messages) => void told.push(`written ${messages}`),
        pong: () => void told.push('pong'),
        closed: (code) => void told.push(`closed ${code}`),
      },
      head,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const peer = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const heard: string[] = []
  peer.on('message', (data, isBinary) =>
    heard.push(isBinary ? `${(data as Buffer).length} bytes` : `${data}`),
  )
  peer.on('pong', (data) => heard.push(`pong ${data}`))
  peer.on('close', (code) => heard.push(`closed ${code}`))
  peer.on('error', () => undefined)
  await once(peer, 'open')
  t.teardown(() => {
    peer.terminate()
    server.closeAllConnections()
    server.close()
  })
  return { told, heard, peer, connection: connection as unknown as WebSocketConnection }
}

const bytes = (length: number) => ({ data: new Uint8Array(length), isBinary: true })

t.test('a server hears texts, binary messages, fragments and pings, and answers', async (t) => {
  const { told, heard, peer, connection } = await served(t)
  peer.send('text')
  peer.send(new Uint8Array(70_000))
  peer.send('frag', { fin: false })
  peer.send('ments')
  peer.ping('are you there')
  await until(() => heard.includes('pong are you there'), 'answered')
  t.same(told, ['text', '70000 bytes', 'fragments'])
  connection.send(bytes(320))
  connection.send({ data: Buffer.from('after'), isBinary: false })
  connection.sendPing()
  await until(() => told.includes('pong'), 'asked')
  t.same(heard, ['pong are you there', '320 bytes', 'after'])
  t.same(told.slice(3), ['written 2', 'pong'])
})

t.test(
  "a peer's close is answered with its code, ours with its answer, and a peer that vanishes is 1006",
  async (t) => {
    const theirs = await served(t)
    theirs.peer.close(4001)
    await until(() => theirs.heard.length > 0 && theirs.told.length > 0, 'closed')
    t.same([theirs.heard, theirs.told], [['closed 4001'], ['closed 4001']])
    const ours = await served(t)
    ours.connection.send(bytes(1))
    ours.connection.close(1001)
    ours.connection.send(bytes(1))
    await until(() => ours.heard.length > 1 && ours.told.length > 1, 'closed')
    t.same(
      [ours.heard, ours.told],
      [
        ['1 bytes', 'closed 1001'],
        ['written 1', 'closed 1001'],
      ],
    )
    const gone = await served(t)
    gone.peer.terminate()
    await until(() => gone.told.length > 0, 'gone')
    t.same(gone.told, ['closed 1006'])
  },
)

t.test('whoever breaks the protocol is told which rule, and cut off', async (t) => {
  const { told, heard, peer } = await served(t)
  const { _socket: socket } = peer as unknown as { _socket: Socket }
  socket.write(Uint8Array.of(0x81, 1, 65))
  await until(() => heard.length > 0 && told.length > 0, 'closed')
  t.same([heard, told], [['closed 1002'], ['closed 1006']])
})

t.test('a client is understood by ws, and understands it', async (t) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  t.teardown(() => server.close())
  const heard: string[] = []
  server.on('connection', (peer, request) => {
    heard.push(`${request.url} ${request.headers['authorization']}`)
    peer.on('message', (data, isBinary) => {
      heard.push(isBinary ? `${(data as Buffer).length} bytes` : `${data}`)
      peer.send(`echo ${(data as Buffer).length}`)
    })
    peer.on('close', (code) => heard.push(`closed ${code}`))
  })
  const told: string[] = []
  let written = 0
  const url = new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/path?a=b`)
  const socket = dialWebSocket(
    url,
    { headers: { authorization: 'Bearer key' }, subprotocols: [] },
    {
      opened: () => void told.push('opened'),
      message: ({ data }) => void told.push(Buffer.from(data).toString()),
      written: (messages) => {
        written += messages
      },
      closed: (wasClean) => void told.push(wasClean ? 'closed' : 'lost'),
    },
  )
  await until(() => told.length === 1, 'opened')
  const lengths = [0, 1, 125, 126, 320, 65_535, 65_536, 200_000]
  for (const length of lengths) socket.send(bytes(length))
  await socket.caughtUp()
  t.equal(written, lengths.length)
  t.equal(socket.bufferedBytes, 0)
  socket.close(1000)
  await until(() => told.includes('closed') && heard.includes('closed 1000'), 'closed')
  t.same(heard, ['/path?a=b Bearer key', ...lengths.map((length) => `${length} bytes`), 'closed 1000'])
  t.same(told, ['opened', ...lengths.map((length) => `echo ${length}`), 'closed'])
})

/** What a server answers to the handshake, and what becomes of the client. */
const answered = async (t: Test, answer: string): Promise<string[]> => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.write(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const told: string[] = []
  dialWebSocket(
    new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`),
    { headers: {}, subprotocols: [] },
    {
      opened: () => void told.push('opened'),
      message: () => void told.push('message'),
      written: () => undefined,
      closed: (wasClean) => void told.push(wasClean ? 'closed' : 'lost'),
    },
  )
  await until(() => told.length > 0, 'told')
  return told
}

t.test('a server that answers anything else than a handshake is no recorder', async (t) => {
  const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\n'
  for (const answer of [
    'HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n',
    `HTTP/1.1 101 Switching Protocols\r\n${upgrade}Sec-WebSocket-Accept: AAAA\r\n\r\n`,
    `HTTP/1.1 101 Switching Protocols\r\n${upgrade}\r\n\x81\x01A`,
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    'rubbish\r\n\r\n',
  ])
    t.same(await answered(t, answer), ['lost'], JSON.stringify(answer.slice(0, 20)))
})

t.test('a socket that never reads its pongs is cut off, and holds no more than the limit', async (t) => {
  const { told, connection, peer } = await served(t)
  const { _socket: socket } = peer as unknown as { _socket: Socket }
  const pings = new Uint8Array(131 * 500)
  for (let i = 0; i < pings.length; i += 131) pings.set([0x89, 0xfd], i)
  socket.pause()
  let most = 0
  await until(() => {
    if (socket.writableLength < 1 << 20) socket.write(pings)
    most = Math.max(most, connection.bufferedBytes)
    return told.length > 0
  }, 'cut off')
  t.same(told, ['closed 1006'])
  t.ok(most < 2 << 20, `${most} bytes`)
})

t.test('a connection that is destroyed tells nothing but its end', async (t) => {
  const { told, peer, connection } = await served(t)
  peer.send('unheard')
  connection.destroy()
  await until(() => told.length > 0, 'closed')
  t.same(told, ['closed 1006'])
  connection.send(bytes(1))
  connection.close(1000)
  connection.destroy()
  await new Promise((resolve) => setImmediate(resolve))
  t.same(told, ['closed 1006'])
})
