// Real sockets on loopback against a whole proxy; what a PBX may do wrong before and beside its call.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { MESSAGE_BYTES_MAX } from '../../proxy/base/limits.js'
import { turns } from '../../proxy/edge/turns.js'
import { policySchema } from '../../proxy/policy/options.js'
import { scheduleDays } from '../../proxy/policy/schedule.js'
import {
  calmCall,
  type LiveOptions,
  type LiveProxy,
  liveProxy as startLive,
  until,
  uwsMissing,
} from '../support/live-proxy.js'
import { wsRecorder } from '../support/recorders.js'

const upgrade = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: pbx\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'

/** A bare TCP connection: what it was answered, and whether it is gone. */
const knock = (live: LiveProxy, bytes: string) => {
  const heard = { text: '', isGone: false }
  const socket: Socket = connect({ host: '127.0.0.1', port: Number(live.url.port), allowHalfOpen: true })
  socket.on('error', () => undefined)
  socket.on('data', (data) => {
    heard.text += data.toString('latin1')
  })
  socket.on('close', () => {
    heard.isGone = true
  })
  socket.write(bytes)
  return { socket, heard }
}

/** How a WebSocket connection ended: an HTTP status, or a close code. */
const outcomeOf = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode!))
    socket.on('close', resolve)
    socket.on('error', () => undefined)
  })

const closing = (socket: WebSocket): WebSocket => socket.on('open', () => socket.close(1000))

