// Calls of 8,000 Hz with real sessions (test/support/control-room.ts): hold-back 100 ms = 800 samples, look-back 40 ms = 320,
// pad after an end 20 ms = 160; frames of 20 ms = 160 samples.
import t from 'tap'
import { OPEN_STEPS_PER_KIND_MAX, PENDING_SIGNALS_MAX } from '../../proxy/base/limits.js'
import type { CallSignal, ConsentState } from '../../proxy/policy/signal.js'
import { addressOf, controlRoom, isSilent } from '../support/control-room.js'
import { consentSignal, stepSignal } from '../support/signals.js'

t.test(
  'a start is applied from the look-back on, and the answer says from which sample and instant',
  async (t) => {
    const room = controlRoom()
    const call = room.begin('CA1')
    call.hear(0, 5)
    t.strictSame(room.start('CA1', 's1'), {
      result: 'applied',
      streams: [
        {
          callId: 'CA1',
          streamId: 'stream-1',
          firstSilentSample: 480,
          firstSilentEpochMs: 999_960,
          lateMs: 0,
        },
      ],
      isRepeated: false,
    })
    call.hear(5, 10)
    t.strictSame(call.sent, ['start', '20x160', '20x160', '20x160', 'changed ffx160', 'changed ffx160'])
  },
)

t.test('an end says from which sample on the call is heard again', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  call.hear(0, 5)
  room.start('CA1', 's1')
  t.strictSame(room.end('CA1', 's1'), {
    result: 'applied',
    streams: [{ callId: 'CA1', streamId: 'stream-1', clearFromSample: 960 }],
    isRepeated: false,
  })
  t.notOk(isSilent(call))
})

t.test(
  'a start that comes late is answered with the milliseconds that had left, and silences the rest',
  async (t) => {
    const room = controlRoom({ payment: { lookBackMs: 200, padAfterMs: 20, leaseSeconds: 10 } })
    const call = room.begin('CA1')
    call.hear(0, 20)
    t.match(room.start('CA1', 's1'), {
      result: 'late',
      streams: [{ firstSilentSample: 2_400, lateMs: 100 }],
    })
    t.ok(call.counted.includes('late 0.1'))
  },
)

t.test('a start before its call is pending, and the call is silent from its first sample', async (t) => {
  const room = controlRoom()
  t.match(room.start('CA1', 's1'), { result: 'pending', streams: [], isRepeated: false })
  t.equal(room.control.pendingCount, 1)
  const call = room.begin('CA1', [], 1000)
  t.equal(room.control.pendingCount, 0)
  call.hear(0, 6)
  t.strictSame(call.sent, ['start', 'changed ffx160'])
  t.match(room.start('CA1', 's1'), { result: 'applied', streams: [{ firstSilentSample: 0 }] }, 'asked again')
})

t.test('a start by an alias waits for the call that has it', async (t) => {
  const room = controlRoom()
  t.match(room.start('agent=7', 's1'), { result: 'pending' })
  t.notOk(isSilent(room.begin('CA1', ['agent=8'])))
  t.ok(isSilent(room.begin('CA2', ['agent=7'])))
  t.notOk(isSilent(room.begin('CA3', ['agent=7'])), 'one call took it')
})

t.test('a waiting start is forgotten when its time is up, and kept until then', async (t) => {
  const room = controlRoom()
  room.start('CA1', 's1', { ttlMs: 5_000 })
  room.start('CA2', 's2', { ttlMs: 5_000 })
  room.control.expire(4_999)
  t.equal(room.control.pendingCount, 2)
  t.ok(isSilent(room.begin('CA1', [], 4_999)))
  t.notOk(isSilent(room.begin('CA2', [], 5_000)), 'also when nobody has swept yet')
  room.start('CA3', 's3', { ttlMs: 5_000 })
  room.control.expire(5_000)
  t.equal(room.control.pendingCount, 0)
})

