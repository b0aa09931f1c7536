import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { ErasureClient, type ErasureRange } from '../../proxy/edge/erasure-client.js'
import { createLog } from '../../proxy/edge/log.js'
import { systemClock } from '../../proxy/edge/system-clock.js'
import { LedgerList } from '../support/ledger-list.js'
import { until } from '../support/live-proxy.js'

const KEY = 'a key of sixteen bytes'
const range: ErasureRange = {
  ref: { callId: 'CA1', streamId: 'MZ1', tenant: 'acme' },
  reason: 'payment',
  tracks: [0, 1],
  startSample: 8000,
  endSample: 16_000,
  sampleRate: 8000,
  startEpochMs: 1_767_261_600_000,
}

interface Request {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A recorder that gives these answers in turn, then 204. */
const recorder = async (t: Test, ...answers: number[]) => {
  const requests: Request[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      requests.push({ headers: request.headers, body })
      response.writeHead(answers.shift() ?? 204, { location: '/elsewhere' }).end('4111')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return { requests, target: { url: new URL(`http://127.0.0.1:${port}/erase`), key: KEY } }
}

const newClient = (t: Test, pauseMs = 1) => {
  const ledger = new LedgerList()
  const states: string[] = []
  const metrics = { erasure: (state: string) => void states.push(state) }
  const client = new ErasureClient({ clock: systemClock, ledger, log: createLog('silent'), metrics, pauseMs })
  t.teardown(() => client.close())
  return { client, ledger, states }
}

t.test('a request says what to erase, and is signed', async (t) => {
  const { requests, target } = await recorder(t)
  const { client, ledger, states } = newClient(t)
  client.ask(target, range)
  await until(() => states.length === 2, 'it is confirmed')
  const { headers, body } = requests[0]!
  const { ref, ...rest } = range
  t.same(JSON.parse(body), { callId: ref.callId, streamId: ref.streamId, ...rest })
  const timestamp = headers['x-hushfork-timestamp'] as string
  t.ok(Math.abs(Number(timestamp) - Date.now() / 1000) < 60)
  t.equal(
    headers['x-hushfork-signature'],
    `v1=${createHmac('sha256', KEY).update(`${timestamp}.${body}`).digest('hex')}`,
  )
  t.same(states, ['asked', 'confirmed'])
  t.match(ledger.entries, [
    { kind: 'erasure', callId: 'CA1', tenant: 'acme', state: 'asked', startSample: 8000, endSample: 16_000 },
    { kind: 'erasure', state: 'confirmed', attempts: 1 },
  ])
})

t.test('whatever does not confirm is tried again, with the same delivery', async (t) => {
  const { requests, target } = await recorder(t, 404, 503, 302)
  const { client, ledger, states } = newClient(t)
  client.ask(target, range)
  await until(() => states.length === 2, 'it is confirmed')
  t.equal(requests.length, 4)
  t.equal(new Set(requests.map(({ headers }) => headers['x-hushfork-delivery'])).size, 1)
  t.match(ledger.entries.at(-1), { state: 'confirmed', attempts: 4 })
})

t.test('what never answers is given up after twenty tries, loudly', async (t) => {
  const { requests, target } = await recorder(t, ...Array(20).fill(500))
  const { client, states } = newClient(t, 0)
  client.ask(target, range)
  await until(() => states.length === 2, 'it is given up')
  t.same(states, ['asked', 'failed'])
  t.equal(requests.length, 20)
})

t.test('ranges of one reason that touch are asked for at once; others are not', async (t) => {
  const { requests, target } = await recorder(t)
  const { client, states } = newClient(t)
  client.ask(target, { ...range, tracks: [1] })
  client.ask(target, { ...range, tracks: [0], startSample: 4000, endSample: 7000, startEpochMs: 1 })
  client.ask(target, { ...range, startSample: 100_000, endSample: 100_080 })
  client.ask(target, { ...range, reason: 'dtmf' })
  client.ask(target, { ...range, ref: { ...range.ref, callId: 'CA2' } })
  await until(() => states.length === 8, 'all are confirmed')
  t.match(JSON.parse(requests[0]!.body), {
    tracks: [0, 1],
    startSample: 4000,
    endSample: 16_000,
    startEpochMs: 1,
  })
  t.equal(requests.length, 4)
})

t.test('a process that goes tries once more what waits, and says what it has given up', async (t) => {
  const { requests, target } = await recorder(t, 500, 500)
  const { client, states } = newClient(t, 60_000)
  client.ask(target, range)
  await until(() => requests.length === 1, 'the first try')
  await client.close()
  t.equal(requests.length, 2)
  t.same(states, ['asked', 'failed'])
  client.ask(target, range)
  t.equal(states.at(-1), 'failed')
  t.equal(states.length, 3)
})
