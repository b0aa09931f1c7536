// What signals do within one session: 8,000 Hz, look-back 40 ms = 320 samples, pad after 20 ms = 160 (session-call.ts).
import t from 'tap'
import { signalOrigins, stepKinds } from '../../proxy/policy/signal.js'
import { callStart, sessionCall } from '../support/session-call.js'
import { consentSignal, stepSignal } from '../support/signals.js'
import { toyDetector } from '../support/toy-detector.js'

/** @param unreadMs for how long audio may have come before each signal that cannot be read */
const begun = (policy: object = {}, unreadMs = 0) => {
  const call = sessionCall({
    detectors: [toyDetector('tones', 0, -1)],
    policy,
    catchUp: () => unreadMs,
  })
  call.begin()
  return call
}

t.test("a caller's keys start and end no step of any kind, and every attempt is told", async (t) => {
  const { session, audits } = begun()
  for (const kind of stepKinds) {
    session.signal(stepSignal(kind, 'started', 'mine'), 0)
    for (const state of ['started', 'ended'] as const)
      t.strictSame(
        session.signal(stepSignal(kind, state, 'mine', { origin: 'caller-key', mayEnd: 'any' }), 0),
        {
          kind: 'forbidden',
        },
      )
    t.equal(session.openSinceMs(kind), 0, kind)
  }
  t.equal(audits.filter(({ kind }) => kind === 'signal-refused').length, 2 * stepKinds.length)
})

t.test('every start and end is told with its reason and how it came, once', async (t) => {
  for (const kind of stepKinds)
    for (const origin of signalOrigins.filter((of) => of !== 'caller-key')) {
      const { session, audits } = begun()
      for (const state of ['started', 'started', 'ended', 'ended'] as const)
        session.signal(stepSignal(kind, state, 'a', { origin }), 0)
      t.match(audits.slice(1), [
        { kind: 'step-opened', reason: kind, origin, startSample: 0, lateMs: 0 },
        { kind: 'step-closed', reason: kind },
      ])
      t.equal(audits.length, 3)
    }
})

t.test('an expired lease is told by its reason', async (t) => {
  const { session, audits, counted } = begun({ hold: { leaseSeconds: 5 } })
  session.signal(stepSignal('hold', 'started', 'a'), 0)
  session.tick(5_000)
  t.ok(counted.includes('expired hold'))
  t.match(audits.at(-1), { kind: 'lease-expired', reason: 'hold', count: 1 })
  t.equal(session.openSinceMs('hold'), 0, 'and the step stays open')
})

t.test('what the metadata of the start says of the call holds from its first sample', async (t) => {
  const metadataSignals = [
    { key: 'callType', value: 'private', starts: 'personal' },
    { key: 'leg', value: 'consult', starts: 'transfer' },
  ]
  const call = sessionCall({
    detectors: [toyDetector('tones', 0, -1)],
    policy: { metadataSignals },
    call: { ...callStart(), metadata: { callType: 'private', leg: 'first' } },
  })
  call.begin()
  call.hear(0, 7)
  t.strictSame(call.sent, ['start', 'changed ffx160', 'changed ffx160'])
  t.match(
    call.audits.filter(({ kind }) => kind === 'step-opened'),
    [{ reason: 'personal', origin: 'stream', startSample: 0, lateMs: 0 }],
  )
  t.match(call.session.signal(stepSignal('personal', 'ended', 'x'), 140), { kind: 'ended' })
})

t.test('consent is given and withdrawn from outside, and answered with where it holds', async (t) => {
  const { session, hear, audits } = begun({ consent: { mode: 'opt-in' } })
  hear(0, 5)
  t.strictSame(session.signal(consentSignal('asked', 'c0'), 100), { kind: 'noted' })
  t.strictSame(session.signal(consentSignal('given', 'c1'), 100), { kind: 'heard', clearFromSample: 800 })
  hear(5, 10)
  t.match(session.signal(consentSignal('withdrawn', 'c2'), 200), {
    kind: 'applied',
    firstSilentSample: 1_600,
    lateMs: 0,
  })
  t.match(
    audits.filter(({ kind }) => kind === 'consent'),
    [
      { state: 'open' },
      { state: 'asked', origin: 'api', atSample: 800 },
      { state: 'given', origin: 'api', atSample: 800 },
      { state: 'withdrawn', origin: 'api', atSample: 1_600 },
    ],
  )
  t.equal(session.summary().consent, 'withdrawn')
})

t.test(
  'withdrawal recalls what had left where the policy has it erased, and nothing is late for it',
  async (t) => {
    const { session, hear, audits, counted } = begun({ consent: { mode: 'opt-out', earlierAudio: 'erase' } })
    hear(0, 10)
    t.match(session.signal(consentSignal('withdrawn', 'c1'), 200), {
      kind: 'applied',
      firstSilentSample: 800,
      lateMs: 0,
    })
    const recalled = { kind: 'recalled', reason: 'consent', tracks: [0], startSample: 0, endSample: 800 }
    t.strictSame(
      audits.filter(({ kind }) => kind === 'recalled' || kind === 'late'),
      [recalled],
    )
    t.notOk(counted.some((line) => line.startsWith('late')))
  },
)