t.test('a start that names no time-to-live waits two minutes', async (t) => {
  const room = controlRoom()
  room.start('CA1', 's1')
  room.control.expire(119_999)
  t.equal(room.control.pendingCount, 1)
  room.control.expire(120_000)
  t.equal(room.control.pendingCount, 0)
})

t.test('a waiting start that is sent again waits once, and from then on', async (t) => {
  const room = controlRoom()
  room.start('CA1', 's1', { ttlMs: 5_000 })
  room.start('CA1', 's1', { ttlMs: 5_000 }, 3_000)
  t.equal(room.control.pendingCount, 1)
  room.control.expire(7_999)
  t.equal(room.control.pendingCount, 1)
})

t.test('an end withdraws a waiting start, and says so', async (t) => {
  const room = controlRoom()
  room.start('CA1', 's1')
  t.match(room.end('CA1', 's1'), { result: 'unknown', detail: /waiting start is withdrawn/ })
  t.notOk(isSilent(room.begin('CA1')))
})

t.test('no more starts wait than the limit, and the one that is not kept is told so', async (t) => {
  const room = controlRoom()
  for (let i = 0; i < PENDING_SIGNALS_MAX; i++) room.start(`CA${i}`, 's')
  t.match(room.start('CAx', 's'), { result: 'unknown', detail: /too many/ })
  t.match(room.start('CA0', 's'), { result: 'pending' }, 'one that waits already may wait on')
  t.equal(room.control.pendingCount, PENDING_SIGNALS_MAX)
})

t.test('a start that matches several calls silences all of them and is ambiguous', async (t) => {
  const room = controlRoom()
  const calls = ['CA1', 'CA2', 'CA3'].map((id) => room.begin(id, ['agent=7']))
  const stranger = room.begin('CA4', ['agent=8'])
  t.match(room.start('agent=7', 's1'), { result: 'ambiguous', streams: { length: 3 } })
  t.strictSame(calls.map(isSilent), [true, true, true])
  t.notOk(isSilent(stranger))

  t.match(room.start('CA2', 's1'), { result: 'applied' }, 'named')
  t.strictSame(calls.map(isSilent), [false, true, false])
  t.match(room.end('CA2', 's1'), { result: 'applied' })
  t.notOk(isSilent(calls[1]!))
})

t.test('settling an ambiguous start lets go only the calls that it matched', async (t) => {
  const room = controlRoom()
  const stranger = room.begin('CA9', ['agent=9'])
  room.start('CA9', 'payment')
  const calls = ['CA1', 'CA2'].map((id) => room.begin(id, ['agent=7']))
  room.start('agent=7', 'payment')
  room.start('CA1', 'payment')
  t.strictSame(calls.map(isSilent), [true, false])
  t.ok(isSilent(stranger), 'a step of another call with the same id')
})

t.test('a start in a call that an ambiguous one did not match settles nothing', async (t) => {
  const room = controlRoom()
  const calls = ['CA1', 'CA2'].map((id) => room.begin(id, ['agent=7']))
  room.begin('CA9')
  room.start('agent=7', 'payment')
  room.start('CA9', 'payment')
  t.strictSame(calls.map(isSilent), [true, true])
})

t.test('an end by the alias ends an ambiguous start in every call', async (t) => {
  const room = controlRoom()
  const calls = ['CA1', 'CA2'].map((id) => room.begin(id, ['agent=7']))
  room.start('agent=7', 's1')
  t.match(room.end('agent=7', 's1'), { result: 'applied', streams: { length: 2 } })
  t.strictSame(calls.map(isSilent), [false, false])
})

t.test('an end for a call that is not here, or has no step open, is unknown', async (t) => {
  const room = controlRoom()
  t.match(room.end('CA1', 's1'), { result: 'unknown', detail: 'no such call is here' })
  room.begin('CA1')
  t.match(room.end('CA1', 's1'), { result: 'unknown', detail: 'no such step is open' })
})

