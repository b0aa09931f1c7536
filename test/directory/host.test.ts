// What a primary knows of its workers, with answers that are written here.
import t from 'tap'
import { Host, type HostStream, type KeptWord } from '../../proxy/directory/host.js'
import type { CallStream } from '../../proxy/session/call-registry.js'
import type { KeptRecord } from '../../proxy/session/kept-signals.js'
import type { Signal, SignalAnswer } from '../../proxy/session/signal.js'
import { consentSignal, stepSignal } from '../support/signals.js'

const stream = (worker: number, callId: string, key = 1): HostStream => ({
  worker,
  key,
  callId,
  streamId: `s-${callId}`,
  tenant: 'acme',
  aliases: ['agent=7'],
})
const applied = (callId: string): SignalAnswer => ({
  result: 'applied',
  streams: [{ callId, streamId: 's' }],
  isRepeated: false,
})
const start = stepSignal('payment', 'started', 'page')
const holds: KeptRecord = {
  kind: 'holds',
  ref: { tenant: 'acme', callId: 'one' },
  slot: 'payment:api:page',
  signal: start,
}
const byCall = (signal: Signal | typeof start, callId: string): Signal => ({
  ...signal,
  address: { kind: 'call', callId },
  tenants: null,
})
const byAgent = <S extends object>(signal: S) => ({
  ...signal,
  address: { kind: 'alias', key: 'agent', value: '7' } as const,
  tenants: null,
})

const room = (answers: Readonly<Record<number, SignalAnswer>> = {}) => {
  const time = { nowMs: 0 }
  const told: [KeptWord, number | null][] = []
  const asked: number[] = []
  const outside: string[] = []
  const host = new Host({
    workers: {
      tell: (word, except) => void told.push([word, except]),
      async ask(worker) {
        asked.push(worker)
        return answers[worker] ?? null
      },
    },
    outside: {
      kept: ({ kind }, leftMs) => void outside.push(`kept ${kind} ${leftMs}`),
      over: ({ kind }) => void outside.push(`over ${kind}`),
      endedEarly: () => void outside.push('ended-early'),
      tell: ({ callId }: CallStream) => void outside.push(`tell ${callId}`),
      untell: ({ callId }: CallStream) => void outside.push(`untell ${callId}`),
    },
    nowMs: () => time.nowMs,
  })
  return { host, time, told, asked, outside }
}

t.test('a signal is answered by the worker that has its call', async (t) => {
  const { host, asked } = room({ 2: applied('two') })
  host.announced(stream(1, 'one'))
  host.announced(stream(2, 'two'))
  t.same(await host.signal(byCall(start, 'two')), applied('two'))
  t.same(asked, [2])
})

t.test('metadata that means calls of several workers is ambiguous, and each of them is asked', async (t) => {
  const { host, asked } = room({ 1: applied('one'), 2: applied('two') })
  host.announced(stream(1, 'one'))
  host.announced(stream(2, 'two'))
  t.match(await host.signal(byAgent(start)), { result: 'ambiguous', streams: [{}, {}] })
  t.same(asked, [1, 2])
  t.match(await host.signal(byAgent(consentSignal('given', 'c'))), { result: 'ambiguous', streams: [] })
  t.same(asked, [1, 2], 'what opens is said to none')
})

t.test('a worker that does not answer leaves a start kept, for every worker and other hosts', async (t) => {
  const { host, told, outside } = room()
  host.announced(stream(1, 'one'))
  t.match(await host.signal(byCall(start, 'one')), { result: 'unavailable' })
  t.match(told, [[{ kind: 'kept', record: { kind: 'waits' } }, null]])
  t.same(outside, ['tell one', 'kept waits 120000'])
})

t.test('what a worker keeps is told to all others, and to a worker that begins later', async (t) => {
  const { host, told, outside, time } = room()
  host.heard({ kind: 'kept', record: holds, leftMs: 140_000 }, 1)
  t.same(told, [[{ kind: 'kept', record: holds, leftMs: 140_000 }, 1]])
  t.same(outside, ['kept holds 140000'])
  time.nowMs = 100_000
  t.same(host.all(), [[holds, 40_000]])
  t.ok(host.hasStep({ tenant: 'acme', callId: 'one' }, byCall(start, 'one')))
})

t.test('what is over is told to all others, and to no worker that begins later', async (t) => {
  const { host, told } = room()
  host.heard({ kind: 'kept', record: holds, leftMs: 140_000 }, 1)
  host.heard({ kind: 'over', record: holds }, 1)
  t.same(told[1], [{ kind: 'over', record: holds }, 1])
  t.same(host.all(), [])
})

t.test('what another host keeps is told to every worker, and not back', async (t) => {
  const { host, told, outside } = room()
  host.adopt(holds, 5_000, 1_000)
  host.disown(holds)
  t.same(told, [
    [{ kind: 'kept', record: holds, leftMs: 4_000 }, null],
    [{ kind: 'over', record: holds }, null],
  ])
  t.same(outside, [])
})

t.test('with a worker its calls are gone, and what holds for them is not', async (t) => {
  const { host, outside } = room({ 2: applied('two') })
  host.announced(stream(1, 'one', 1))
  host.announced(stream(1, 'more', 2))
  host.announced(stream(2, 'two'))
  host.heard({ kind: 'kept', record: holds, leftMs: 140_000 }, 1)
  host.gone(1)
  t.same(
    [...host.streams].map(({ callId }) => callId),
    ['two'],
  )
  t.same(outside.slice(-2), ['untell one', 'untell more'])
  t.equal(host.all().length, 1)
  t.match(await host.signal(byCall(start, 'one')), { result: 'pending' })
})

t.test('what holds for a call that does not come back is forgotten when its time is up', async (t) => {
  const { host, time } = room()
  host.heard({ kind: 'kept', record: holds, leftMs: 140_000 }, 1)
  time.nowMs = 139_999
  host.expire()
  t.equal(host.all().length, 1)
  time.nowMs = 140_000
  host.expire()
  t.equal(host.all().length, 0)
})

t.test('a stream that has ended is withdrawn once, by its worker and key', async (t) => {
  const { host, outside } = room()
  host.announced(stream(1, 'one', 7))
  host.withdrawn(2, 7)
  host.withdrawn(1, 8)
  t.equal(host.streams.size, 1)
  host.withdrawn(1, 7)
  host.withdrawn(1, 7)
  t.equal(host.streams.size, 0)
  t.same(outside, ['tell one', 'untell one'])
})

t.test(
  'an end that came before its start is told to every other worker, and to those that begin',
  async (t) => {
    const { host, told, outside } = room({ 1: applied('one') })
    const end = byCall({ ...stepSignal('payment', 'ended', 'page'), issuedAtMs: 2000 }, 'one')
    host.heard({ kind: 'ended-early', end }, 1)
    t.same(told, [[{ kind: 'ended-early', end }, 1]])
    t.same(host.earlyEnds, [end])
    t.match(
      await host.signal(byCall({ ...start, issuedAtMs: 1000 }, 'one')),
      { result: 'unknown' },
      'nothing waits',
    )
    const other = byCall(end, 'two')
    t.match(await host.signal(other), { result: 'unknown' })
    t.match(
      told.at(-1),
      [{ kind: 'ended-early', end: other }, null],
      'one that found no call is told as well',
    )
    t.same(outside, ['ended-early', 'ended-early'])
    host.noteEarlyEnd(byCall(end, 'three'))
    t.same(told.at(-1), [{ kind: 'ended-early', end: byCall(end, 'three') }, null], 'what another host says')
    t.equal(outside.length, 2, 'is not told to it again')
  },
)
