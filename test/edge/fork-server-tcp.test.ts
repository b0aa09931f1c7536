// Bare sockets on loopback against a whole proxy, with a dialect that is nobody's.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { checkKept, keyedCall, type LiveProxy, liveProxy, mulaw, until } from '../support/live-proxy.js'
import { plain } from '../support/toy-dialect.js'
import { toyTcp, unitOf } from '../support/toy-transports.js'

const CALLS = 'hushfork_calls{dialect="toy",tenant="default"}'
const start = unitOf(plain('S')).data

const knock = (live: LiveProxy, ...chunks: (Uint8Array | string)[]) => {
  const heard = { isGone: false }
  const socket: Socket = connect({ host: '127.0.0.1', port: Number(live.url.port) })
  socket.on('error', () => undefined)
  socket.on('data', () => undefined)
  socket.on('close', () => {
    heard.isGone = true
  })
  for (const chunk of chunks) socket.write(chunk)
  return { socket, heard }
}

/** A recorder on a byte stream: what it was sent by each connection. */
const byteRecorder = async (t: Test) => {
  const streams: Buffer[] = []
  const server = createServer((socket) => {
    const serial = streams.push(Buffer.alloc(0)) - 1
    socket.on('data', (data) => {
      streams[serial] = Buffer.concat([streams[serial]!, data])
    })
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { url: new URL(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`), streams }
}

t.test('a call over TCP is recorded whole, its keys silent', async (t) => {
  const live = await liveProxy(t, { dialect: toyTcp })
  t.equal(live.url.protocol, 'tcp:')
  const pcm = keyedCall()
  await live.play('toy', pcm)
  await until(() => live.recordings().size === 1, 'the recording is kept')
  checkKept(t, pcm, live.recordings().get('toy')!.pcm, mulaw)
})

t.test('what goes to a recorder over TCP is the units that came, byte for byte', async (t) => {
  const recorder = await byteRecorder(t)
  const live = await liveProxy(t, { dialect: toyTcp, recorder: recorder.url })
  const { socket } = knock(live, start)
  const sent = [start]
  for (let i = 0; i < 5; i++) sent.push(unitOf(plain('X')).data)
  sent.push(unitOf(plain('E')).data)
  for (const unit of sent.slice(1)) socket.write(unit)
  await until(() => recorder.streams[0]?.length === 7 * 3, 'all of it')
  t.same(recorder.streams, [Buffer.concat(sent)])
})

t.test(
  'a socket becomes a call with its first whole unit; until then nobody is dialled for it',
  async (t) => {
    const recorder = await byteRecorder(t)
    const live = await liveProxy(t, { dialect: toyTcp, recorder: recorder.url })
    const { socket, heard } = knock(live, start.subarray(0, 2))
    await new Promise((resolve) => setTimeout(resolve, 50))
    t.equal(recorder.streams.length, 0)
    socket.write(start.subarray(2))
    await until(() => recorder.streams.length === 1, 'dialled')
    t.notOk(heard.isGone)
    socket.destroy()
  },
)

t.test('one that sends no whole unit in 5 s is cut off; one that has may be silent for longer', async (t) => {
  const live = await liveProxy(t, { dialect: toyTcp })
  const slow = [knock(live), knock(live, start.subarray(0, 1))]
  const call = knock(live, start)
  for (const { heard } of slow) await until(() => heard.isGone, 'cut off')
  t.notOk(call.heard.isGone)
  await live.proxy.drain(0)
})

t.test('without credentials nothing is dialled, and the socket is closed', async (t) => {
  const recorder = await byteRecorder(t)
  const live = await liveProxy(t, {
    dialect: toyTcp,
    recorder: recorder.url,
    dialectOptions: { auth: 'nobody' },
  })
  const { heard } = knock(live, start)
  await until(() => heard.isGone, 'closed')
  t.equal(await live.figure('hushfork_connections_refused_total{reason="credentials"}'), 1)
  t.equal(recorder.streams.length, 0)
})

t.test('from an address that is not listed nothing is read, and the socket is closed', async (t) => {
  const recorder = await byteRecorder(t)
  const live = await liveProxy(t, { dialect: toyTcp, recorder: recorder.url, allowFrom: ['192.0.2.0/24'] })
  const { heard } = knock(live)
  await until(() => heard.isGone, 'closed before it said anything')
  t.equal(await live.figure('hushfork_connections_refused_total{reason="address"}'), 1)
  t.equal(recorder.streams.length, 0)
})

t.test('from an address that is listed a call is taken', async (t) => {
  const live = await liveProxy(t, { dialect: toyTcp, allowFrom: ['127.0.0.0/8'] })
  knock(live, start)
  await until(async () => (await live.figure(CALLS)) === 1, 'a call')
  await live.proxy.drain(0)
})

t.test('beyond the limit of calls, and while draining, a socket is closed', async (t) => {
  const live = await liveProxy(t, { dialect: toyTcp, callsMax: 1 })
  const first = knock(live, start)
  await until(async () => (await live.figure(CALLS)) === 1, 'a call')
  const idle = knock(live)
  const second = knock(live, start)
  await until(() => second.heard.isGone, 'refused')
  t.equal(await live.figure('hushfork_connections_refused_total{reason="too-many-calls"}'), 1)
  const drained = live.proxy.drain(5_000)
  idle.socket.write(start)
  await until(() => idle.heard.isGone, 'refused as well')
  t.notOk(first.heard.isGone, 'the live one goes on')
  first.socket.end(unitOf(plain('E')).data)
  await drained
})

t.test('a unit over the limit ends its connection, and no other', async (t) => {
  const live = await liveProxy(t, { dialect: toyTcp })
  const other = knock(live, start)
  const big = knock(live, start, Uint8Array.of(0x7f, 0xff))
  await until(() => big.heard.isGone, 'cut off')
  t.notOk(other.heard.isGone)
  await live.proxy.drain(0)
})

t.test('a PBX that vanishes is a lost one, one that ends its stream has hung up', async (t) => {
  for (const [end, reason] of [
    [(socket: Socket) => socket.end(), 'hangup'],
    [(socket: Socket) => socket.resetAndDestroy(), 'pbx-lost'],
  ] as const) {
    const live = await liveProxy(t, { dialect: toyTcp })
    const { socket } = knock(live, start)
    await until(async () => (await live.figure(CALLS)) === 1, 'a call')
    end(socket)
    await until(() => live.recordings().size === 1, 'kept')
    t.equal(live.recordings().get('toy')!.sidecar.endReason, reason)
  }
})