t.test('an end under a new id ends the only step; with several open all stay silent', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  room.start('CA1', 's1')
  t.match(room.end('CA1', 'e1'), { result: 'applied' })
  t.notOk(isSilent(call))
  room.start('CA1', 's2')
  room.start('CA1', 's3')
  t.match(room.end('CA1', 'e2'), { result: 'ambiguous', streams: [] })
  t.ok(isSilent(call))
})

t.test('a repeated end gets its first answer and ends nothing that began since', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  room.start('CA1', 's1')
  const first = room.end('CA1', 'e1')
  room.start('CA1', 's2')
  t.strictSame(room.end('CA1', 'e1'), { ...first, isRepeated: true })
  t.ok(isSilent(call))
})

t.test(
  'a start that comes again after its end opens nothing, and says that a new id is needed',
  async (t) => {
    const room = controlRoom()
    const call = room.begin('CA1')
    room.start('CA1', 's1')
    room.end('CA1', 's1')
    t.match(room.start('CA1', 's1'), { result: 'unknown', detail: /new signalId/, isRepeated: true })
    t.notOk(isSilent(call))
  },
)

t.test('two pages that use the same id do not answer for each other', async (t) => {
  const room = controlRoom()
  const calls = ['CA1', 'CA2'].map((id) => room.begin(id))
  t.match(room.start('CA1', 'payment'), { result: 'applied', isRepeated: false })
  t.match(room.start('CA2', 'payment'), { result: 'applied', isRepeated: false })
  room.end('CA1', 'payment')
  t.strictSame(calls.map(isSilent), [false, true])
})

t.test("an agent's next call is a new one, also when the page uses the same id again", async (t) => {
  const room = controlRoom()
  const first = room.begin('CA1', ['agent=7'])
  room.start('agent=7', 'payment')
  room.end('agent=7', 'payment')
  first.leave()
  const second = room.begin('CA2', ['agent=7'])
  t.match(room.start('agent=7', 'payment'), { result: 'applied', streams: [{ callId: 'CA2' }] })
  t.ok(isSilent(second))
  t.match(room.end('agent=7', 'payment'), { result: 'applied', streams: [{ callId: 'CA2' }] })
  t.notOk(isSilent(second))
})

t.test('a heartbeat renews the lease, and is answered with the step as it began', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  call.hear(0, 5)
  room.start('CA1', 's1', { ttlMs: 1_000 }, 100)
  t.match(room.start('CA1', 's1', { ttlMs: 1_000 }, 900), {
    result: 'applied',
    streams: [{ firstSilentSample: 480, lateMs: 0 }],
    isRepeated: true,
  })
  call.session.tick(1_899)
  t.notOk(call.counted.includes('expired payment'), 'the first lease would have ended at 1,100 ms')
  call.session.tick(1_900)
  t.ok(call.counted.includes('expired payment'))
  t.ok(isSilent(call), 'and the call stays silent')
})

t.test('an older end does not undo a newer start', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  room.start('CA1', 's2', { issuedAtMs: 2_000 })
  t.match(room.end('CA1', 's1', { issuedAtMs: 1_000 }), { result: 'unknown', detail: /newer/ })
  t.match(room.end('CA1', 's2', { issuedAtMs: 1_999 }), { result: 'unknown', detail: /newer/ }, 'nor its own')
  t.ok(isSilent(call))
  t.match(room.end('CA1', 'e3', { issuedAtMs: 2_001 }), { result: 'applied' })
})

t.test('a start that is older than its end opens no more than the look-back', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  call.hear(0, 5)
  room.end('CA1', 's1', { issuedAtMs: 2_000 })
  t.match(room.start('CA1', 's1', { issuedAtMs: 1_000 }), { result: 'applied', detail: /came first/ })
  t.notOk(isSilent(call))
})

