// The client against real ws servers on loopback; its clock is turned by the test. Messages name themselves by their text.
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import type { WebSocket } from 'ws'
import { RECORDER_QUEUE_BYTES_MAX } from '../../proxy/base/limits.js'
import { RecorderClient, type RecorderClientOptions } from '../../proxy/edge/recorder-client.js'
import { textMessage, type WireMessage } from '../../proxy/media/wire.js'
import { until } from '../support/live-proxy.js'
import { deadUrl, wsRecorder } from '../support/recorders.js'
import { stillness } from '../support/still.js'

const audio = (bytes: number): WireMessage => ({ data: new Uint8Array(bytes), isBinary: true })

const dial = (t: Test, url: URL, options: Partial<RecorderClientOptions> = {}) => {
  const told: string[] = []
  let nowMs = 0
  const client = new RecorderClient({
    transport: { kind: 'websocket' },
    url,
    redialSeconds: 60,
    handshake: () => ({ headers: { authorization: 'Bearer key' }, subprotocols: [] }),
    preamble: () => [textMessage('start')],
    clock: { nowMs: () => nowMs, epochMs: () => 0 },
    handler: {
      opened: () => void told.push('opened'),
      message: ({ data }) => void told.push(`message ${Buffer.from(data)}`),
      lost: () => void told.push('lost'),
      gone: () => void told.push('gone'),
      gap: (samples) => void told.push(`gap ${samples}`),
    },
    ...options,
  })
  const pass = (ms: number): void => {
    nowMs += ms
    client.tick(nowMs)
  }
  t.teardown(() => {
    client.close(1000)
    pass(60_000)
  })
  return {
    client,
    told,
    pass,
    /** The link has borrowed the message until send() returned. */
    say: (...texts: string[]): void => {
      for (const text of texts) {
        const message = textMessage(text)
        client.send(message, 0)
        message.data.fill(0x3f)
      }
    },
  }
}

/** A recorder that notes what each connection said, and how it ended. */
const noting = async (t: Test, take: (socket: WebSocket, serial: number) => void = () => {}) => {
  const heard: string[][] = []
  const codes: number[] = []
  const { url, sockets } = await wsRecorder(t, (socket) => {
    const mine: string[] = []
    heard.push(mine)
    socket.on('message', (data, isBinary) =>
      mine.push(isBinary ? `audio ${(data as Buffer).length}` : `${data}`),
    )
    socket.on('close', (code) => codes.push(code))
    take(socket, heard.length)
  })
  return { url, sockets, heard, codes }
}

t.test('what is sent before the recorder answers is kept, and everything arrives in order', async (t) => {
  const recorder = await noting(t, (socket) => socket.send('hello'))
  const { client, told, say } = dial(t, recorder.url)
  t.equal(client.state, 'connecting')
  say('start', 'a')
  client.send(audio(320), 160)
  await until(() => client.state === 'open', 'open')
  say('b', 'stop')
  await until(() => recorder.heard[0]?.length === 5, 'all of it')
  t.same(recorder.heard, [['start', 'a', 'audio 320', 'b', 'stop']])
  await until(() => client.queuedBytes === 0 && told.length === 2, 'nothing waits')
  t.same(told, ['opened', 'message hello'])
})

t.test('close() comes behind everything, and the recorder sees its code', async (t) => {
  const recorder = await noting(t)
  const { client, told, say } = dial(t, recorder.url)
  say('start')
  for (let i = 0; i < 500; i++) client.send(audio(1000), 500)
  client.close(1001)
  client.send(audio(320), 160)
  t.same(told, ['gap 160'], 'nothing comes behind a close')
  await until(() => told.includes('gone'), 'gone')
  t.equal(recorder.heard[0]!.length, 501)
  await until(() => recorder.codes.length === 1, 'closed there')
  t.same(recorder.codes, [1001])
  t.equal(client.state, 'closed')
})

t.test('a recorder that is lost is redialled, hears the preamble again, then what it missed', async (t) => {
  const recorder = await noting(t)
  const { client, told, pass, say } = dial(t, recorder.url)
  say('start', 'a')
  await until(() => recorder.heard[0]?.length === 2, 'the first has both')
  for (const socket of recorder.sockets) socket.terminate()
  await until(() => client.state === 'lost', 'lost')
  say('b')
  pass(249)
  t.equal(client.state, 'lost')
  pass(1)
  t.equal(client.state, 'connecting')
  say('c')
  await until(() => recorder.heard[1]?.length === 3, 'the second has the rest')
  t.same(recorder.heard, [
    ['start', 'a'],
    ['start', 'b', 'c'],
  ])
  t.same(told, ['opened', 'lost', 'opened'])
})

t.test('a recorder that is lost before the call has begun hears the start once', async (t) => {
  const recorder = await noting(t)
  const { client, pass, say } = dial(t, recorder.url)
  await until(() => client.state === 'open' && recorder.sockets.size === 1, 'open')
  for (const socket of recorder.sockets) socket.terminate()
  await until(() => client.state === 'lost', 'lost')
  say('start', 'a')
  pass(250)
  await until(() => recorder.heard[1]?.includes('a') === true, 'the second has both')
  t.same(recorder.heard[1], ['start', 'a'])
})

