// Real sockets on loopback: what is read where depends on Node.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { readShared } from '../../proxy/edge/shared-read.js'
import { until } from '../support/live-proxy.js'

const served = async (t: Test, take: (socket: Socket) => void) => {
  const server = createServer({ allowHalfOpen: true }, take).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return {
    server,
    dialled: async () => {
      const peer = connect(port, '127.0.0.1')
      await once(peer, 'connect')
      t.teardown(() => peer.destroy())
      return peer
    },
  }
}

t.test('all sockets are read into one piece of memory, and answer as they did', async (t) => {
  const memories = new Set<ArrayBufferLike>()
  const texts: string[] = []
  const { dialled } = await served(t, (accepted) => {
    const socket = readShared(accepted, (chunk) => {
      memories.add(chunk.buffer)
      texts.push(Buffer.from(chunk).toString())
      socket.write(`${chunk.length} bytes`)
    })
  })
  for (const text of ['one', 'three']) {
    const peer = await dialled()
    peer.write(text)
    const [answer] = await once(peer, 'data')
    t.equal(`${answer}`, `${text.length} bytes`)
  }
  t.same(texts, ['one', 'three'])
  t.equal(memories.size, 1)
})

t.test('the end of either side is told, and the server knows that the connection has gone', async (t) => {
  const told: string[] = []
  const { server, dialled } = await served(t, (accepted) => {
    const socket = readShared(accepted, () => undefined)
    socket.on('end', () => {
      told.push('end')
      socket.end()
    })
    socket.on('close', () => told.push('close'))
  })
  const peer = await dialled()
  peer.end('last')
  await until(() => told.includes('close'), 'gone')
  t.same(told, ['end', 'close'])
  const count = await new Promise((resolve) => server.getConnections((_error, n) => resolve(n)))
  t.equal(count, 0)
})

t.test(
  'one that something is still to be written to keeps its own memory until then',
  { timeout: 3_000 },
  async (t) => {
    let isSame = false
    const { dialled } = await served(t, (accepted) => {
      accepted.cork()
      accepted.write('unwritten')
      isSame = readShared(accepted, () => undefined) === accepted
      accepted.uncork()
    })
    const [text] = await once(await dialled(), 'data')
    t.equal(`${text}`, 'unwritten')
    t.equal(isSame, true)
  },
)