t.test('the same when both come before the call', async (t) => {
  const room = controlRoom()
  t.match(room.end('CA1', 's1', { issuedAtMs: 2_000 }), { result: 'unknown' })
  t.match(room.start('CA1', 's1', { issuedAtMs: 1_000 }), { result: 'unknown', detail: /came first/ })
  t.equal(room.control.pendingCount, 0)
  t.notOk(isSilent(room.begin('CA1')))
})

t.test('an early end of one call ends no start of another with the same id', async (t) => {
  const room = controlRoom()
  room.begin('CA1')
  const other = room.begin('CA2')
  room.end('CA1', 'payment', { issuedAtMs: 2_000 })
  t.match(room.start('CA2', 'payment', { issuedAtMs: 1_000 }), { result: 'applied' })
  t.ok(isSilent(other))
})

t.test("another actor's end leaves the step open", async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  room.start('CA1', 's1', { actor: 'page' })
  t.match(room.end('CA1', 'e1', { actor: 'desktop' }), { result: 'forbidden' })
  t.ok(isSilent(call))
  t.match(room.end('CA1', 'e1', { actor: 'page' }), { result: 'applied' })
  t.notOk(isSilent(call))
})

t.test('a stream that resumes its call while a step is open is silent from its first sample', async (t) => {
  const room = controlRoom()
  const first = room.begin('CA1')
  first.hear(0, 50)
  room.start('CA1', 's1')
  first.leave()
  const second = room.begin('CA1', [], 1_000)
  second.hear(0, 6)
  t.strictSame(second.sent, ['start', 'changed ffx160'])
  room.end('CA1', 's1', {}, 2_000)
  t.notOk(isSilent(second))
})

t.test('a step of a call that went on for long is still open when its stream resumes', async (t) => {
  const room = controlRoom()
  const first = room.begin('CA1')
  room.start('CA1', 's1', { ttlMs: 60_000 })
  room.control.expire(600_000)
  first.leave()
  room.control.expire(601_000)
  t.ok(isSilent(room.begin('CA1', [], 602_000)))
})

t.test('a call that does not come back is forgotten', async (t) => {
  const room = controlRoom()
  const first = room.begin('CA1')
  room.start('CA1', 's1', { ttlMs: 60_000 })
  first.leave()
  room.control.expire(60_000)
  t.notOk(isSilent(room.begin('CA1', [], 60_001)))
})

t.test('a heartbeat between two streams of a call is pending and keeps the step open', async (t) => {
  const room = controlRoom()
  const first = room.begin('CA1', ['agent=7'])
  room.start('CA1', 's1', { ttlMs: 5_000 })
  first.leave()
  t.match(room.start('CA1', 's1', { ttlMs: 5_000 }, 4_000), { result: 'pending' })
  room.control.expire(8_000)
  t.ok(isSilent(room.begin('CA1', [], 8_000)))
})

t.test('a step that ends between two streams of its call does not come back', async (t) => {
  const room = controlRoom()
  const first = room.begin('CA1')
  room.start('CA1', 's1', { actor: 'page' })
  first.leave()
  room.end('CA1', 'e1', { actor: 'desktop' })
  t.match(room.end('CA1', 's1', { actor: 'page' }), { result: 'unknown', detail: /withdrawn/ })
  t.notOk(isSilent(room.begin('CA1')))
})

t.test("another actor's end between two streams leaves the step open", async (t) => {
  const room = controlRoom()
  const first = room.begin('CA1')
  room.start('CA1', 's1', { actor: 'page' })
  first.leave()
  room.end('CA1', 'e1', { actor: 'desktop' })
  t.ok(isSilent(room.begin('CA1')))
})

t.test("signals from outside do not touch the PBX's own step", async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  call.say(0, { kind: 'payment', state: 'started', held: null })
  for (const id of ['s1', 'in-stream']) t.match(room.end('CA1', id), { result: 'forbidden' }, id)
  t.ok(isSilent(call))
  room.start('CA1', 's1')
  room.end('CA1', 's1')
  t.ok(isSilent(call))
  call.say(0, { kind: 'payment', state: 'ended', held: null })
  t.notOk(isSilent(call))
})

