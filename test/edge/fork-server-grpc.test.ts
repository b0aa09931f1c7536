// gRPC on loopback against a whole proxy, with a dialect that is nobody's; PBX and recorder are the library's own ends.
import { connect } from 'node:net'
import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  status,
} from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import { MESSAGE_BYTES_MAX } from '../../proxy/base/limits.js'
import { checkKept, keyedCall, type LiveProxy, liveProxy, mulaw, until } from '../support/live-proxy.js'
import { plain } from '../support/toy-dialect.js'
import { toyGrpc } from '../support/toy-transports.js'

const METHOD = '/toy.Toy/Fork'
const CALLS = 'hushfork_calls{dialect="toy",tenant="default"}'
const raw = (message: Buffer): Buffer => message
const say = (kind: 'S' | 'X' | 'E'): Buffer => Buffer.from(plain(kind).data)

/** An RPC to the proxy, and what it has answered. */
const fork = (t: Test, live: LiveProxy, method = METHOD, metadata = new Metadata()) => {
  const client = new Client(live.url.host, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  })
  t.teardown(() => client.close())
  const heard = { messages: [] as string[], status: null as number | null, details: '' }
  const call: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(method, raw, raw, metadata)
  call.on('data', (data: Buffer) => heard.messages.push(data.toString('latin1')))
  call.on('error', () => undefined)
  call.on('status', ({ code, details }) => Object.assign(heard, { status: code, details }))
  return { call, heard }
}

/** A recorder: keeps what each call has said, and answers as told once it has been half-closed. */
const grpcRecorder = async (t: Test, answer: (call: ServerDuplexStream<Buffer, Buffer>) => void) => {
  const calls: { said: Buffer[]; headers: Record<string, unknown>; isCancelled: boolean }[] = []
  const server = new Server()
  const take = (call: ServerDuplexStream<Buffer, Buffer>): void => {
    const mine = { said: [] as Buffer[], headers: call.metadata.getMap(), isCancelled: false }
    calls.push(mine)
    call.on('data', (data: Buffer) => mine.said.push(data))
    call.on('end', () => answer(call))
    call.on('cancelled', () => {
      mine.isCancelled = true
    })
  }
  server.register(METHOD, take, raw, raw, 'bidi')
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  t.teardown(() => server.forceShutdown())
  return { url: new URL(`grpc://127.0.0.1:${port}`), calls }
}

const accept = (call: ServerDuplexStream<Buffer, Buffer>): void => {
  call.write(Buffer.from('X'))
  call.end()
}

t.test('a call over gRPC is recorded whole, its keys silent', async (t) => {
  const live = await liveProxy(t, { dialect: toyGrpc })
  t.equal(live.url.protocol, 'grpc:')
  const pcm = keyedCall()
  await live.play('toy', pcm)
  await until(() => live.recordings().size === 1, 'the recording is kept')
  checkKept(t, pcm, live.recordings().get('toy')!.pcm, mulaw)
})

t.test('the recorder hears the messages that came, and the PBX is answered when it has', async (t) => {
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const recorder = await grpcRecorder(t, (call) => void released.then(() => accept(call)))
  const live = await liveProxy(t, { dialect: toyGrpc, recorder: recorder.url })
  const metadata = new Metadata()
  metadata.set('x-toy', 'seen')
  metadata.set('x-other', 'dropped')
  const { call, heard } = fork(t, live, METHOD, metadata)
  for (const kind of ['S', 'X', 'X', 'E'] as const) call.write(say(kind))
  call.end()
  await until(() => recorder.calls[0]?.said.length === 4, 'all of it')
  t.same(recorder.calls[0]!.said.map(String), ['S', 'X', 'X', 'E'])
  t.match(recorder.calls[0]!.headers, { 'x-toy': 'seen', 'x-other': undefined })
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal(heard.status, null, 'not before')
  release()
  await until(() => heard.status !== null, 'answered')
  t.match(heard, { status: status.OK, messages: ['X'] })
})

t.test('a recorder that fails is a status for the PBX, in words of our own', async (t) => {
  const recorder = await grpcRecorder(t, (call) =>
    call.emit('error', { code: status.DATA_LOSS, details: 'peer text 4111111111111111' }),
  )
  const live = await liveProxy(t, { dialect: toyGrpc, recorder: recorder.url })
  const { call, heard } = fork(t, live)
  call.write(say('S'))
  call.end()
  await until(() => heard.status !== null, 'answered')
  t.match(heard, { status: status.UNAVAILABLE, messages: [], details: 'going away' })
})

t.test('a recorder that nobody answers for is dialled again, and then the PBX is told', async (t) => {
  const live = await liveProxy(t, {
    dialect: toyGrpc,
    recorder: new URL('grpc://127.0.0.1:1'),
    redialSeconds: 1,
  })
  const { call, heard } = fork(t, live)
  call.write(say('S'))
  await until(() => heard.status !== null, 'answered')
  t.equal(heard.status, status.UNAVAILABLE)
})

t.test('without credentials nothing is dialled, and the status is UNAUTHENTICATED', async (t) => {
  const recorder = await grpcRecorder(t, accept)
  const live = await liveProxy(t, {
    dialect: toyGrpc,
    recorder: recorder.url,
    dialectOptions: { auth: 'nobody' },
  })
  const { call, heard } = fork(t, live)
  call.write(say('S'))
  await until(() => heard.status !== null, 'refused')
  t.equal(heard.status, status.UNAUTHENTICATED)
  t.equal(await live.figure('hushfork_connections_refused_total{reason="credentials"}'), 1)
  t.equal(recorder.calls.length, 0)
})