t.test('outside the opening hours a call is silent from its first sample, and told why', async (t) => {
  const schedule = {
    timeZone: 'UTC',
    open: [{ days: ['mon'], from: '08:00', to: '09:00' }],
    outside: 'silent',
  }
  const { hear, sent, audits } = begun({ schedule })
  hear(0, 6)
  t.strictSame(sent, ['start', 'changed ffx160'], 'it is 1970, a Thursday')
  t.match(audits[1], { kind: 'step-opened', reason: 'schedule', origin: 'policy', startSample: 0 })
})

t.test(
  'a call that begins in a split is silent for that reason until it is over, whatever else opens',
  async (t) => {
    const { session, hear, sent, audits } = begun()
    session.setSplit(true, 0)
    session.setSplit(true, 0)
    hear(0, 3)
    session.signal(stepSignal('emergency', 'started', 'e'), 60)
    hear(3, 6)
    session.setSplit(false, 120)
    session.setSplit(false, 120)
    hear(6, 12)
    const silent = Array.from({ length: 6 }, () => 'changed ffx160')
    t.strictSame(sent, ['start', ...silent, '20x160'])
    t.match(
      audits.filter(({ kind }) => kind.startsWith('step-')),
      [
        { kind: 'step-opened', reason: 'split', origin: 'policy', startSample: 0, lateMs: 0 },
        { kind: 'step-opened', reason: 'emergency' },
        { kind: 'step-closed', reason: 'split', atSample: 960 },
      ],
    )
    t.equal(session.openSinceMs('manual'), Infinity, 'nobody has masked it by hand')
  },
)

t.test('a step looks back from when its signal was made, where that is known and can be', async (t) => {
  const EPOCH_MS = 1_000_000
  const firstSilent = (issuedAtMs: number | null, kind: (typeof stepKinds)[number] = 'payment') => {
    const { session, hear } = begun({ holdBackMs: 500, emergency: { lookBackMs: 40 } })
    hear(0, 10)
    const outcome = session.signal(stepSignal(kind, 'started', 'a', { issuedAtMs }), 200)
    return 'firstSilentSample' in outcome
      ? outcome.firstSilentSample
      : 'clearFromSample' in outcome && outcome.clearFromSample
  }
  t.equal(firstSilent(null), 1_600 - 320)
  t.equal(firstSilent(EPOCH_MS - 30), 1_600 - 320 - 240)
  t.equal(firstSilent(EPOCH_MS - 10_000), 0, 'as far as it is held')
  t.equal(firstSilent(EPOCH_MS - 10_001), 1_600 - 320, 'a clock that is wrong')
  t.equal(firstSilent(EPOCH_MS + 30), 1_600 - 320, 'one that is ahead')
  t.equal(firstSilent(EPOCH_MS - 30, 'emergency'), 1_600 - 320, 'what is heard in an emergency is not more')
})

t.test('before a signal is applied the call hears what has come and nobody has read', async (t) => {
  let unread = [5, 10]
  const call = sessionCall({
    detectors: [toyDetector('tones', 0, -1)],
    policy: { holdBackMs: 500 },
    catchUp: () => {
      call.hear(unread[0]!, unread[1]!)
      return 0
    },
  })
  call.begin()
  call.hear(0, 5)
  const { session } = call
  t.match(session.signal(stepSignal('payment', 'started', 'a'), 200), { firstSilentSample: 1_600 - 320 })
  unread = [10, 15]
  t.match(session.signal(stepSignal('payment', 'ended', 'a'), 300), { clearFromSample: 2_400 + 160 })
})

t.test('what may have come and cannot be read stays as it was where a signal opens', async (t) => {
  const { session, hear, audits } = begun({ consent: { mode: 'opt-in' } }, 30)
  hear(0, 5)
  t.match(session.signal(consentSignal('given', 'c1'), 100), { clearFromSample: 800 + 240 })
  t.match(session.signal(consentSignal('withdrawn', 'c2'), 100), { firstSilentSample: 800 })
  t.match(session.signal(stepSignal('payment', 'started', 'p'), 100), { firstSilentSample: 800 - 320 })
  t.match(session.signal(stepSignal('payment', 'ended', 'p'), 100), { clearFromSample: 800 + 240 + 160 })
  t.match(session.signal(stepSignal('emergency', 'started', 'e'), 100), { clearFromSample: 800 + 240 })
  t.match(session.signal(stepSignal('emergency', 'ended', 'e'), 100), { clearFromSample: 800 })
  t.match(audits.at(-1), { kind: 'step-closed', reason: 'emergency', atSample: 800 })
})

t.test('what was so when the call began was so before anything unread', async (t) => {
  const { session } = begun({ consent: { mode: 'opt-in' } }, 30)
  t.match(session.signal(consentSignal('given', 'c1'), 0, true), { clearFromSample: 0 })
})