t.test('a call has no more steps open than the limit; further ones join the oldest', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  for (let i = 0; i <= OPEN_STEPS_PER_KIND_MAX; i++)
    t.match(room.start('CA1', `s${i}`), { result: 'applied' })
  t.match(room.end('CA1', `s${OPEN_STEPS_PER_KIND_MAX}`), { result: 'ambiguous' })
  t.ok(isSilent(call))
})

t.test("a signal of one tenant never finds, and never waits for, another tenant's call", async (t) => {
  const room = controlRoom()
  const theirs = room.begin('CA1', ['agent=7'], 0, 'other')
  for (const address of ['CA1', 'agent=7'])
    t.match(room.start(address, 's1', { tenants: ['acme'] }), { result: 'pending', streams: [] })
  t.notOk(isSilent(theirs))
  t.notOk(isSilent(room.begin('CA2', ['agent=7'], 0, 'other')))
  t.ok(isSilent(room.begin('CA1', [], 0, 'acme')))
  t.ok(isSilent(room.begin('CA3', ['agent=7'], 0, 'acme')))
  t.equal(room.control.pendingCount, 0)
})

t.test("two tenants' calls of the same id are two calls", async (t) => {
  const room = controlRoom()
  const [ours, theirs] = ['acme', 'other'].map((tenant) => room.begin('CA1', [], 0, tenant))
  t.match(room.start('CA1', 's1', { tenants: ['acme'] }), { result: 'applied', streams: { length: 1 } })
  t.strictSame([isSilent(ours!), isSilent(theirs!)], [true, false])
  t.match(room.start('CA1', 's1', { tenants: ['other'] }), { result: 'applied', isRepeated: false })
  t.match(room.end('CA1', 's1', { tenants: ['other'] }), { result: 'applied', isRepeated: false })
  t.strictSame([isSilent(ours!), isSilent(theirs!)], [true, false])
  ours!.leave()
  t.notOk(isSilent(room.begin('CA1', [], 0, 'other')), 'nor does what holds for one hold for the other')
  t.ok(isSilent(room.begin('CA1', [], 0, 'acme')))
})

t.test('what waits for two tenants does not replace each other', async (t) => {
  const room = controlRoom()
  room.start('CA1', 's1', { tenants: ['acme'] })
  room.start('CA1', 's1', { tenants: ['other'] })
  t.equal(room.control.pendingCount, 2)
  room.end('CA1', 's1', { tenants: ['other'] })
  t.ok(isSilent(room.begin('CA1', [], 0, 'acme')))
  t.notOk(isSilent(room.begin('CA1', [], 0, 'other')))
})

for (const kind of ['hold', 'transfer', 'personal', 'manual'] as const)
  t.test(`${kind}: a step of its own, beside payment, that waits for its call as well`, async (t) => {
    const room = controlRoom()
    t.match(room.start('CA1', 's1', { kind }), { result: 'pending' })
    const call = room.begin('CA1')
    t.match(room.start('CA1', 's1'), { result: 'applied' })
    t.match(room.end('CA1', 's1'), { result: 'applied' })
    t.ok(isSilent(call), 'the same id of another kind has ended')
    t.match(room.end('CA1', 's1', { kind }), { result: 'applied' })
    t.notOk(isSilent(call))
  })

t.test('two legs of a transfer: the call is silent until both have returned', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  room.start('CA1', 'leg-1', { kind: 'transfer' })
  room.start('CA1', 'leg-2', { kind: 'transfer' })
  t.match(room.end('CA1', 'leg-1', { kind: 'transfer' }), { result: 'applied' })
  t.ok(isSilent(call))
  t.match(room.end('CA1', 'leg-2', { kind: 'transfer' }), { result: 'applied' })
  t.notOk(isSilent(call))
})

