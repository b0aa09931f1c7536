// What a whole call leaves in the ledger: held against its recording, its signals, and the promise of no content.
import { renameSync, writeFileSync } from 'node:fs'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import t from 'tap'
import { ledgerSchema } from '../../proxy/ledger/options.js'
import { filesIn, linesIn, verifyLedger } from '../support/ledger-folder.js'
import { calmCall, keyedCall, liveProxy, RATE_HZ, until } from '../support/live-proxy.js'
import { NatsServer, natsMissing } from '../support/nats.js'

type Entry = Readonly<Record<string, unknown>>

const entriesOf = (directory: string, callId?: string): Entry[] =>
  linesIn(directory)
    .map((line) => JSON.parse(line) as Entry)
    .filter((entry) => callId === undefined || entry['callId'] === callId)

t.test('the ledger says of a call what its recording has, to the sample, and verifies', async (t) => {
  const live = await liveProxy(t)
  await live.play('CA1', keyedCall(), {
    digits: [{ atMs: 5000, digit: '7' }],
    cues: [
      { atMs: 6000, run: async () => void (await live.pay('CA1', { state: 'started', signalId: 'p' })) },
    ],
  })
  await until(() => live.recordings().has('CA1'), 'the recording is kept')
  await live.proxy.drain(0)
  t.match(await verifyLedger(live.ledgerDirectory), { fault: null, isClosed: true })

  const entries = entriesOf(live.ledgerDirectory, 'CA1')
  const kinds = entries.map(({ kind }) => kind)
  t.same(kinds.slice(0, 2), ['call-opened', 'policy-chosen'])
  t.equal(kinds.at(-1), 'call-closed')
  t.match(entries[1], { policy: 'quick', policyHash: /^[0-9a-f]{64}$/ })
  t.match(entries.at(-1), { samples: [8 * RATE_HZ, 8 * RATE_HZ], lateMs: 0, reason: 'hangup' })

  const { sidecar } = live.recordings().get('CA1')!
  const told = entries
    .filter(({ kind }) => kind === 'span-closed')
    .flatMap(({ reason, ranges }) =>
      (ranges as { tracks: number[]; startSample: number; endSample: number }[]).flatMap(
        ({ tracks, startSample, endSample }) =>
          tracks.map((track) => `${reason} ${track} ${startSample} ${endSample}`),
      ),
    )
  const recorded = sidecar.spans.flatMap(({ track, startSample, endSample, reason }) =>
    (track === null ? [0, 1] : [track]).map((on) => `${reason} ${on} ${startSample} ${endSample}`),
  )
  t.ok(recorded.length > 4)
  t.same(told.sort(), recorded.sort())
  t.ok(kinds.filter((kind) => kind === 'span-opened').length <= 4, 'keys close together are one story')
  t.match(
    entries.find(({ kind }) => kind === 'step-opened'),
    { reason: 'payment', source: 'api' },
  )
})

