// A PBX that waits to be dialled, on loopback, and a whole proxy that is told to fetch its fork over the API.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'
import { isSilence, keyedCall, keyTimes, liveProxy, until } from '../support/live-proxy.js'

const ID = '32966726-4388-456b-a333-fdf5dbecc60d'
const start =
  'MEDIA_START connection_id:x channel:y channel_id:1.2 format:ulaw optimal_frame_size:160 ptime:20'

/** Like Asterisk's HTTP server: one channel waits, under ID. */
const waitingPbx = async (t: Test) => {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    verifyClient: ({ req }, done) => done(req.url === `/media/${ID}`, 404),
    handleProtocols: (offered) => [...offered][0] ?? false,
  })
  await once(server, 'listening')
  t.teardown(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const sockets: WebSocket[] = []
  server.on('connection', (socket) => sockets.push(socket))
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/media`, sockets }
}

const roomOf = async (t: Test, parts: { dialUrl?: string; callsMax?: number } = {}) => {
  const pbx = await waitingPbx(t)
  const options = { dialUrl: parts.dialUrl ?? pbx.url }
  const auth = { type: 'basic', username: 'pbx', password: 'open sesame' }
  const live = await liveProxy(t, {
    dialect: 'asterisk',
    dialectOptions: { auth, options },
    ...(parts.callsMax !== undefined && { callsMax: parts.callsMax }),
  })
  const take = async (body: object): Promise<[number, unknown]> => {
    const response = await fetch(`http://127.0.0.1:${live.proxy.adminPort}/v1/forks/take`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return [response.status, ((await response.json()) as { result: unknown }).result]
  }
  return { pbx, live, take }
}

t.test('a fork that waits is fetched, recorded whole, its keys silent', async (t) => {
  const { pbx, live, take } = await roomOf(t)
  t.same(await take({ path: '/fork', id: ID }), [201, 'taken'])
  const [socket] = pbx.sockets
  t.equal(socket!.protocol, 'media')
  const [pcm] = keyedCall(4)
  const audio = pcmu.encode(pcm!)
  socket!.send(start)
  for (let at = 0; at < audio.length; at += 160) socket!.send(audio.subarray(at, at + 160))
  socket!.close(1000)
  await until(() => live.recordings().size === 1, 'the recording is kept')
  const { pcm: kept, sidecar } = live.recordings().get('1.2')!
  t.match(sidecar, { samples: 32_000, endReason: 'hangup' })
  for (const [from, to] of keyTimes) t.ok(isSilence(kept[0]!.subarray(from * 8000, to * 8000)))
  t.notOk(isSilence(kept[0]!))
})

t.test('what cannot be fetched is answered with why', async (t) => {
  const { pbx, take } = await roomOf(t)
  t.same(
    await take({ path: '/fork', id: ID.replace(/^3/, '4') }),
    [502, 'unreachable'],
    'nobody waits under it',
  )
  t.same(await take({ path: '/fork', id: '../ari/channels' }), [404, 'unknown'], 'no id of Asterisk')
  t.same(await take({ path: '/other', id: ID }), [404, 'unknown'])
  t.equal((await take({ path: '/fork' }))[0], 400)
  t.equal(pbx.sockets.length, 0)
  const nobody = await roomOf(t, { dialUrl: 'ws://127.0.0.1:9/media' })
  t.same(await nobody.take({ path: '/fork', id: ID }), [502, 'unreachable'])
})

t.test('a process that drains fetches none', async (t) => {
  const { pbx, live, take } = await roomOf(t)
  t.same(await take({ path: '/fork', id: ID }), [201, 'taken'])
  const drained = live.proxy.drain(10_000)
  t.same(await take({ path: '/fork', id: ID }), [503, 'unavailable'])
  pbx.sockets[0]!.close(1000)
  await drained
  t.equal(pbx.sockets.length, 1)
})

t.test('the limit on calls counts for what is fetched too', async (t) => {
  const { pbx, take } = await roomOf(t, { callsMax: 1 })
  t.same(await take({ path: '/fork', id: ID }), [201, 'taken'])
  t.same(await take({ path: '/fork', id: ID }), [503, 'unavailable'])
  t.equal(pbx.sockets.length, 1)
})
