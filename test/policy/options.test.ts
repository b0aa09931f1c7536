import t from 'tap'
import { policySchema, safePolicy } from '../../proxy/policy/options.js'

t.test(
  'the safe policy masks keys on every track and holds back long enough for its look-back',
  async (t) => {
    t.equal(safePolicy.tracks, 'all')
    t.equal(safePolicy.fill, 'silence')
    t.equal(safePolicy.holdBackMs, 2_500)
    t.ok(safePolicy.payment.lookBackMs < safePolicy.holdBackMs)
    t.strictSame(safePolicy.dtmf, { padBeforeMs: 10, padAfterMs: 10, echoMs: 400, entryHoldMs: 3_000 })
    t.strictSame(safePolicy.digitEvents, { padBeforeMs: 500, padAfterMs: 300 })
  },
)

t.test('by default no detector fails open, and no lease ends a payment step', async (t) => {
  for (const detector of Object.values(safePolicy.detectors)) t.equal(detector.failOpen, false)
  t.equal(safePolicy.payment.endAfterExpirySeconds, null)
})

t.test('no pad can be turned off: silence never ends with the tone', async (t) => {
  for (const policy of [
    { dtmf: { padBeforeMs: 0 } },
    { dtmf: { padAfterMs: 0 } },
    { digitEvents: { padBeforeMs: 0 } },
    { digitEvents: { padAfterMs: 0 } },
    { payment: { padAfterMs: 0 } },
  ])
    t.notOk(policySchema.safeParse(policy).success, JSON.stringify(policy))
})

t.test('unknown keys are refused, at every depth', async (t) => {
  for (const policy of [{ x: 1 }, { dtmf: { x: 1 } }, { payment: { x: 1 } }, { detectors: { x: {} } }])
    t.notOk(policySchema.safeParse(policy).success, JSON.stringify(policy))
})

t.test('numbers beyond their bounds, fractions and other types are refused', async (t) => {
  for (const policy of [
    { holdBackMs: 59 },
    { holdBackMs: 10_001 },
    { holdBackMs: 100.5 },
    { holdBackMs: '2500' },
    { holdBackMs: Number.NaN },
    { flushMs: 5_001 },
    { payment: { leaseSeconds: 0 } },
    { payment: { leaseSeconds: 86_401 } },
    { payment: { lookBackMs: 10_001 } },
    { payment: { endAfterExpirySeconds: -1 } },
    { tracks: 'caller' },
    { fill: 'music' },
  ])
    t.notOk(policySchema.safeParse(policy).success, JSON.stringify(policy))
})

t.test('one setting leaves the others at their defaults', async (t) => {
  t.strictSame(policySchema.parse({ payment: { leaseSeconds: 60 } }), {
    ...safePolicy,
    payment: { ...safePolicy.payment, leaseSeconds: 60 },
  })
})