t.test('what was done to a call is read over HTTP, and another tenant sees nothing of it', async (t) => {
  const keyOf = (name: string): string => `${name}-key-of-thirty-two-characters-or-so`
  const holder = (name: string, tenants: string[] | '*', ...scopes: string[]) => ({
    name,
    key: keyOf(name),
    tenants,
    scopes,
  })
  const live = await liveProxy(t, {
    tenant: 'acme',
    admin: {
      apiKeys: [
        holder('auditor', ['acme'], 'ledger'),
        holder('elsewhere', ['other'], 'ledger'),
        holder('reader', '*', 'read', 'signal:end'),
      ],
    },
  })
  const ask = async (name: string, path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${live.proxy.adminPort}/v1/calls/${path}`, {
      method,
      headers: { authorization: `Bearer ${keyOf(name)}`, 'content-type': 'application/json' },
      ...(method === 'POST' && { body: JSON.stringify({ state: 'started', signalId: 'e' }) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  await live.play('CA1', keyedCall(), {
    cues: [{ atMs: 6000, run: async () => void (await ask('reader', 'CA1/emergency', 'POST')) }],
  })
  const closed = async () => {
    const { body } = await ask('auditor', 'CA1/ledger')
    return (body['entries'] as Entry[] | undefined)?.at(-1)?.['kind'] === 'call-closed'
  }
  await until(closed, 'its end is in the ledger')
  const { status, body } = await ask('auditor', 'CA1/ledger')
  t.equal(status, 200)
  const told = entriesOf(live.ledgerDirectory, 'CA1')
  t.same(body, { callId: 'CA1', entries: told, damaged: 0, complete: true })
  const kinds = told.map(({ kind }) => kind)
  t.ok(kinds.includes('signal') && kinds.includes('span-closed'), `${kinds}`)

  t.same(await ask('elsewhere', 'CA1/ledger'), { status: 404, body: { result: 'unknown' } })
  t.same(await ask('elsewhere', 'CA9/ledger'), await ask('elsewhere', 'CA1/ledger'))
  t.match(await ask('reader', 'CA1/ledger'), { status: 403, body: { reason: 'scope' } })
  t.match((await ask('auditor', 'CA1/ledger')).body, { entries: told }, 'refusals name no tenant')
  await live.proxy.drain(0)
  const refusals = entriesOf(live.ledgerDirectory, 'CA1').filter(({ kind }) => kind === 'refusal')
  t.same(
    refusals.map(({ reason, apiKey }) => `${reason} ${apiKey}`),
    ['tenant elsewhere', 'tenant elsewhere', 'scope reader'],
  )
})

t.test('a stranger at the door leaves a refusal, and nothing of what was shown', async (t) => {
  const live = await liveProxy(t, { dialectOptions: { auth: { type: 'bearer', token: 'right-token-0123' } } })
  await live.play('CA1', calmCall(1)).catch(() => undefined)
  await live.proxy.drain(0)
  t.match(
    entriesOf(live.ledgerDirectory).find(({ kind }) => kind === 'refusal'),
    { source: 'fork', reason: 'credentials', tenant: 'default' },
  )
})

t.test('a flood of strangers is counted to the last, and is a handful of entries', async (t) => {
  const live = await liveProxy(t, {
    dialectOptions: { auth: { type: 'bearer', token: 'right-token-0123' } },
    admin: { apiKeys: [{ name: 'desk', key: 'correct-horse-battery-staple' }] },
  })
  for (let i = 0; i < 40; i++) await live.play(`CA${i}`, calmCall(1)).catch(() => undefined)
  for (let i = 0; i < 60; i++) await live.pay('CA1', { state: 'ended', signalId: `p${i}` })
  t.equal(await live.figure('hushfork_connections_refused_total{reason="credentials"}'), 40)
  t.equal(await live.figure('hushfork_requests_refused_total{reason="no-credentials"}'), 60)
  await live.proxy.drain(0)
  const told = entriesOf(live.ledgerDirectory).filter(({ kind }) => kind === 'refusal')
  const of = (source: string) => told.filter((entry) => entry['source'] === source)
  t.same(
    [of('fork'), of('http')].map((entries) => [entries.length, entries.at(-1)!['count']]),
    [
      [6, 35],
      [6, 55],
    ],
  )
})

t.test(
  'while the ledger cannot be written, live calls go on and new ones are refused where that is asked',
  async (t) => {
    const live = await liveProxy(t, { ledger: { checkpointSeconds: 1, onUnwritable: 'refuse-calls' } })
    await live.play('CA1', calmCall(4), {
      speed: 4,
      cues: [
        {
          atMs: 500,
          run: async () => {
            renameSync(live.ledgerDirectory, `${live.ledgerDirectory}-gone`)
            writeFileSync(live.ledgerDirectory, '')
          },
        },
      ],
    })
    await until(
      async () => (await live.figure('hushfork_ledger_failures_total')) > 0,
      'the failure is counted',
    )
    await until(() => live.recordings().has('CA1'), 'the call was kept all the same')
    await live.play('CA2', calmCall(1)).catch(() => undefined)
    t.equal(await live.figure('hushfork_connections_refused_total{reason="ledger"}'), 1)
    t.ok(filesIn(`${live.ledgerDirectory}-gone`).length > 0)
  },
)

t.test('a copy of the ledger is elsewhere when the process has gone', { skip: natsMissing }, async (t) => {
  const server = await NatsServer.start(t)
  const { copy } = ledgerSchema.parse({ copy: { servers: [`nats://127.0.0.1:${server.port}`] } })
  const live = await liveProxy(t, { ledger: { copy } })
  await live.play('CA1', calmCall(1))
  await until(async () => (await live.figure('hushfork_ledger_copied_sequence')) > 0, 'the copy has begun')
  await live.proxy.drain(0)
  const connection = await connect({ servers: `127.0.0.1:${server.port}` })
  const { state } = await (await jetstreamManager(connection)).streams.info('hushfork_ledger')
  await connection.close()
  t.equal(state.messages, linesIn(live.ledgerDirectory).length)
})
