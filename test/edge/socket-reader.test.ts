// Real sockets on loopback: what is read where depends on Node.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import t, { type Test } from 'tap'
import { SocketReader } from '../../proxy/edge/socket-reader.js'
import { turns } from '../../proxy/edge/turns.js'
import { until } from '../support/live-proxy.js'
import { selfSigned } from '../support/self-signed.js'

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const listening = async (t: Test, server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

const served = async (t: Test, take: (socket: Socket) => void) => {
  const server = createServer({ allowHalfOpen: true }, take)
  const port = await listening(t, server)
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

/** One that is read once in `PAUSE_MS` from now on: only when a test says so, or at its next turn. */
const PAUSE_MS = 400
const paced = async (
  t: Test,
  { isEncrypted = false, take = (_chunk: Uint8Array): void => undefined } = {},
) => {
  const chunks: string[] = []
  const told: string[] = []
  let reader: SocketReader | null = null
  let emptyTurns = 0
  const accept = (accepted: Socket): void => {
    reader = new SocketReader(
      accepted,
      (chunk) => {
        chunks.push(Buffer.from(chunk).toString('latin1'))
        take(chunk)
      },
      () => {
        emptyTurns++
      },
    )
    const { socket } = reader
    socket.on('end', () => {
      told.push('end')
      socket.end()
    })
    socket.on('error', () => void told.push('error'))
    socket.on('close', () => void told.push('close'))
    t.teardown(() => socket.destroy())
  }
  const server = isEncrypted
    ? createTlsServer({ ...selfSigned, allowHalfOpen: true }, accept)
    : createServer({ allowHalfOpen: true }, accept)
  const port = await listening(t, server)
  turns.begin(PAUSE_MS)
  let isOver = false
  const end = (): void => {
    if (!isOver) turns.end()
    isOver = true
  }
  t.teardown(end)
  const peer = isEncrypted ? connectTls({ port, rejectUnauthorized: false }) : connect(port, '127.0.0.1')
  peer.on('error', () => undefined)
  t.teardown(() => peer.destroy())
  await until(() => reader !== null, 'accepted')
  /** Its first turn, and so the longest time until the next. */
  const turn = async (): Promise<void> => {
    peer.write('first')
    await until(() => chunks.length > 0, 'read before its first turn')
    const socket = reader!
    await until(() => socket.waitedMs(performance.now()) > 0, 'its first turn')
    chunks.length = 0
  }
  await turn()
  return {
    reader: reader as unknown as SocketReader,
    peer,
    chunks,
    told,
    end,
    get emptyTurns() {
      return emptyTurns
    },
  }
}

/** What is written is in the kernel on the other side. */
const written = (peer: Socket, bytes: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => peer.write(bytes, () => setTimeout(resolve, 20)))

/** Something has been taken, and the look that took it is over: what is written within one of the loop's turns belongs to it. */
const lookedAt = async (chunks: readonly string[]): Promise<void> => {
  await until(() => chunks.length > 0, 'looked at')
  await passed(20)
}

t.test('all sockets are read into one piece of memory, and answer as they did', async (t) => {
  const memories = new Set<ArrayBufferLike>()
  const texts: string[] = []
  const { dialled } = await served(t, (accepted) => {
    const { socket } = new SocketReader(accepted, (chunk) => {
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
    const { socket } = new SocketReader(accepted, () => undefined)
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
      isSame = new SocketReader(accepted, () => undefined).socket === accepted
      accepted.uncork()
    })
    const [text] = await once(await dialled(), 'data')
    t.equal(`${text}`, 'unwritten')
    t.equal(isSame, true)
  },
)

t.test('in turn, nothing is taken until then, and all of it at once', async (t) => {
  const { reader, peer, chunks } = await paced(t)
  for (const text of ['one ', 'two ', 'three']) await written(peer, text)
  t.same(chunks, [])
  t.ok(reader.waitedMs(performance.now()) > 50)
  await until(() => chunks.length > 0, 'its turn')
  t.same(chunks, ['one two three'])
  t.ok(reader.waitedMs(performance.now()) < 50)
})

t.test('more than one reading holds is taken in one turn, in order', async (t) => {
  const { reader, peer, chunks } = await paced(t)
  const sent = Buffer.alloc(150_000, 'abcdefghijklmnopqrstuvwxyz0')
  await written(peer, sent)
  t.same(chunks, [])
  t.equal(reader.catchUp(), 0)
  t.equal(chunks.join(''), sent.toString())
  t.ok(chunks.length > 1)
})

t.test('the end of the peer is told in turn, behind what it said', async (t) => {
  const { peer, chunks, told } = await paced(t)
  peer.end('last')
  await passed(20)
  t.same([chunks, told], [[], []])
  await until(() => told.includes('close'), 'gone')
  t.same([chunks, told], [['last'], ['end', 'close']])
})

t.test('a peer that has reset the connection is gone at the next turn, and has not ended it', async (t) => {
  const { peer, told } = await paced(t)
  peer.resetAndDestroy()
  await until(() => told.includes('close'), 'gone')
  t.notOk(told.includes('end'), 'which would be a good end')
})

t.test('what has come can be had at once, and then nothing is left', async (t) => {
  const { reader, peer, chunks } = await paced(t)
  t.equal(reader.catchUp(), 0)
  t.same(chunks, [])
  await written(peer, 'here')
  t.equal(reader.catchUp(), 0)
  t.same(chunks, ['here'])
  await passed(PAUSE_MS + 50)
  t.same(chunks, ['here'], 'it is not read again')
})

t.test('from within a reading it cannot be had, and the chunk stays as it is', async (t) => {
  const unread: number[] = []
  const kept: string[] = []
  const { reader, peer, chunks } = await paced(t, {
    take: (chunk) => {
      if (chunk.length !== 4) return
      // Behind the chunk that is being taken there is more, that would be read over it.
      const untilMs = performance.now() + 1000
      peer.write('more bytes')
      while (performance.now() < untilMs - 970);
      unread.push(reader.catchUp())
      kept.push(Buffer.from(chunk).toString())
    },
  })
  await written(peer, 'here')
  reader.catchUp()
  t.equal(unread.length, 1)
  t.ok(unread[0]! >= 20, `${unread[0]} ms`)
  t.same(kept, ['here'])
  await until(() => chunks.length > 1, 'the rest')
  t.same(chunks, ['here', 'more bytes'])
})

t.test('encrypted, it is looked at once a turn, and what came since cannot be had', async (t) => {
  const { reader, peer, chunks } = await paced(t, { isEncrypted: true })
  await until(() => reader.catchUp() < 100, 'a turn')
  await written(peer, 'one ')
  await lookedAt(chunks)
  await written(peer, 'two ')
  await written(peer, 'three')
  t.same(chunks, ['one '])
  const unreadMs = reader.catchUp()
  t.ok(unreadMs >= 30 && unreadMs <= 2 * PAUSE_MS, `${unreadMs} ms`)
  t.same(chunks, ['one '])
  await until(() => chunks.length > 1, 'its turn')
  await until(() => chunks.join('').length > 8, 'all of it')
  t.equal(chunks.join(''), 'one two three')
})

for (const isEncrypted of [false, true])
  t.test(`a turn that brings nothing is told, ${isEncrypted ? 'encrypted' : 'plain'}`, async (t) => {
    const one = await paced(t, { isEncrypted })
    await until(() => one.emptyTurns === 1, 'a turn')
    t.ok(one.reader.catchUp() < PAUSE_MS / 2, 'until then nothing is unread')
    await written(one.peer, 'one')
    await until(() => one.chunks.length > 0, 'its turn')
    await passed(20)
    t.equal(one.emptyTurns, 1, 'the one behind it was not empty')
    await until(() => one.emptyTurns > 1, 'a turn')
    t.same(one.chunks, ['one'])
  })

t.test('encrypted, one look takes all that there is', async (t) => {
  const { peer, chunks } = await paced(t, { isEncrypted: true })
  await written(peer, '.')
  await lookedAt(chunks)
  // The kernel may not hold all of it: nobody waits until it does.
  peer.write(Buffer.alloc(300_000, '.'))
  await passed(20)
  t.same(chunks, ['.'])
  await until(() => chunks.length > 1, 'its turn')
  await passed(PAUSE_MS / 2)
  t.equal(
    chunks.join('').length,
    300_001,
    'of a call that has much to say, or was kept waiting, nothing is left',
  )
})

for (const isEncrypted of [false, true])
  t.test(`behind the last call it is read as ever, ${isEncrypted ? 'encrypted' : 'plain'}`, async (t) => {
    const { reader, peer, chunks, told, end } = await paced(t, { isEncrypted })
    peer.write('late')
    end()
    t.equal(reader.waitedMs(performance.now()), 0)
    t.equal(reader.catchUp(), 0)
    for (const text of ['late', 'one', 'two']) {
      await until(() => chunks.join('').includes(text), text)
      peer.write(text === 'late' ? 'one' : 'two')
    }
    peer.end()
    await until(() => told.includes('close'), 'gone')
    t.same(told, ['end', 'close'])
  })

t.test('one that is gone is not read, and nothing is thrown for it', async (t) => {
  const { reader, peer, chunks } = await paced(t)
  await written(peer, 'unheard')
  reader.socket.destroy()
  reader.read()
  reader.setPaced(false)
  reader.setPaced(true)
  t.equal(reader.catchUp(), 0)
  t.same(chunks, [])
})
