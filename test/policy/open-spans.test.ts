// At 1,000 Hz, so that a sample is a millisecond: look-back 300, pad after the end 50, lease 10 s.
import t from 'tap'
import { OPEN_STEPS_PER_KIND_MAX } from '../../proxy/base/limits.js'
import type { StartTime } from '../../proxy/policy/open-spans.js'
import { policySchema } from '../../proxy/policy/options.js'
import type { StepKind, StepSignal } from '../../proxy/policy/signal.js'
import { Steps } from '../../proxy/policy/steps.js'
import { quietTimeline, RATE } from '../support/quiet-timeline.js'
import { stepSignal } from '../support/signals.js'

const newMode = (payment: object = {}, kind: StepKind = 'payment', policy: object = {}) => {
  const { timeline, hear, leave } = quietTimeline()
  const options = policySchema.parse({
    payment: { lookBackMs: 300, padAfterMs: 50, leaseSeconds: 10, ...payment },
    ...policy,
  })
  const steps = new Steps(options, timeline, RATE)
  const spans = steps.of(kind)
  return {
    steps,
    hear,
    leave,
    mode: {
      start: (id: string, ttlMs: number | null, nowMs: number, time?: StartTime) =>
        spans.start(stepSignal(kind, 'started', id, { ttlMs }), nowMs, time),
      end: (id: string, parts: Partial<StepSignal> = {}, unreadMs?: number) =>
        spans.end(stepSignal(kind, 'ended', id, parts), unreadMs),
      get isOn() {
        return spans.isOpen
      },
      get oldestStartMs() {
        return spans.oldestStartMs
      },
      checkLeases: (nowMs: number) => spans.checkLeases(nowMs),
    },
  }
}

t.test('a step is silent from the look-back before its start until the pad after its end', async (t) => {
  const { mode, hear, leave } = newMode()
  hear(1_000)
  t.match(mode.start('a', null, 0), { kind: 'opened', placement: { lateSamples: 0, firstSilentSample: 700 } })
  t.ok(mode.isOn)
  hear(200)
  t.match(mode.end('a'), { kind: 'ended', clearFromSample: 1_250, step: { signalId: 'a' } })
  t.notOk(mode.isOn)
  hear(100)
  t.strictSame(leave(), ['700-1000 payment', '1000-1200 payment', '1200-1250 payment'])
})

t.test('the time that a signal was on its way is not taken out of the look-back', async (t) => {
  const { mode, hear, leave } = newMode()
  hear(1_000)
  t.match(mode.start('a', null, 0, { onItsWayMs: 250 }), { placement: { firstSilentSample: 450 } })
  t.strictSame(leave(), ['450-1000 payment'])
})

t.test('nor does it make late what had left by then', async (t) => {
  const { mode, hear, leave } = newMode()
  hear(600)
  leave()
  hear(400)
  t.match(mode.start('a', null, 0, { onItsWayMs: 250 }), {
    placement: { lateSamples: 0, firstSilentSample: 600 },
  })
  const { mode: other, hear: hearOther, leave: leaveOther } = newMode()
  hearOther(1_000)
  leaveOther()
  t.match(
    other.start('a', null, 0, { onItsWayMs: 250 }),
    { placement: { lateSamples: 300 } },
    'the look-back is',
  )
})

t.test('a step that began before the call is silent from its first sample', async (t) => {
  const { mode, hear, leave } = newMode()
  hear(1_000)
  t.match(mode.start('a', null, 0, { fromSample: 0 }), { placement: { firstSilentSample: 0 } })
  t.strictSame(leave(), ['0-1000 payment'])
})

t.test(
  'audio that may have come before a signal, and is still unread, is silent on either side of it',
  async (t) => {
    const { mode, hear, leave } = newMode()
    hear(1_000)
    t.match(mode.start('a', null, 0, { unreadMs: 400 }), { placement: { firstSilentSample: 700 } })
    hear(200)
    t.match(mode.end('a', {}, 400), { kind: 'ended', clearFromSample: 1_650 })
    hear(600)
    t.strictSame(leave(), ['700-1000 payment', '1000-1200 payment', '1200-1650 payment'])
  },
)

t.test('ending one of several steps opens no other', async (t) => {
  const { mode, hear, leave } = newMode({ lookBackMs: 0 })
  mode.start('a', null, 0)
  mode.start('b', null, 0)
  t.match(mode.end('a'), { kind: 'ended' })
  t.ok(mode.isOn)
  hear(500)
  t.strictSame(leave(), ['0-50 payment', '0-500 payment'])
  t.match(mode.end('b'), { kind: 'ended', clearFromSample: 550 })
  hear(100)
  t.strictSame(leave(), ['500-550 payment'])
})