t.test('an end that came another way is forbidden where the policy does not list it, and told', async (t) => {
  const room = controlRoom({ hold: { endedBy: ['webhook'] } })
  const call = room.begin('CA1')
  room.start('CA1', 's1')
  t.match(room.end('CA1', 's1', { origin: 'payment-page' }), { result: 'forbidden', streams: [] })
  t.ok(isSilent(call))
  t.match(call.audits.at(-1), {
    kind: 'signal-refused',
    signal: 'payment',
    state: 'ended',
    origin: 'payment-page',
  })
  t.match(room.end('CA1', 's1', { origin: 'payment-page', mayEnd: 'any' }), { result: 'applied' })
  room.start('CA1', 'h1', { kind: 'hold' })
  t.match(room.end('CA1', 'h1', { kind: 'hold', origin: 'webhook' }), { result: 'applied' })
  t.notOk(isSilent(call))
})

t.test('between two streams nobody ends what came another way', async (t) => {
  const room = controlRoom()
  const first = room.begin('CA1')
  room.start('CA1', 's1', { kind: 'transfer' })
  first.leave()
  t.match(room.end('CA1', 's1', { kind: 'transfer', origin: 'webhook' }), { result: 'unknown' })
  const second = room.begin('CA1')
  t.ok(isSilent(second))
  second.leave()
  t.match(room.end('CA1', 's1', { kind: 'transfer' }), { result: 'unknown', detail: /withdrawn/ })
  t.notOk(isSilent(room.begin('CA1')))
})

t.test('an end by an alias of several calls ends only steps of its very id', async (t) => {
  const room = controlRoom()
  const calls = ['CA1', 'CA2'].map((id) => room.begin(id, ['agent=7']))
  room.start('CA1', 's1')
  room.start('CA2', 's2')
  t.match(room.end('agent=7', 'x'), { result: 'ambiguous', streams: [] })
  t.strictSame(calls.map(isSilent), [true, true])
  t.match(room.end('agent=7', 's2'), { result: 'applied', streams: [{ callId: 'CA2' }] })
  t.strictSame(calls.map(isSilent), [true, false])
})

t.test('an emergency answers from where on the call is heard, and until when it was', async (t) => {
  const room = controlRoom()
  const call = room.begin('CA1')
  call.hear(0, 5)
  room.start('CA1', 't1', { kind: 'transfer' })
  t.match(room.start('CA1', 'e1', { kind: 'emergency' }), {
    result: 'applied',
    streams: [{ clearFromSample: 800 }],
  })
  t.match(
    room.start('CA1', 'h1', { kind: 'hold' }),
    { result: 'applied', detail: /emergency is open/, streams: [{ isLifted: true }] },
    'the truth about what is lifted',
  )
  t.notOk(room.start('CA1', 's1').streams[0]!.isLifted, 'payment is not')
  call.hear(5, 8)
  t.match(room.end('CA1', 'e1', { kind: 'emergency' }), {
    result: 'applied',
    streams: [{ clearFromSample: 1_280 }],
  })
})

t.test('an emergency that several calls could mean lifts nothing in any of them', async (t) => {
  const room = controlRoom()
  const calls = ['CA1', 'CA2'].map((id) => room.begin(id, ['agent=7']))
  t.match(room.start('agent=7', 'e1', { kind: 'emergency' }), { result: 'ambiguous', streams: [] })
  t.strictSame(
    calls.map(({ session }) => session.openSinceMs('emergency')),
    [Infinity, Infinity],
  )
})

t.test('consent is unknown where the policy asks for none', async (t) => {
  const room = controlRoom()
  room.begin('CA1')
  const signal = { ...consentSignal('given', 'c1'), tenants: null, address: addressOf('CA1') }
  t.match(room.control.signal(signal, 0), { result: 'unknown', detail: /no consent/ })
})

const agree = (
  room: ReturnType<typeof controlRoom>,
  address: string,
  state: ConsentState,
  id: string,
  nowMs = 0,
) => room.control.signal({ ...consentSignal(state, id), tenants: null, address: addressOf(address) }, nowMs)

