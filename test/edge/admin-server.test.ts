import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { listenAdmin } from '../../proxy/edge/admin-server.js'
import { adminRoom, bearer, KEY } from '../support/admin-room.js'

const SECRET = '4111111111111111'

const started = { state: 'started', signalId: 's1' }

t.test('every answer of the control plane has its status', async (t) => {
  const { room, pay } = adminRoom(t)
  t.match(await pay('CA1', started), { statusCode: 202 }, 'pending')
  room.begin('CA1', ['agent=7'])
  t.match(await pay('CA1', started), { statusCode: 200 }, 'applied')
  room.begin('CA2', ['agent=7'])
  t.match(await pay('by/agent/7', { ...started, signalId: 's2' }), { statusCode: 409 }, 'ambiguous')
  t.match(await pay('CA9', { state: 'ended', signalId: 's9' }), { statusCode: 404 }, 'unknown')
})

t.test('an applied start names the call, the stream, the first silent sample and its instant', async (t) => {
  const { room, pay } = adminRoom(t)
  room.begin('CA1').hear(0, 5)
  const answer = await pay('CA1', started)
  const stream = {
    callId: 'CA1',
    streamId: 'stream-1',
    firstSilentSample: 480,
    firstSilentAt: '1970-01-01T00:16:39.960Z',
    lateMs: 0,
  }
  t.same(answer.json(), { result: 'applied', signalId: 's1', ...stream, streams: [stream], repeated: false })
})

t.test('with keys, only a configured one is let in, and the answer says what is missing', async (t) => {
  const { get, pay } = adminRoom(t, { apiKeys: [{ name: 'page', key: KEY }] })
  t.equal((await get('/v1/calls', bearer(KEY))).statusCode, 200)
  t.equal(
    (await get('/v1/calls', { authorization: `bearer ${KEY}` })).statusCode,
    200,
    'the scheme has no case',
  )
  for (const headers of [
    {},
    bearer(`${KEY}x`),
    bearer(''),
    { authorization: `Basic ${KEY}` },
    { authorization: KEY },
  ]) {
    const answer = await get('/v1/calls', headers)
    t.match(answer, { statusCode: 401, headers: { 'www-authenticate': 'Bearer' } })
    t.match(answer.json(), { result: 'forbidden', detail: String })
    t.notMatch(answer.body, KEY)
  }
  t.equal((await pay('CA1', started)).statusCode, 401)
})

t.test('without keys the API answers on loopback alone; health and metrics answer anywhere', async (t) => {
  const { get } = adminRoom(t, { host: '0.0.0.0' })
  t.match((await get('/v1/calls')).json(), { result: 'forbidden', detail: /admin\.apiKeys/ })
  for (const url of ['/healthz', '/readyz', '/metrics']) t.equal((await get(url)).statusCode, 200, url)
})

t.test('without keys no page of a browser on this machine is answered', async (t) => {
  const { get, post } = adminRoom(t)
  t.equal((await get('/v1/calls', { host: '127.0.0.1:9464' })).statusCode, 200)
  t.equal((await get('/v1/calls', { host: '[::1]:9464' })).statusCode, 200)
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { host: 'evil.example:9464' },
    { host: 'localhost.evil.example' },
  ])
    t.match(await get('/v1/calls', headers), { statusCode: 403, body: /foreign-page/ })
  t.match(await post('/v1/drain', undefined, { origin: 'https://evil.example' }), { statusCode: 403 })
})