t.test('a protocol that cannot resume ends with its recorder, and what waits is a gap', async (t) => {
  const recorder = await noting(t, (socket) => socket.pause())
  const { client, told, say } = dial(t, recorder.url, { preamble: () => null })
  say('open')
  await until(() => client.state === 'open', 'open')
  for (let i = 0; i < 40; i++) client.send(audio(100_000), 1000)
  for (const socket of recorder.sockets) socket.terminate()
  await until(() => client.state === 'closed', 'closed')
  t.equal(told.at(-1), 'gone')
  t.match(told.at(-2), /^gap \d+000$/)
  t.equal(client.queuedBytes, 0)
})

t.test(
  'the queue is bounded: audio beyond it is a gap, text still finds room, up to its own bound',
  async (t) => {
    const { client, told } = dial(t, await deadUrl())
    const bytes = 64 * 1024
    const fits = RECORDER_QUEUE_BYTES_MAX / bytes
    for (let i = 0; i < fits; i++) client.send(audio(bytes), 100)
    t.same(told, [])
    client.send(audio(1), 7)
    t.same(told, ['gap 7'])
    client.send(textMessage('x'.repeat(64 * 1024)), 0)
    t.same(told, ['gap 7'])
    client.send(textMessage('x'), 0)
    t.same(told, ['gap 7', 'gap 0'])
    t.equal(client.queuedBytes, RECORDER_QUEUE_BYTES_MAX + 64 * 1024)
  },
)

t.test(
  'one that refuses is dialled with growing pauses until the time is up, and then all of it is a gap',
  async (t) => {
    const { client, told, pass } = dial(t, await deadUrl(), { redialSeconds: 3 })
    client.send(audio(320), 160)
    for (const pause of [250, 500, 1000, 2000]) {
      await until(() => client.state === 'lost', 'refused')
      pass(pause - 1)
      t.equal(client.state, 'lost', `not before ${pause} ms`)
      pass(1)
      t.equal(client.state, 'connecting')
    }
    await until(() => client.state === 'closed', 'given up')
    t.same(told, ['lost', 'lost', 'lost', 'lost', 'gap 160', 'gone'])
  },
)

t.test('one that answers 401 is no recorder, and nothing is sent to it', async (t) => {
  let requests = ''
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      requests += data
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const { client, told, say } = dial(t, new URL(`ws://127.0.0.1:${port}/`), { redialSeconds: 0 })
  say('secret')
  await until(() => client.state === 'closed', 'given up')
  t.same(told, ['gone'])
  t.match(requests, /authorization: Bearer key/i)
  t.notMatch(requests, 'secret')
})

t.test('one that stops reading is lost after 10 s, and what it did not take goes to the next', async (t) => {
  const recorder = await noting(t, (socket, serial) => serial === 1 && socket.pause())
  const { client, told, pass, say } = dial(t, recorder.url)
  say('start')
  await until(() => client.state === 'open', 'open')
  let sent = 0
  const fill = () => {
    while (client.queuedBytes < RECORDER_QUEUE_BYTES_MAX - 200_000) {
      client.send(audio(100_000), 1000)
      sent++
    }
  }
  // The kernel takes megabytes before it stops.
  await stillness(() => {
    fill()
    return sent
  })
  const notTaken = client.queuedBytes / 100_000
  pass(10_000)
  t.equal(client.state, 'open')
  pass(1)
  await until(() => client.state === 'lost', 'lost')
  t.notMatch(told.join(), 'gap')
  pass(250)
  await until(() => client.state === 'open' && client.queuedBytes === 0, 'delivered')
  await until(() => recorder.heard[1]![0] === 'start', 'heard from the beginning')
  const toSecond = (): number => recorder.heard[1]!.length - 1
  await until(
    () => toSecond() === notTaken,
    'every message that it did not take, one that was on its way among them',
  )
  t.comment(`${sent} messages sent, ${toSecond()} of them to the second`)
})

t.test('one that is away when the call ends may come back for 5 s', async (t) => {
  const recorder = await noting(t)
  const { client, told, pass, say } = dial(t, recorder.url)
  say('start')
  await until(() => recorder.heard[0]?.length === 1, 'begun')
  for (const socket of recorder.sockets) socket.terminate()
  await until(() => client.state === 'lost', 'lost')
  say('stop')
  client.close(1000)
  pass(250)
  await until(() => client.state === 'closed', 'closed')
  t.same(recorder.heard[1], ['start', 'stop'])
  t.same(told, ['opened', 'lost', 'opened', 'gone'])
})

t.test('one that never answers a close is cut off', async (t) => {
  const recorder = await noting(t, (socket) => socket.pause())
  const { client, told, pass } = dial(t, recorder.url)
  await until(() => client.state === 'open', 'open')
  client.close(1000)
  pass(4_999)
  t.equal(client.state, 'open')
  pass(1)
  t.equal(client.state, 'closed')
  t.equal(told.at(-1), 'gone')
})
