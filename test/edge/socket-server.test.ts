// What every port of bare sockets has alike: the certificate, and patience with handshakes.
import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import t from 'tap'
import { RedactError } from '../../proxy/base/errors.js'
import { createLog } from '../../proxy/edge/log.js'
import { listenOn, socketServer } from '../../proxy/edge/socket-server.js'
import { liveProxy, until } from '../support/live-proxy.js'
import { selfSigned } from '../support/self-signed.js'
import { plain } from '../support/toy-dialect.js'
import { toyGrpc, toyTcp, unitOf } from '../support/toy-transports.js'

const log = createLog('silent')

t.test('with a certificate, forks over TCP are encrypted', async (t) => {
  const live = await liveProxy(t, { dialect: toyTcp, tls: selfSigned })
  t.equal(live.url.protocol, 'tls:')
  const socket = connectTls({
    host: '127.0.0.1',
    port: Number(live.url.port),
    servername: 'localhost',
    ca: selfSigned.cert,
  })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  socket.write(unitOf(plain('S')).data)
  socket.end(unitOf(plain('E')).data)
  await until(() => live.recordings().size === 1, 'recorded')
})

t.test('with a certificate, forks over gRPC are encrypted', async (t) => {
  const live = await liveProxy(t, { dialect: toyGrpc, tls: selfSigned })
  t.equal(live.url.protocol, 'grpcs:')
  const client = new Client(`localhost:${live.url.port}`, credentials.createSsl(selfSigned.cert))
  t.teardown(() => client.close())
  const raw = (message: Buffer): Buffer => message
  const call = client.makeBidiStreamRequest('/toy.Toy/Fork', raw, raw, new Metadata())
  const codes: number[] = []
  call.on('data', () => undefined).on('error', () => undefined)
  call.on('status', ({ code }) => codes.push(code))
  call.write(Buffer.from(plain('S').data))
  call.write(Buffer.from(plain('E').data))
  call.end()
  await until(() => codes.length === 1, 'answered')
  t.same(codes, [status.OK])
})

t.test('a recorder whose certificate nobody vouches for is never sent anything', async (t) => {
  for (const [dialect, scheme] of [
    [toyTcp, 'tls:'],
    [toyGrpc, 'grpcs:'],
  ] as const) {
    const recorder = await liveProxy(t, { dialect, tls: selfSigned })
    const url = new URL(`${scheme}//localhost:${recorder.url.port}`)
    const live = await liveProxy(t, { dialect, recorder: url, redialSeconds: 0 })
    await live.play('toy', [new Int16Array(1600), new Int16Array(1600)]).catch(() => undefined)
    await live.proxy.drain(0)
    t.equal(recorder.recordings().size, 0)
    t.equal(recorder.proxy.callCount, 0)
  }
})

t.test('a TLS handshake that takes too long is cut off, and one that fails is nobody’s call', async (t) => {
  const taken: unknown[] = []
  const server = socketServer(selfSigned, [], (socket) => taken.push(socket))
  const port = await listenOn(server, '127.0.0.1', 0, log)
  t.teardown(() => server.close())
  for (const bytes of ['', 'no handshake at all']) {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('error', () => undefined).resume()
    socket.write(bytes)
    await once(socket, 'close')
  }
  t.same(taken, [])
})

t.test('a port that is taken is an error that says so', async (t) => {
  const [first, second] = [socketServer(null, [], () => {}), socketServer(null, [], () => {})]
  const port = await listenOn(first, '127.0.0.1', 0, log)
  t.teardown(() => first.close())
  const error = await listenOn(second, '127.0.0.1', port, log).catch((error: unknown) => error)
  t.ok(error instanceof RedactError)
  t.match(error, {
    code: 'REDACT_ERR_LISTEN',
    message: `cannot listen on 127.0.0.1:${port}: the port is in use`,
  })
})