t.test('consent given before the call waits for it, and its last word holds for every stream', async (t) => {
  const room = controlRoom({ consent: { mode: 'opt-in' } })
  t.match(agree(room, 'CA1', 'refused', 'c1'), { result: 'pending' })
  t.match(agree(room, 'CA1', 'given', 'c2'), { result: 'pending' })
  t.equal(room.control.pendingCount, 1)
  const first = room.begin('CA1')
  first.hear(0, 6)
  t.strictSame(first.sent, ['start', '20x160'], 'heard from its first sample')
  t.match(agree(room, 'CA1', 'withdrawn', 'c3'), { result: 'applied' })
  first.leave()
  const second = room.begin('CA1')
  t.equal(second.session.summary().consent, 'withdrawn')
})

t.test('consent that several calls could mean is given in none of them, and refused in all', async (t) => {
  const room = controlRoom({ consent: { mode: 'opt-out' } })
  const calls = ['CA1', 'CA2'].map((id) => room.begin(id, ['agent=7']))
  const standings = (): string[] => calls.map(({ session }) => session.summary().consent)
  t.match(agree(room, 'agent=7', 'given', 'c1'), { result: 'ambiguous', streams: [] })
  t.strictSame(standings(), ['open', 'open'])
  t.match(agree(room, 'agent=7', 'refused', 'c2'), { result: 'ambiguous', streams: { length: 2 } })
  t.strictSame(standings(), ['refused', 'refused'])
})

t.test('consent is answered as it was when the same signal comes again', async (t) => {
  const room = controlRoom({ consent: { mode: 'opt-in' } })
  const call = room.begin('CA1')
  t.match(agree(room, 'CA1', 'given', 'c1'), { result: 'applied', streams: [{ clearFromSample: 0 }] })
  agree(room, 'CA1', 'withdrawn', 'c2')
  t.match(agree(room, 'CA1', 'given', 'c1'), { result: 'applied', isRepeated: true })
  t.equal(call.session.summary().consent, 'withdrawn')
})

t.test('the question can be asked of a call that is here', async (t) => {
  const room = controlRoom({ consent: { mode: 'opt-in' } })
  t.match(agree(room, 'CA1', 'asked', 'c1'), { result: 'unknown' })
  room.begin('CA1')
  t.match(agree(room, 'CA1', 'asked', 'c1'), { result: 'applied' })
})

t.test(
  'what the keys of one stream say holds for the other streams of its call, and those to come',
  async (t) => {
    const room = controlRoom({ consent: { mode: 'opt-in' }, payment: { endedBy: ['star-code'] } })
    const [first, second, stranger] = ['CA1', 'CA1', 'CA2'].map((id) => room.begin(id))
    const say = (signal: CallSignal): void => {
      const outcome = first!.session.signal(signal, 0)
      room.control.streamSignalled(first!.stream, signal, outcome, 0)
    }
    const standings = (): string[] => [first, second, stranger].map((call) => call!.session.summary().consent)
    say(consentSignal('given', 'keys', { origin: 'caller-key' }))
    t.strictSame(standings(), ['given', 'given', 'open'])
    say(stepSignal('payment', 'started', 'keys', { origin: 'star-code' }))
    t.strictSame(
      [first, second, stranger].map((call) => isSilent(call!)),
      [true, true, false],
    )
    const third = room.begin('CA1')
    t.ok(isSilent(third))
    t.equal(third.session.summary().consent, 'given')
    say(stepSignal('payment', 'ended', 'keys', { origin: 'star-code' }))
    t.strictSame(
      [first, second, third].map((call) => isSilent(call!)),
      [false, false, false],
    )
    t.notOk(isSilent(room.begin('CA1')))
    room.start('CA1', 's1')
    say(stepSignal('payment', 'ended', 'keys', { origin: 'star-code' }))
    t.notOk(isSilent(room.begin('CA1')), 'a step that keys have ended does not come back')
  },
)