t.test('a name that no step has ends the only open one, and none of several', async (t) => {
  const { mode } = newMode()
  t.strictSame(mode.end('x'), { kind: 'nothing-open' })
  mode.start('a', null, 0)
  mode.start('b', null, 0)
  t.strictSame(mode.end('x'), { kind: 'several-open' })
  mode.end('a')
  t.match(mode.end('x'), { kind: 'ended' })
  t.strictSame(mode.end('b'), { kind: 'nothing-open' })
})

t.test('a repeated start renews the lease and moves nothing', async (t) => {
  const { mode, hear, leave } = newMode()
  hear(1_000)
  mode.start('a', null, 0)
  hear(1_000)
  t.strictSame(mode.start('a', null, 9_000), { kind: 'renewed', firstSilentSample: 700 })
  t.equal(mode.checkLeases(18_999).expired, 0)
  t.equal(mode.checkLeases(19_000).expired, 1)
  t.strictSame(leave(), ['700-1000 payment', '1000-2000 payment'])
})

t.test(
  'a repeated start that was late the first time tells the first sample that is truly silent',
  async (t) => {
    const { mode, hear, leave } = newMode()
    hear(1_000)
    leave()
    t.match(mode.start('a', null, 0), { placement: { lateSamples: 300, firstSilentSample: 1_000 } })
    t.strictSame(mode.start('a', null, 10), { kind: 'renewed', firstSilentSample: 1_000 })
  },
)

t.test(
  "a start's own lease goes before the policy's, and lasts as long again when renewed without one",
  async (t) => {
    const { mode } = newMode()
    mode.start('a', 2_000, 0)
    mode.start('a', null, 1_000)
    t.equal(mode.checkLeases(2_999).expired, 0)
    t.equal(mode.checkLeases(3_000).expired, 1)
    mode.start('a', 5_000, 3_000)
    t.equal(mode.checkLeases(7_999).expired, 0)
    t.equal(mode.checkLeases(8_000).expired, 1)
  },
)

t.test('an expired lease is told once, and leaves the step silent', async (t) => {
  const { mode, hear, leave } = newMode({ lookBackMs: 0 })
  mode.start('a', null, 0)
  mode.start('b', null, 5_000)
  t.equal(mode.checkLeases(10_000).expired, 1)
  t.equal(mode.checkLeases(15_000).expired, 1)
  t.equal(mode.checkLeases(1_000_000).expired, 0)
  t.ok(mode.isOn)
  hear(100)
  t.strictSame(leave(), ['0-100 payment', '0-100 payment'])
  t.match(mode.end('a'), { kind: 'ended' }, 'it can still be ended')
})

t.test('where the policy says so, a step ends by itself, so long after its lease', async (t) => {
  const { mode, hear, leave } = newMode({ lookBackMs: 0, endAfterExpirySeconds: 5 })
  mode.start('a', null, 0)
  mode.start('b', null, 1)
  t.strictSame(mode.checkLeases(10_001), { expired: 2, clearFromSamples: [] })
  hear(100)
  t.strictSame(mode.checkLeases(14_999), { expired: 0, clearFromSamples: [] })
  t.strictSame(leave(), ['0-100 payment', '0-100 payment'])
  t.strictSame(mode.checkLeases(15_000), { expired: 0, clearFromSamples: [150] })
  hear(100)
  t.strictSame(leave(), ['100-150 payment', '100-200 payment'])
  mode.checkLeases(15_001)
  t.notOk(mode.isOn)
})

t.test('the oldest open step is the one that has been open longest', async (t) => {
  const { mode } = newMode()
  t.equal(mode.oldestStartMs, Infinity)
  mode.start('a', null, 100)
  mode.start('b', null, 200)
  mode.start('a', null, 300)
  t.equal(mode.oldestStartMs, 100)
  mode.end('a')
  t.equal(mode.oldestStartMs, 200)
})

t.test('a step beyond the limit joins the oldest, which stays silent', async (t) => {
  const { mode, hear, leave } = newMode({ lookBackMs: 0 })
  hear(10)
  for (let i = 0; i < OPEN_STEPS_PER_KIND_MAX; i++) mode.start(`step-${i}`, null, 0)
  t.strictSame(mode.start('one-more', 60_000, 1), { kind: 'renewed', firstSilentSample: 10 })
  t.equal(mode.checkLeases(10_000).expired, OPEN_STEPS_PER_KIND_MAX - 1, "the oldest one's lease was renewed")
  t.strictSame(mode.end('one-more'), { kind: 'several-open' })
  leave()
  hear(10)
  t.equal(leave().length, OPEN_STEPS_PER_KIND_MAX)
})