t.test('no answer is kept by a cache, sniffed, or named to another site', async (t) => {
  const { get } = adminRoom(t)
  for (const url of ['/v1/calls', '/v1/calls/CA1', '/nowhere', '/healthz'])
    t.match((await get(url)).headers, {
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
})

t.test('/readyz says 503 while the process drains or nobody listens, /healthz does not', async (t) => {
  for (const reason of ['draining', 'nobody-listens'] as const) {
    const { get } = adminRoom(t, {}, { readiness: () => reason })
    t.match(await get('/readyz'), { statusCode: 503, body: `{"status":"${reason}"}` })
    t.equal((await get('/healthz')).statusCode, 200)
  }
})

t.test('a bad body is answered with every problem at once and none of its values', async (t) => {
  const { pay } = adminRoom(t)
  const answer = await pay('CA1', {
    state: SECRET,
    signalId: '',
    ttlSeconds: 0,
    issuedAt: SECRET,
    [SECRET]: SECRET,
  })
  t.equal(answer.statusCode, 400)
  const { error, problems } = answer.json()
  t.equal(error, 'INVALID_BODY')
  t.same(problems.map(({ path }: { path: string }) => path).sort(), [
    '',
    'issuedAt',
    'signalId',
    'state',
    'ttlSeconds',
  ])
  t.notMatch(answer.body, SECRET)
})

t.test('what is no request is refused with a code, and nothing of it comes back', async (t) => {
  const { app, get, pay } = adminRoom(t)
  const post = (payload: string, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/v1/calls/CA1/payment', payload, headers: { 'content-type': type } })
  for (const [answer, status] of [
    [await post(`{"state":"${SECRET}`), 400],
    [await post(''), 400],
    [await post(`"${SECRET}"`), 400],
    [await post(SECRET, 'text/plain'), 400],
    [await post(SECRET, 'application/x-nothing'), 415],
    [await post(`{"signalId":"${SECRET.repeat(1000)}"}`), 413],
    [await post(`{"__proto__":{"${SECRET}":1}}`), 400],
    [await get(`/v1/calls/%zz${SECRET}`), 400],
    [await get(`/${SECRET}`), 404],
    [await get(`/v1/calls/${SECRET.repeat(40)}`), 414],
    [await pay(SECRET, { state: 'ended', signalId: 's1' }), 404],
  ] as const) {
    t.equal(answer.statusCode, status)
    if (!answer.body.includes('"result"')) t.notMatch(answer.body, SECRET)
  }
  for (const [answer, detail] of [
    [await post(SECRET, 'application/x-nothing'), /application\/json/],
    [await post('{'), /send JSON/],
    [await post(''), /there is no body/],
    [await post(`{"signalId":"${SECRET.repeat(1000)}"}`), /8 kB/],
  ] as const)
    t.match(answer.json().detail, detail, 'it is said what to do')
})

t.test('calls are listed with what is public of them, and found by id', async (t) => {
  const { room, get, pay } = adminRoom(t)
  room.begin('CA1', ['agent=7'])
  const call = {
    callId: 'CA1',
    streamId: 'stream-1',
    dialect: 'toy',
    tenant: 'default',
    tracks: ['caller'],
    payment: 'off',
    openSeconds: {},
  }
  t.same((await get('/v1/calls')).json(), { calls: [call] })
  await pay('CA1', started)
  t.same((await get('/v1/calls/CA1')).json(), {
    callId: 'CA1',
    streams: [{ ...call, payment: 'on', paymentSeconds: 0, openSeconds: { payment: 0 } }],
  })
  t.match(await get('/v1/calls/CA9'), { statusCode: 404, body: '{"result":"unknown"}' })
})

t.test('/metrics is what Prometheus reads, with signals counted by their answer', async (t) => {
  const { get, pay } = adminRoom(t)
  await pay('CA1', started)
  const page = await get('/metrics')
  t.match(page.headers['content-type'], /^text\/plain; version=0\.0\.4/)
  t.match(page.body, 'hushfork_signals_total{result="pending"} 1')
})

t.test('who asks too often is told when to ask again, and who is not known how to be', async (t) => {
  const { get } = adminRoom(t, { apiKeys: [{ name: 'desk', key: KEY, scopes: ['read'] }] })
  for (let i = 0; i < 20; i++) await get('/v1/calls', bearer(KEY))
  t.match(await get('/v1/calls', bearer(KEY)), { statusCode: 429, headers: { 'retry-after': '1' } })
  t.match(await get('/v1/calls'), { statusCode: 401, headers: { 'www-authenticate': 'Bearer' } })
})

t.test('who takes too long over a request is cut off, with others answered meanwhile', async (t) => {
  const { app } = adminRoom(t)
  const port = await listenAdmin(app, '127.0.0.1', 0)
  const request =
    'POST /v1/calls/CA1/payment HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n'
  const saidInTime = async (text: string): Promise<number> => {
    const socket = connect(port, '127.0.0.1')
    const startedMs = performance.now()
    if (text !== '') socket.write(text)
    socket.resume()
    await once(socket, 'close')
    return performance.now() - startedMs
  }
  const slow = ['', request, `${request}Content-Length: 100\r\n\r\n{"state":`].map(saidInTime)
  t.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
  for (const ms of await Promise.all(slow)) t.ok(ms >= 4_000 && ms < 15_000, `${Math.round(ms)} ms`)
  t.equal(app.server.maxConnections, 8_000, 'and there is an end to how many may try')
})
