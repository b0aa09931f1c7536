// What a worker tells its primary, and takes from it, with a control plane of real sessions.
import t, { type Test } from 'tap'
import type { FromWorker } from '../../../proxy/edge/cluster/messages.js'
import { WorkerDirectory } from '../../../proxy/edge/cluster/worker-directory.js'
import type { KeptJournal, KeptRecord } from '../../../proxy/session/kept-signals.js'
import type { Signal } from '../../../proxy/session/signal.js'
import { controlRoom, isSilent } from '../../support/control-room.js'
import { stepSignal } from '../../support/signals.js'

const start = stepSignal('payment', 'started', 'page')
const CALL = 'CA1'

interface Parts {
  readonly kept?: (readonly [KeptRecord, number])[]
  readonly earlyEnds?: Signal[]
  readonly isSplit?: boolean
}

const room = async (t: Test, { kept = [], earlyEnds = [], isSplit = false }: Parts = {}) => {
  const time = { nowMs: 0 }
  const said: FromWorker[] = []
  const state = { isSplit, isLedgerWritable: true }
  const clock = { nowMs: () => time.nowMs, epochMs: () => 0 }
  const directory = new WorkerDirectory({ kept, earlyEnds, state }, clock, (message) => said.push(message))
  const journal: KeptJournal = {
    kept: (record, leftMs) => directory.kept(record, leftMs),
    over: (record) => directory.over(record),
    endedEarly: (end) => directory.endedEarly(end),
  }
  const calls = controlRoom({}, journal)
  await directory.start(calls.control)
  t.teardown(() => directory.close())
  return { time, said, directory, ...calls }
}

const waits: KeptRecord = {
  kind: 'waits',
  slot: 'payment:api:page',
  signal: { ...start, address: { kind: 'call', callId: CALL }, tenants: null },
}
const holds: KeptRecord = {
  kind: 'holds',
  ref: { tenant: 'default', callId: CALL },
  slot: 'payment:api:page',
  signal: start,
}

t.test('a step outlives its process by two minutes at least, and its end is told', async (t) => {
  const { said, begin, start, end } = await room(t)
  begin(CALL)
  t.match(start(CALL, 'page', { ttlMs: 30_000 }), { result: 'applied' })
  t.match(end(CALL, 'page'), { result: 'applied' })
  t.match(said, [
    { kind: 'kept', record: { kind: 'holds', ref: { callId: CALL } }, leftMs: 140_000 },
    { kind: 'over', record: { kind: 'holds', ref: { callId: CALL } } },
  ])
})

t.test('what held when the process began holds from the first sample of its calls', async (t) => {
  const { begin } = await room(t, { kept: [[holds, 60_000]] })
  t.ok(isSilent(begin(CALL)))
})

t.test('what is kept elsewhere later holds here too, until it is over there', async (t) => {
  const { directory, begin } = await room(t)
  directory.hear({ kind: 'kept', record: holds, leftMs: 60_000 })
  const first = begin(CALL)
  t.ok(isSilent(first))
  first.leave()
  directory.hear({ kind: 'over', record: holds })
  t.notOk(isSilent(begin(CALL)))
})

t.test(
  'a start that waits elsewhere, for a call that is here, is carried out and waits no longer',
  async (t) => {
    const { directory, said, begin } = await room(t)
    const call = begin(CALL)
    directory.hear({ kind: 'kept', record: waits, leftMs: 60_000 })
    t.ok(isSilent(call))
    t.match(said.at(-1), { kind: 'over', record: { kind: 'waits' } })
  },
)

t.test('a step that has just ended here is not taken up again from somebody who had not heard', async (t) => {
  const { directory, time, begin, start, end, control } = await room(t)
  const call = begin(CALL)
  start(CALL, 'page')
  const [[record]] = [...control.all(0)] as [readonly [KeptRecord, number]]
  end(CALL, 'page')
  time.nowMs = 4_000
  directory.hear({ kind: 'kept', record, leftMs: 60_000 })
  t.notOk(isSilent(call))
})

t.test('streams are announced and withdrawn by the same key', async (t) => {
  const { directory, said, begin } = await room(t)
  const [one, two] = [begin(CALL, ['agent=7']), begin('CA2')]
  directory.announce(one.stream, 'as-usual')
  directory.announce(two.stream, 'as-usual')
  directory.withdraw(one.stream)
  directory.withdraw(one.stream)
  t.match(said, [
    { kind: 'announced', stream: { callId: CALL, tenant: 'default', aliases: ['agent=7'], key: 1 } },
    { kind: 'announced', stream: { callId: 'CA2', key: 2 } },
    { kind: 'withdrawn', key: 1 },
  ])
  t.equal(said.length, 3)
})

t.test(
  'while the host is split, calls begin silent where their policy says so, until it no longer is',
  async (t) => {
    const { directory, begin } = await room(t, { isSplit: true })
    const [silent, usual] = [begin(CALL), begin('CA2')]
    directory.announce(silent.stream, 'start-silent')
    directory.announce(usual.stream, 'as-usual')
    for (const { hear } of [silent, usual]) hear(0, 2)
    directory.stateIs({ isSplit: false, isLedgerWritable: true })
    for (const { hear } of [silent, usual]) hear(2, 8)
    t.strictSame(silent.sent, ['start', 'changed ffx160', 'changed ffx160', '20x160'])
    t.strictSame(usual.sent, ['start', '20x160', '20x160', '20x160'])
  },
)

t.test(
  'an end that finds no step is told where it is dated, and one told here undoes an older start',
  async (t) => {
    const dated = { ...stepSignal('payment', 'ended', 'page'), issuedAtMs: 2000 }
    const end: Signal = { ...dated, address: { kind: 'call', callId: CALL }, tenants: null }
    const first = await room(t)
    first.begin(CALL)
    first.end(CALL, 'page')
    t.same(
      first.said.filter(({ kind }) => kind === 'ended-early'),
      [],
      'nobody can tell what an end without a date undoes',
    )
    t.match(first.end(CALL, 'page', { issuedAtMs: 2000 }), { result: 'unknown' })
    t.match(first.said.at(-1), { kind: 'ended-early', end: { issuedAtMs: 2000 } })

    const heard = await room(t)
    heard.directory.hear({ kind: 'ended-early', end })
    const begun = await room(t, { earlyEnds: [end] })
    for (const { begin, start } of [heard, begun]) {
      begin(CALL)
      t.match(start(CALL, 'page', { issuedAtMs: 1000 }), {
        result: 'applied',
        detail: /end of this step came first/,
      })
    }
    const newer = await room(t, { earlyEnds: [end] })
    newer.begin(CALL)
    t.notMatch(newer.start(CALL, 'page', { issuedAtMs: 3000 }), { detail: /came first/ })
  },
)