/** The same from every engine that reads forks. */
const engineTests = (engine: 'node' | 'uws') => async (t: Test) => {
  const liveProxy = (t: Test, options: LiveOptions = {}) => startLive(t, { ...options, engine })

  t.test('a path that no fork has is answered 404, a plain request 426, and neither is a call', async (t) => {
    const live = await liveProxy(t)
    const wrong = new URL('/forks', live.url)
    t.equal(await outcomeOf(closing(new WebSocket(wrong))), 404)
    t.equal((await fetch(`http://127.0.0.1:${live.url.port}/fork`)).status, 426)
    t.equal(await live.figure('hushfork_connections_refused_total{reason="unknown-path"}'), 1)
  })

  t.test(
    'where calls outside the hours are refused, nothing is dialled for one, and the answer is 503',
    async (t) => {
      let dialled = 0
      const { url } = await wsRecorder(t, () => void dialled++)
      const inThreeDays = scheduleDays[(new Date().getUTCDay() + 3) % 7]
      const open = [{ days: [inThreeDays], from: '08:00', to: '18:00' }]
      const policy = policySchema.parse({ schedule: { timeZone: 'UTC', open, outside: 'refuse' } })
      const live = await liveProxy(t, { recorder: url, policy })
      t.equal(await outcomeOf(closing(new WebSocket(live.url))), 503)
      t.equal(await live.figure('hushfork_connections_refused_total{reason="outside-hours"}'), 1)
      t.equal(dialled, 0)
    },
  )

  t.test('a query does not hide the path', async (t) => {
    const live = await liveProxy(t)
    const socket = new WebSocket(new URL('/fork?queue=billing', live.url))
    await new Promise((resolve) => socket.once('open', resolve))
    socket.terminate()
  })

  t.test('without credentials nothing is dialled, and the answer is 403, as Twilio takes it', async (t) => {
    let dialled = 0
    const { url } = await wsRecorder(t, () => void dialled++)
    const token = 'correct-horse'
    const live = await liveProxy(t, {
      recorder: url,
      dialectOptions: { auth: { type: 'bearer', token }, recorderAuth: { type: 'bearer', token: 'other' } },
    })
    t.equal(await outcomeOf(closing(new WebSocket(live.url))), 403)
    t.equal(
      await outcomeOf(closing(new WebSocket(live.url, { headers: { authorization: 'Bearer wrong' } }))),
      403,
    )
    t.equal(await live.figure('hushfork_connections_refused_total{reason="credentials"}'), 2)
    t.equal(dialled, 0)
    const socket = new WebSocket(live.url, { headers: { authorization: `Bearer ${token}` } })
    await until(() => dialled === 1, 'the recorder is dialled')
    socket.terminate()
  })

  t.test('from an address that is not listed the answer is 403, whatever is shown', async (t) => {
    const live = await liveProxy(t, { allowFrom: ['192.0.2.7', '2001:db8::/32'] })
    t.equal(await outcomeOf(closing(new WebSocket(live.url))), 403)
    t.equal(await live.figure('hushfork_connections_refused_total{reason="address"}'), 1)
    const listed = await liveProxy(t, { allowFrom: ['127.0.0.0/8'] })
    t.equal(await outcomeOf(closing(new WebSocket(listed.url))), 1000)
  })

  t.test(
    'a process that does not keep up with its calls answers 503 to further ones, and goes on',
    async (t) => {
      const live = await liveProxy(t)
      const first = new WebSocket(live.url)
      await once(first, 'open')
      Object.defineProperty(turns, 'isBehind', { get: () => true, configurable: true })
      t.equal(await outcomeOf(closing(new WebSocket(live.url))), 503)
      t.equal(await live.figure('hushfork_connections_refused_total{reason="overloaded"}'), 1)
      t.equal(first.readyState, WebSocket.OPEN)
      Reflect.deleteProperty(turns, 'isBehind')
      t.equal(await outcomeOf(closing(new WebSocket(live.url))), 1000, 'once it keeps up')
      first.terminate()
    },
  )

  t.test('beyond the limit of calls the answer is 503, until one ends', async (t) => {
    const live = await liveProxy(t, { callsMax: 1 })
    const first = new WebSocket(live.url)
    await new Promise((resolve) => first.once('open', resolve))
    t.equal(await outcomeOf(closing(new WebSocket(live.url))), 503)
    first.close(1000)
    await until(
      async () => (await outcomeOf(closing(new WebSocket(live.url)))) === 1000,
      'there is room again',
    )
  })

  t.test('a refused connection is gone, also when the other side keeps it open', async (t) => {
    const live = await liveProxy(t)
    const { socket, heard } = knock(live, upgrade('/nowhere'))
    await until(() => heard.text.startsWith('HTTP/1.1 404'), 'refused')
    await until(() => {
      socket.write('x')
      return heard.isGone
    }, 'reset')
  })

  t.test('a message over the limit closes its connection with 1009, and no other', async (t) => {
    const live = await liveProxy(t)
    const [big, other] = [new WebSocket(live.url), new WebSocket(live.url)]
    await Promise.all([big, other].map((socket) => new Promise((resolve) => socket.once('open', resolve))))
    const ended = outcomeOf(big)
    big.send(Buffer.alloc(MESSAGE_BYTES_MAX + 1))
    t.equal(await ended, 1009)
    t.equal(other.readyState, other.OPEN)
    other.terminate()
  })

  t.test('of the subprotocols offered one is selected where the dialect knows it', async (t) => {
    const live = await liveProxy(t, { dialect: 'mod_audio_fork' })
    const socket = new WebSocket(live.url, ['audio.drachtio.org', 'second'])
    await new Promise((resolve) => socket.once('open', resolve))
    t.equal(socket.protocol, 'audio.drachtio.org')
    socket.terminate()
  })

  t.test('a handshake that takes too long or is none is cut off, and nobody else', async (t) => {
    const live = await liveProxy(t)
    const slow = ['', upgrade('/fork').slice(0, 40)]
    // uWebSockets.js does not hear what is sent before it has answered: such a socket is closed as one that brings no call.
    const early = engine === 'node' ? [`${upgrade('/fork')}\xff\xff\xff\xff`] : []
    const garbage = ['\x16\x03\x01\x02\x00\x01', 'SSH-2.0-x\r\n', ...early]
    const knocks = [...slow, ...garbage].map((bytes) => knock(live, bytes))
    for (const { socket } of knocks) socket.on('end', () => socket.end())
    const patienceMs = engine === 'node' ? undefined : 50_000
    for (const { heard } of knocks) await until(() => heard.isGone, 'cut off', patienceMs)
    t.equal((await fetch(`http://127.0.0.1:${live.proxy.adminPort}/healthz`)).status, 200)
  })

  t.test('draining takes no new call and lets the live one end by itself', async (t) => {
    const live = await liveProxy(t)
    let drained: Promise<void> = Promise.resolve()
    await live.play('CA1', calmCall(4), {
      speed: 8,
      cues: [
        {
          atMs: 1000,
          run: async () => {
            drained = live.proxy.drain(20_000)
            t.equal((await fetch(`http://127.0.0.1:${live.proxy.adminPort}/readyz`)).status, 503)
            await t.rejects(new Promise((_, reject) => new WebSocket(live.url).on('error', reject)))
          },
        },
      ],
    })
    await drained
    t.match(live.recordings().get('CA1')!.sidecar, { endReason: 'hangup', samples: 32_000 })
  })

  t.test('a drain that may not wait ends the live call, judged and recorded as far as it came', async (t) => {
    const live = await liveProxy(t)
    const call = live.play('CA1', calmCall(20), {
      cues: [{ atMs: 5000, run: () => void live.proxy.drain(0) }],
      speed: 8,
    })
    await t.rejects(call, { message: /closed the socket/ })
    await until(() => live.recordings().has('CA1'), 'recorded')
    const { sidecar } = live.recordings().get('CA1')!
    t.match(sidecar, { endReason: 'pbx-lost', lostSamples: 0 })
    t.ok(sidecar.samples >= 40_000)
  })
}

t.test("read by Node's sockets", engineTests('node'))
t.test('read by uWebSockets.js', { skip: uwsMissing(), timeout: 60_000 }, engineTests('uws'))
