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

/** What the handler was told as written, in all. */
const writtenOf = (told: readonly string[]): number =>
  told.reduce((sum, line) => sum + (line.startsWith('written ') ? Number(line.slice(8)) : 0), 0)

/** Messages of their own, of every length up to 100 KB, that are 10 MB together: more than any kernel takes at once. */
const manyMessages = Array.from({ length: 200 }, (_, n) => ({
  data: new Uint8Array((n * 7919) % 100_000).fill(n),
  isBinary: true,
}))

/** So many of them are sent when the others have gone. */
const LATER = 50

/** A peer that has stopped reading when `connection` has sent all of them but the last. */
const clogged = async (t: Test) => {
  const { told, peer, connection } = await served(t)
  const { _socket: socket } = peer as unknown as { _socket: Socket }
  socket.pause()
  for (const message of manyMessages.slice(0, -LATER)) connection.send(message)
  t.same(told, [], 'nothing is told from within a call')
  await new Promise((resolve) => setTimeout(resolve, 100))
  t.ok(connection.bufferedBytes > 1 << 20, `${connection.bufferedBytes} bytes are left`)
  return { told, peer, connection, socket }
}

t.test(
  'what the kernel takes is told as written behind the call that sent it, and counted once',
  async (t) => {
    const { told, heard, connection } = await served(t)
    connection.send(bytes(100_000))
    connection.send(bytes(320))
    connection.send(bytes(70_000))
    t.same(told, [])
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    t.same(told, ['written 3'])
    await until(() => heard.length === 3, 'heard')
    t.same(told, ['written 3'])
  },
)

t.test('what a peer has not read in time follows in order, and is told when it is taken', async (t) => {
  const { told, peer, connection, socket } = await clogged(t)
  t.ok(writtenOf(told) > 0, 'part of it is in the kernel')
  t.ok(writtenOf(told) < manyMessages.length)
  const later = manyMessages.slice(-LATER)
  let count = 0
  peer.removeAllListeners('message').on('message', (data: Buffer) => {
    if (!data.equals(manyMessages[count++]!.data)) t.fail(`message ${count - 1} is another`)
    // The kernel has room again, and there are others before this one that it does not know of.
    const next = later.shift()
    if (next !== undefined) connection.send(next)
  })
  socket.resume()
  await until(() => writtenOf(told) === manyMessages.length && count === manyMessages.length, 'all of them')
  t.equal(connection.bufferedBytes, 0)
})

t.test('what was not told as written is taken back when the peer is gone: all of it, in order', async (t) => {
  const { told, connection } = await clogged(t)
  connection.destroy()
  await until(() => told.includes('closed 1006'), 'gone')
  const back = connection.takeBack()
  t.equal(writtenOf(told) + back.length, manyMessages.length - LATER)
  for (const [i, { data, isBinary }] of back.entries()) {
    const { data: sent } = manyMessages[i + writtenOf(told)]!
    if (!isBinary || Buffer.compare(data, sent) !== 0) t.fail(`message ${i} is another`)
  }
  t.same(connection.takeBack(), [])
})

t.test('once it is taken back nothing is told as written any more', async (t) => {
  const { told, connection } = await served(t)
  connection.send(bytes(70_000))
  connection.destroy()
  t.same(connection.takeBack(), [], 'it is in the kernel')
  await until(() => told.length > 0, 'closed')
  t.same(told, ['closed 1006'])
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
