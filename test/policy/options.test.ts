import t from 'tap'
import { policySchema, safePolicy } from '../../proxy/policy/options.js'

t.test(
  'the safe policy masks keys on every track and holds back long enough for its look-back',
  async (t) => {
    t.equal(safePolicy.tracks, 'all')
    t.equal(safePolicy.fill, 'silence')
    t.equal(safePolicy.holdBackMs, 3_000)
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
  const defaults = policySchema.parse({})
  t.strictSame(policySchema.parse({ payment: { leaseSeconds: 60 } }), {
    ...defaults,
    payment: { ...defaults.payment, leaseSeconds: 60 },
  })
})

t.test('the built-in policy listens for spoken numbers, and one of one’s own when it says so', async (t) => {
  const recognizers = { embedded: {} }
  t.strictSame(safePolicy, policySchema.parse({ detectors: { speech: { recognizers } } }))
  t.equal(policySchema.parse({}).detectors.speech.recognizers.embedded, null)
})

t.test('by default nobody is asked, no key means anything, and every hour is alike', async (t) => {
  t.equal(safePolicy.consent.mode, 'none')
  t.strictSame(safePolicy.starCodes.codes, {})
  t.strictSame(safePolicy.metadataSignals, [])
  t.equal(safePolicy.schedule, null)
})

t.test(
  "what payment has closed, nobody opens from elsewhere by default; a caller's key never is in the list",
  async (t) => {
    t.strictSame(safePolicy.payment.endedBy, [])
    for (const kind of ['hold', 'transfer', 'personal', 'manual', 'emergency'] as const)
      t.strictSame(safePolicy[kind].endedBy, ['api'])
    t.notOk(policySchema.safeParse({ payment: { endedBy: ['caller-key'] } }).success)
  },
)

t.test('codes of which none begins another are taken', async (t) => {
  const codes = { '*12': 'payment-started', '*13': 'payment-ended', '*2': 'hold-started' }
  t.same(policySchema.parse({ starCodes: { codes } }).starCodes.codes, codes)
})

t.test('codes, digits and hours that could not work are refused', async (t) => {
  const hours = {
    timeZone: 'Europe/Berlin',
    outside: 'silent',
    open: [{ days: ['mon'], from: '08:00', to: '24:00' }],
  }
  const open = (parts: object) => ({ schedule: { ...hours, open: [{ ...hours.open[0], ...parts }] } })
  t.ok(policySchema.safeParse({ schedule: hours }).success)
  for (const policy of [
    { starCodes: { codes: { '1': 'payment-started' } } },
    { starCodes: { codes: { '*': 'payment-started' } } },
    { starCodes: { codes: { '*12345': 'payment-started' } } },
    { starCodes: { codes: { '*1': 'payment-started', '*12': 'payment-ended' } } },
    { starCodes: { codes: { '*1': 'consent-given' } } },
    {
      starCodes: {
        codes: Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`*${100 + i}`, 'hold-started'])),
      },
    },
    { consent: { giveDigit: '1', refuseDigit: '1' } },
    { consent: { giveDigit: '1', withdrawDigit: '1' } },
    { consent: { giveDigit: '11' } },
    { consent: { mode: 'opt-in', windowSeconds: 0 } },
    { schedule: { ...hours, timeZone: 'Mars/Base' } },
    { schedule: { ...hours, open: [] } },
    { schedule: { ...hours, holidays: ['2026-02-30'] } },
    open({ from: '24:00' }),
    open({ to: '8:00' }),
    open({ days: ['monday'] }),
    { metadataSignals: [{ key: 'a', value: 'b', starts: 'emergency' }] },
  ])
    t.notOk(policySchema.safeParse(policy).success, JSON.stringify(policy))
})