t.test('from an address that is not listed nothing is dialled, and the connection is closed', async (t) => {
  const recorder = await grpcRecorder(t, accept)
  const live = await liveProxy(t, { dialect: toyGrpc, recorder: recorder.url, allowFrom: ['192.0.2.7'] })
  const { heard } = fork(t, live)
  await until(() => heard.status === status.UNAVAILABLE, 'unavailable')
  t.ok((await live.figure('hushfork_connections_refused_total{reason="address"}')) >= 1)
  t.equal(recorder.calls.length, 0)
})

t.test('another method is not implemented; beyond the limit of calls resources are exhausted', async (t) => {
  const live = await liveProxy(t, { dialect: toyGrpc, callsMax: 1 })
  const other = fork(t, live, '/toy.Toy/Other')
  await until(() => other.heard.status === status.UNIMPLEMENTED, 'no such method')
  const first = fork(t, live)
  first.call.write(say('S'))
  await until(async () => (await live.figure(CALLS)) === 1, 'a call')
  const second = fork(t, live)
  await until(() => second.heard.status !== null, 'refused')
  t.equal(second.heard.status, status.RESOURCE_EXHAUSTED)
  t.equal(first.heard.status, null)
  first.call.end()
  await until(() => first.heard.status === status.OK, 'the first ends as ever')
})

t.test(
  'draining, a new call on an old connection is UNAVAILABLE, and the live one ends by itself',
  async (t) => {
    const live = await liveProxy(t, { dialect: toyGrpc })
    const client = new Client(live.url.host, credentials.createInsecure())
    t.teardown(() => client.close())
    const open = () => {
      const call = client.makeBidiStreamRequest(METHOD, raw, raw, new Metadata())
      const codes: number[] = []
      call.on('data', () => undefined).on('error', () => undefined)
      call.on('status', ({ code }) => codes.push(code))
      return { call, codes }
    }
    const first = open()
    first.call.write(say('S'))
    await until(async () => (await live.figure(CALLS)) === 1, 'a call')
    const drained = live.proxy.drain(10_000)
    const second = open()
    await until(() => second.codes.length === 1, 'refused')
    t.same(second.codes, [status.UNAVAILABLE])
    first.call.write(say('E'))
    first.call.end()
    await drained
    t.same(first.codes, [status.OK])
  },
)

t.test('a PBX that cancels is a lost one; one that half-closes has hung up', async (t) => {
  for (const [end, reason] of [
    [(call: ClientDuplexStream<Buffer, Buffer>) => call.end(), 'hangup'],
    [(call: ClientDuplexStream<Buffer, Buffer>) => call.cancel(), 'pbx-lost'],
  ] as const) {
    const live = await liveProxy(t, { dialect: toyGrpc })
    const { call } = fork(t, live)
    call.write(say('S'))
    await until(async () => (await live.figure(CALLS)) === 1, 'a call')
    end(call)
    await until(() => live.recordings().size === 1, 'kept')
    t.equal(live.recordings().get('toy')!.sidecar.endReason, reason)
  }
})

t.test("a PBX's deadline ends its call", async (t) => {
  const live = await liveProxy(t, { dialect: toyGrpc })
  const client = new Client(live.url.host, credentials.createInsecure())
  t.teardown(() => client.close())
  const call = client.makeBidiStreamRequest(METHOD, raw, raw, new Metadata(), { deadline: Date.now() + 300 })
  let code = -1
  call.on('data', () => undefined).on('error', () => undefined)
  call.on('status', (ended) => {
    code = ended.code
  })
  call.write(say('S'))
  await until(() => live.recordings().size === 1, 'kept')
  t.equal(code, status.DEADLINE_EXCEEDED)
  t.equal(live.recordings().get('toy')!.sidecar.endReason, 'pbx-lost')
})

t.test('a message over the limit ends its call, and no other', async (t) => {
  const live = await liveProxy(t, { dialect: toyGrpc })
  const other = fork(t, live)
  const big = fork(t, live)
  for (const { call } of [other, big]) call.write(say('S'))
  big.call.write(Buffer.alloc(MESSAGE_BYTES_MAX + 1))
  await until(() => big.heard.status !== null, 'cut off')
  t.equal(big.heard.status, status.RESOURCE_EXHAUSTED)
  t.equal(other.heard.status, null)
  await live.proxy.drain(0)
})

t.test(
  'a connection that does not say hello in 5 s is cut off, and so is one that says something else',
  async (t) => {
    const live = await liveProxy(t, { dialect: toyGrpc })
    const waits = ['', 'PRI * HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\x16\x03\x01\x02\x00\x01'].map(
      (bytes) => {
        const socket = connect({ host: '127.0.0.1', port: Number(live.url.port) })
        socket.on('error', () => undefined).on('data', () => undefined)
        const gone = new Promise((resolve) => socket.on('close', resolve))
        socket.write(Buffer.from(bytes, 'latin1'))
        return gone
      },
    )
    await Promise.all(waits)
    t.equal(await live.figure('hushfork_calls{dialect="toy",tenant="default"}'), 0)
  },
)
