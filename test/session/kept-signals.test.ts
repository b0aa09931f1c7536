// What is kept here because another process keeps it, and what is told to the others; times are monotonic ms.
import t from 'tap'
import { OPEN_STEPS_PER_KIND_MAX, PENDING_SIGNALS_MAX } from '../../proxy/base/limits.js'
import type { StepSignal } from '../../proxy/policy/signal.js'
import { CallMemory, type KeptRecord, WaitingSignals } from '../../proxy/session/kept-signals.js'
import type { Signal } from '../../proxy/session/signal.js'
import { addressOf, controlRoom } from '../support/control-room.js'
import { consentSignal, stepSignal } from '../support/signals.js'

const ref = { tenant: 'acme', callId: 'CA1' }

/** A journal that writes down what it is told: `+` kept, `-` over. */
const journal = () => {
  const told: string[] = []
  const name = (record: KeptRecord): string => `${record.kind} ${record.slot}`
  return {
    told,
    kept: (record: KeptRecord, leftMs: number) => void told.push(`+ ${name(record)} ${leftMs}`),
    over: (record: KeptRecord) => void told.push(`- ${name(record)}`),
  }
}

const waiting = (signalId: string, parts: Partial<Signal> = {}): Signal =>
  ({
    ...stepSignal('payment', 'started', signalId, { ttlMs: 5_000 }),
    address: addressOf('CA1'),
    tenants: ['acme'],
    ...parts,
  }) as Signal

t.test('what waits elsewhere waits here, until its time is up, and is not told back', async (t) => {
  const book = journal()
  const signals = new WaitingSignals(book)
  t.ok(signals.adopt(waiting('s1'), 1_000))
  t.ok(signals.adopt(waiting('s1'), 2_000), 'said again it waits once, and longer')
  t.equal(signals.count, 1)
  signals.expire(1_999)
  t.equal(signals.count, 1)
  signals.expire(2_000)
  t.equal(signals.count, 0)
  t.strictSame(book.told, [])
})

t.test(
  'what waits here is told with its time to live, and that it is over when its call takes it',
  async (t) => {
    const book = journal()
    const signals = new WaitingSignals(book)
    signals.add(waiting('s1'), 0)
    const { stream } = controlRoom().begin('CA1', [], 0, 'acme')
    t.match(signals.claim(stream, 100), [{ signalId: 's1' }])
    t.strictSame(book.told, ['+ waits payment:api:s1 5000', '- waits payment:api:s1'])
  },
)

t.test('what is over elsewhere no longer waits here, and that is nobody else to tell', async (t) => {
  const book = journal()
  const signals = new WaitingSignals(book)
  signals.adopt(waiting('s1'), 1_000)
  signals.adopt(waiting('s2'), 1_000)
  t.ok(signals.disown(waiting('s1')))
  t.notOk(signals.disown(waiting('s1')))
  t.equal(signals.count, 1)
  t.strictSame(book.told, [])
})

t.test("one tenant's end takes nothing back that waits for another's call of the same id", async (t) => {
  const signals = new WaitingSignals()
  signals.adopt(waiting('s1'), 1_000)
  t.notOk(signals.withdraw(waiting('s1', { tenants: ['other'] })))
  t.equal(signals.count, 1)
})

t.test('other processes fill no more than the bound, and what waits already can be said again', async (t) => {
  const signals = new WaitingSignals()
  for (let i = 0; i < PENDING_SIGNALS_MAX; i++)
    signals.adopt(waiting(`s${i}`, { address: addressOf(`CA${i}`) }), 1)
  t.notOk(signals.adopt(waiting('one-more'), 1))
  t.ok(signals.adopt(waiting('s7', { address: addressOf('CA7') }), 2))
  t.equal(signals.count, PENDING_SIGNALS_MAX)
})

t.test('a step of a call elsewhere holds here until it expires; its renewal prolongs it', async (t) => {
  const book = journal()
  const memory = new CallMemory(book)
  const step = stepSignal('payment', 'started', 's1')
  t.ok(memory.adopt(ref, step, 1_000))
  t.ok(memory.adopt(ref, step, 2_000))
  t.strictSame(memory.of(ref), [step])
  memory.expire(1_999, () => false)
  t.ok(memory.isOpen(ref, step))
  memory.expire(2_000, () => false)
  t.strictSame(memory.of(ref), [])
  t.strictSame(book.told, [])
})

t.test('what holds for a call that is here does not expire with the word of others', async (t) => {
  const memory = new CallMemory()
  memory.adopt(ref, stepSignal('payment', 'started', 's1', { ttlMs: 60_000 }), 1_000)
  memory.expire(5_000, () => true)
  t.strictSame(
    [...memory.all(5_000)].map(([, leftMs]) => leftMs),
    [60_000],
  )
})

t.test('the last word on consent replaces the one before; steps stand beside each other', async (t) => {
  const memory = new CallMemory()
  memory.adopt(ref, consentSignal('given', 'c1'), 1_000)
  memory.adopt(ref, consentSignal('withdrawn', 'c2'), 1_000)
  memory.adopt(ref, stepSignal('payment', 'started', 's1'), 1_000)
  memory.adopt(ref, stepSignal('payment', 'started', 's2'), 1_000)
  t.strictSame(
    memory.of(ref).map(({ state, signalId }) => `${state} ${signalId}`),
    ['withdrawn c2', 'started s1', 'started s2'],
  )
})

t.test('disowned is one step of one call, and its tenant only', async (t) => {
  const memory = new CallMemory()
  const [one, two]: StepSignal[] = [
    stepSignal('payment', 'started', 's1'),
    stepSignal('payment', 'started', 's2'),
  ]
  for (const step of [one!, two!]) memory.adopt(ref, step, 1_000)
  memory.adopt({ ...ref, tenant: 'other' }, one!, 1_000)
  t.strictSame(memory.disown(ref, 'payment:api:s1'), one)
  t.equal(memory.disown(ref, 'payment:api:s1'), null)
  t.strictSame(memory.of(ref), [two])
  t.strictSame(memory.of({ ...ref, tenant: 'other' }), [one])
})

t.test('no process opens more steps in a call than one may have', async (t) => {
  const memory = new CallMemory()
  for (let i = 0; i < OPEN_STEPS_PER_KIND_MAX; i++)
    t.ok(memory.adopt(ref, stepSignal('payment', 'started', `s${i}`), 1_000))
  t.notOk(memory.adopt(ref, stepSignal('payment', 'started', 'more'), 1_000))
  t.ok(memory.adopt(ref, stepSignal('hold', 'started', 'h'), 1_000))
})
