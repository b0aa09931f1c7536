// The calling ends of every transport against receivers that do not read, do not answer, or go away.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import type { Dialect } from '../../proxy/dialects/dialect.js'
import { schemesOf, transportOf } from '../../proxy/dialects/transport.js'
import { type ClientSocket, dial } from '../../proxy/edge/client-socket.js'
import { until } from '../support/live-proxy.js'
import { wsRecorder } from '../support/recorders.js'
import { stillness } from '../support/still.js'
import { toyGrpc, toyTcp } from '../support/toy-transports.js'

/** No transport: WebSocket. */
const toyWs: Pick<Dialect, 'transport'> = {}
const raw = (message: Buffer): Buffer => message
const message = { data: new Uint8Array(4096), isBinary: true }
message.data.set([0x10, 0x00])

/** A receiver of bytes, each socket handed to the test. */
const tcpReceiver = async (t: Test, take: (socket: Socket) => void): Promise<URL> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    take(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return new URL(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const grpcReceiver = async (
  t: Test,
  take: (call: ServerDuplexStream<Buffer, Buffer>) => void,
): Promise<URL> => {
  const server = new Server()
  server.register('/toy.Toy/Fork', take, raw, raw, 'bidi')
  const port = await new Promise<number>((resolve) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) => resolve(bound)),
  )
  t.teardown(() => server.forceShutdown())
  return new URL(`grpc://127.0.0.1:${port}`)
}

const wsReceiver = async (t: Test): Promise<URL> => (await wsRecorder(t, (socket) => socket.pause())).url

const call = (dialect: Pick<Dialect, 'transport'>, url: URL) => {
  const told: string[] = []
  const written = { messages: 0 }
  const socket: ClientSocket = dial(
    transportOf(dialect),
    url,
    { headers: {}, subprotocols: [] },
    {
      opened: () => void told.push('opened'),
      message: ({ data }) => void told.push(`message ${data.length}`),
      written: (messages) => {
        written.messages += messages
      },
      closed: (wasClean) => void told.push(wasClean ? 'closed' : 'lost'),
    },
  )
  return { socket, told, written }
}

for (const [name, dialect, receiver] of [
  ['WebSocket', toyWs, (t: Test) => wsReceiver(t)],
  ['TCP', toyTcp, (t: Test) => tcpReceiver(t, (socket) => socket.pause())],
  ['gRPC', toyGrpc, (t: Test) => grpcReceiver(t, (call) => call.pause())],
] as const) {
  t.test(`${name}: what a receiver does not read is not called written, and is counted`, async (t) => {
    const { socket, told, written } = call(dialect, await receiver(t))
    await until(() => told.length === 1, 'opened')
    const sent = 4096
    for (let i = 0; i < sent; i++) socket.send(message)
    await stillness(() => written.messages)
    t.ok(written.messages < sent, `${written.messages} of ${sent} messages of 4 kB were taken`)
    t.ok(socket.bufferedBytes > 0)
    socket.destroy()
    await until(() => told.length === 2, 'gone')
    t.same(told, ['opened', 'lost'])
    const back = socket.takeBack()
    t.equal(back.length, sent - written.messages, 'what was not taken is handed back')
    t.same([...back.at(-1)!.data], [...message.data])
    t.same(socket.takeBack(), [], 'once')
  })

  t.test(`${name}: where nobody listens the connection is lost at once, and once`, async (t) => {
    const { socket, told } = call(dialect, new URL(`${schemesOf[transportOf(dialect).kind][0]}//127.0.0.1:1`))
    await until(() => told.length > 0, 'told', 4_000)
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 20))
    t.same(told, ['lost'])
  })

  t.test(`${name}: one that is given up while it is being dialled is gone`, async (t) => {
    const { socket, told } = call(dialect, await receiver(t))
    socket.destroy()
    await until(() => told.length === 1, 'gone')
    await new Promise((resolve) => setTimeout(resolve, 50))
    t.same(told, ['lost'])
  })
}

t.test('TCP: a receiver that ends its stream has closed well, and its units are told apart', async (t) => {
  const url = await tcpReceiver(t, (socket) => socket.end(Uint8Array.of(0, 3, 1, 0, 2)))
  const { told } = call(toyTcp, url)
  await until(() => told.includes('closed'), 'closed')
  t.same(told, ['opened', 'message 3', 'message 2', 'closed'])
})

t.test('gRPC: an answer and OK are a good end; a fault of ours cancels instead of ending', async (t) => {
  const ends: string[] = []
  const url = await grpcReceiver(t, (call) => {
    call.on('data', () => undefined)
    call.on('end', () => {
      ends.push('end')
      call.write(Buffer.from('X'))
      call.end()
    })
    call.on('cancelled', () => ends.push('cancelled'))
  })
  const good = call(toyGrpc, url)
  await until(() => good.told.length === 1, 'opened')
  good.socket.close(1001)
  good.socket.close(1001)
  await until(() => good.told.length === 3, 'closed')
  t.same(good.told, ['opened', 'message 1', 'closed'])
  ends.length = 0
  const bad = call(toyGrpc, url)
  await until(() => bad.told.length === 1, 'opened')
  bad.socket.send(message)
  bad.socket.close(1011)
  await until(() => bad.told.includes('lost'), 'lost')
  await until(() => ends.includes('cancelled'), 'cancelled')
})

t.test(
  'WebSocket: what is sent when the receiver has gone is handed back, and behind its close nothing is taken',
  async (t) => {
    const { url, sockets } = await wsRecorder(t, () => undefined)
    const { socket, told } = call(toyWs, url)
    await until(() => told.includes('opened') && sockets.size === 1, 'opened')
    socket.send(message)
    socket.destroy()
    t.ok(socket.send(message), 'nobody has been told yet')
    await until(() => told.length === 2, 'gone')
    t.same(socket.takeBack(), [message, message])
    const other = call(toyWs, url)
    await until(() => other.told.includes('opened') && sockets.size === 1, 'opened')
    for (const peer of sockets) peer.close(1000)
    await until(() => other.told.length === 2, 'closed')
    t.notOk(other.socket.send(message))
    t.same(other.socket.takeBack(), [])
  },
)
