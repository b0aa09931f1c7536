// What other processes keep, as a control plane with real sessions takes it: hold-back 100 ms = 800 samples, look-back 40 ms
// = 320, pad 20 ms = 160; frames of 20 ms = 160 samples.
import t from 'tap'
import type { CallSignal } from '../../proxy/policy/signal.js'
import type { KeptRecord } from '../../proxy/session/kept-signals.js'
import { addressOf, controlRoom, isSilent } from '../support/control-room.js'
import { consentSignal, stepSignal } from '../support/signals.js'

const ref = { tenant: 'default', callId: 'CA1' }
const slotOf = ({ kind, signalId, origin }: CallSignal): string =>
  kind === 'consent' ? kind : `${kind}:${origin}:${signalId}`
const holds = (signal: CallSignal): KeptRecord => ({ kind: 'holds', ref, slot: slotOf(signal), signal })
const waits = (signal: CallSignal, tenants: readonly string[] | null = null): KeptRecord => ({
  kind: 'waits',
  slot: slotOf(signal),
  signal: { ...signal, address: addressOf('CA1'), tenants },
})
const payment = stepSignal('payment', 'started', 's1')

t.test(
  'a step that is open elsewhere keeps the next stream of its call silent from the first sample',
  async (t) => {
    const room = controlRoom()
    room.control.adopt(holds(payment), 60_000, 0)
    const call = room.begin('CA1')
    call.hear(0, 7)
    t.strictSame(call.sent, ['start', 'changed ffx160', 'changed ffx160'])
  },
)

t.test('a stream that is here falls silent as its call does elsewhere', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  room.control.adopt(holds(payment), 60_000, 0)
  t.ok(isSilent(call))
  const opened = () => call.audits.filter(({ kind }) => kind === 'step-opened').length
  room.control.adopt(holds(payment), 60_000, 0)
  t.equal(opened(), 1, 'said again it is the same step')
})

t.test('steps of one name that came two ways are two, and each silences', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  for (const origin of ['api', 'payment-page'] as const)
    room.control.adopt(holds({ ...payment, origin }), 60_000, 0)
  room.end('CA1', 's1')
  t.ok(isSilent(call), "the page's step is open")
})

t.test('nothing that another process keeps opens a call: no consent given, no emergency', async (t) => {
  const room = controlRoom({ consent: { mode: 'opt-in' } })
  const call = room.begin('CA1')
  for (const signal of [consentSignal('given', 'c1'), stepSignal('emergency', 'started', 'e1')])
    room.control.adopt(holds(signal), 60_000, 0)
  call.hear(0, 7)
  t.strictSame(call.sent, ['start', 'changed ffx160', 'changed ffx160'])
})

t.test("another tenant's call of the same id is another call", async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1', [], 0, 'acme')
  room.control.adopt(holds(payment), 60_000, 0)
  t.notOk(isSilent(call))
})

t.test('what waits elsewhere for a call that is here is carried out, and told to be over', async (t) => {
  const told: string[] = []
  const room = controlRoom({}, { kept: () => {}, over: ({ kind }) => void told.push(kind) })
  const call = room.begin('CA1')
  room.control.adopt(waits(payment), 60_000, 0)
  t.ok(isSilent(call))
  t.strictSame(told, ['waits'])
  t.equal(room.control.pendingCount, 0)
})

t.test('what waits elsewhere waits here as well, and holds from the first sample of the call', async (t) => {
  const room = controlRoom()
  room.control.adopt(waits(payment), 60_000, 0)
  t.equal(room.control.pendingCount, 1)
  t.ok(isSilent(room.begin('CA1')))
})

t.test(
  'what is over elsewhere holds for no stream to come, and a stream that is here stays as it is',
  async (t) => {
    const room = controlRoom()
    room.control.adopt(holds(payment), 60_000, 0)
    const first = room.begin('CA1')
    room.control.disown(holds(payment))
    t.ok(isSilent(first), 'its end comes as a signal, or not at all')
    t.ok(isSilent(room.begin('CA1')), 'and so is what else begins of the call meanwhile')
    for (const stream of [...room.registry.streams]) room.registry.remove(stream)
    room.control.disown(holds(payment))
    t.notOk(isSilent(room.begin('CA1')))
  },
)

t.test('a start that was taken back elsewhere no longer waits', async (t) => {
  const room = controlRoom()
  room.control.adopt(waits(payment), 60_000, 0)
  room.control.disown(waits(payment))
  t.equal(room.control.pendingCount, 0)
  t.notOk(isSilent(room.begin('CA1')))
})

t.test('this process answers for the calls that are here, and for no other', async (t) => {
  const room = controlRoom()
  room.control.adopt(holds(payment), 60_000, 0)
  t.strictSame([...room.control.held(0)], [])
  const call = room.begin('CA1')
  t.match([...room.control.held(0)], [[{ ref, slot: 'payment:api:s1' }, Number]])
  call.leave()
  t.strictSame([...room.control.held(0)], [])
})
