import t from 'tap'
import type { CallsWanted, CallView } from '../../proxy/directory/call-view.js'
import { noDirectory } from '../../proxy/directory/directory.js'
import { fleetCalls, localCalls } from '../../proxy/edge/local-calls.js'
import type { Signal } from '../../proxy/session/signal.js'
import { controlRoom } from '../support/control-room.js'
import { stepSignal } from '../support/signals.js'

const book = () => {
  const room = controlRoom()
  let nowMs = 0
  const clock = { nowMs: () => nowMs, epochMs: () => 0 }
  const calls = localCalls(room.registry, clock)
  room.begin('CA1', ['agent=7'], 0, 'acme')
  room.begin('CA2', ['agent=7'], 0, 'other')
  const wait = (ms: number): void => {
    nowMs += ms
  }
  const signal = (signal: Signal) => room.control.signal(signal, nowMs)
  return { calls, signal, wait, clock }
}
const ids = (views: readonly { callId: string }[]) => views.map(({ callId }) => callId)

t.test('calls are listed and found for their tenants alone', async (t) => {
  const { calls } = book()
  t.same(ids(await calls.list('*')), ['CA1', 'CA2'])
  t.same(ids(await calls.list(['other'])), ['CA2'])
  t.same(ids(await calls.find('CA1', ['acme'])), ['CA1'])
  t.same(await calls.find('CA1', ['other']), [])
})

t.test('an address is of others when it means calls, and none of theirs', async (t) => {
  const { calls } = book()
  const agent = { kind: 'alias', key: 'agent', value: '7' } as const
  t.equal(await calls.isAnothers(agent, ['acme']), false, 'one of the two is theirs')
  t.equal(await calls.isAnothers(agent, ['third']), true)
  t.equal(await calls.isAnothers({ kind: 'call', callId: 'CA9' }, ['acme']), false)
})

t.test('a call says for how long each kind of step has been open', async (t) => {
  const { calls, signal, wait } = book()
  const address = { kind: 'call', callId: 'CA1' } as const
  for (const kind of ['payment', 'hold'] as const) {
    signal({ ...stepSignal(kind, 'started', 's'), address, tenants: null })
    wait(2000)
  }
  t.same((await calls.find('CA1', '*'))[0]?.openSeconds, { payment: 4, hold: 2 })
  t.same((await calls.find('CA2', '*'))[0]?.openSeconds, {})
})

t.test('of calls elsewhere a list is a second old at most, and each tenant has their own', async (t) => {
  const { calls, wait, clock } = book()
  const view = (await calls.list(['acme']))[0]!
  const asked: CallsWanted[] = []
  const peers = {
    ...noDirectory,
    calls: async (wanted: CallsWanted): Promise<readonly CallView[]> => {
      asked.push(wanted)
      return [{ ...view, callId: `CB${asked.length}`, tenant: wanted.tenants?.[0] ?? 'acme' }]
    },
  }
  const fleet = fleetCalls(calls, peers, clock)
  t.same(ids(await fleet.list(['acme'])), ['CA1', 'CB1'])
  wait(999)
  t.same(ids(await fleet.list(['acme'])), ['CA1', 'CB1'], 'the others are not asked at every look')
  t.same(ids(await fleet.list(['other'])), ['CA2', 'CB2'], 'what one has asked is not for another')
  wait(1)
  t.same(ids(await fleet.list(['acme'])), ['CA1', 'CB3'])
  t.same(
    asked.map(({ tenants }) => tenants),
    [['acme'], ['other'], ['acme']],
  )
})