for (const kind of ['hold', 'transfer', 'personal', 'manual'] as const)
  t.test(`${kind}: silent under its own reason, each step until its own end`, async (t) => {
    const { mode, hear, leave } = newMode({ lookBackMs: 0 }, kind, { [kind]: { padAfterMs: 20 } })
    hear(100)
    mode.start('a', null, 0)
    mode.start('b', null, 0)
    mode.end('a')
    hear(100)
    mode.end('b')
    hear(100)
    const from = kind === 'personal' ? 0 : 100
    t.strictSame(
      [...new Set(leave())],
      [...(from === 0 ? [`0-100 ${kind}`] : []), `100-120 ${kind}`, `100-200 ${kind}`, `200-220 ${kind}`],
    )
  })

t.test('a personal call is silent from its first sample, and told late where it had left', async (t) => {
  const { mode, hear, leave } = newMode({}, 'personal')
  hear(1_000)
  leave()
  hear(500)
  t.match(mode.start('a', null, 0), { placement: { lateSamples: 1_000, firstSilentSample: 1_000 } })
  t.strictSame(leave(), ['1000-1500 personal'])
})

t.test('a manual step looks back as far as a payment step, unless the policy says otherwise', async (t) => {
  for (const [policy, start] of [
    [{}, 700],
    [{ manual: { lookBackMs: 100 } }, 900],
  ] as const) {
    const { mode, hear } = newMode({}, 'manual', policy)
    hear(1_000)
    t.match(mode.start('a', null, 0), { placement: { firstSilentSample: start } })
  }
})

t.test('who may end a step that came another way is the policy of its kind', async (t) => {
  const payment = newMode()
  payment.mode.start('a', null, 0)
  t.strictSame(payment.mode.end('a', { origin: 'stream' }), { kind: 'forbidden' })
  const listed = newMode({ endedBy: ['stream'] })
  listed.mode.start('a', null, 0)
  t.match(listed.mode.end('a', { origin: 'stream' }), { kind: 'ended', step: { origin: 'api' } })
})

/** A call with a transfer, a payment step and an emergency, all in one timeline. */
const emergencyRoom = () => {
  const room = newMode({ lookBackMs: 0 }, 'emergency')
  const { steps } = room
  return {
    ...room,
    open: (kind: StepKind) => steps.of(kind).start(stepSignal(kind, 'started', 'a'), 0),
    close: (kind: StepKind) => steps.of(kind).end(stepSignal(kind, 'ended', 'a')),
  }
}

t.test(
  'an emergency lifts a transfer while it lasts; what is beneath is silent again behind it',
  async (t) => {
    const { open, close, hear, leave } = emergencyRoom()
    open('transfer')
    hear(100)
    t.match(open('emergency'), { placement: { lateSamples: 0, firstSilentSample: 100 } })
    hear(100)
    t.match(close('emergency'), { kind: 'ended', clearFromSample: 200 })
    hear(100)
    t.strictSame(leave(), ['0-100 transfer', '200-300 transfer'])
  },
)

t.test('an emergency lifts nothing that may have come before it, nor behind its end', async (t) => {
  const { open, mode, hear, leave } = emergencyRoom()
  open('transfer')
  hear(100)
  t.match(mode.start('a', null, 0, { unreadMs: 50 }), { placement: { firstSilentSample: 150 } })
  hear(100)
  t.match(mode.end('a', {}, 50), { kind: 'ended', clearFromSample: 200 })
  hear(100)
  t.strictSame(leave(), ['0-100 transfer', '100-150 transfer', '200-300 transfer'])
})

t.test('an emergency does not lift payment, nor what is masked by hand', async (t) => {
  const { open, hear, leave } = emergencyRoom()
  open('emergency')
  open('payment')
  open('manual')
  hear(100)
  t.strictSame(leave(), ['0-100 payment', '0-100 manual'])
})

t.test('two emergencies lift until both have ended', async (t) => {
  const { open, close, steps, hear, leave } = emergencyRoom()
  open('hold')
  open('emergency')
  steps.of('emergency').start(stepSignal('emergency', 'started', 'b'), 0)
  close('emergency')
  hear(100)
  steps.of('emergency').end(stepSignal('emergency', 'ended', 'b'))
  hear(100)
  t.strictSame(leave(), ['100-200 hold'])
})

t.test('a reason that ends during an emergency does not come back behind it', async (t) => {
  const { open, close, hear, leave } = emergencyRoom()
  open('transfer')
  open('emergency')
  hear(100)
  close('transfer')
  hear(600)
  close('emergency')
  hear(100)
  t.strictSame(leave(), [])
})

t.test('an emergency ends with its lease', async (t) => {
  const { open, mode, hear, leave } = emergencyRoom()
  open('transfer')
  open('emergency')
  hear(100)
  t.strictSame(mode.checkLeases(900_000), { expired: 1, clearFromSamples: [100] })
  t.notOk(mode.isOn)
  hear(100)
  t.strictSame(leave(), ['100-200 transfer'])
})
