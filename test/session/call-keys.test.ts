// Keys that mean something, in a session of two tracks at 8,000 Hz: frames of 20 ms = 160 samples, hold-back 2 s. A press counts
// once the other party has been heard 300 ms beyond it; look-back of payment 40 ms, pad after 20 ms (session-call.ts).
import t from 'tap'
import type { DigitReport } from '../../proxy/detectors/detector.js'
import type { ForkEvent } from '../../proxy/dialects/dialect.js'
import { callStart, frame, held, type SessionCallOptions, sessionCall } from '../support/session-call.js'
import { stepSignal } from '../support/signals.js'
import { toyDetector } from '../support/toy-detector.js'

const CALLER = 0
const AGENT = 1
const CODES = { codes: { '*1': 'payment-started', '*2': 'payment-ended', '*9': 'emergency-started' } }

/** A call whose detector reads the keys that a test presses. */
const keyedCall = (policy: object, options: SessionCallOptions = {}) => {
  const waiting: DigitReport[] = []
  const inner = toyDetector('tones', 0, -1)
  const detector = {
    ...inner,
    health: 'ok' as const,
    drain(...[out, digits]: Parameters<typeof inner.drain>) {
      inner.drain(out, digits)
      digits.push(...waiting.splice(0))
    },
  }
  const call = sessionCall({
    detectors: [detector],
    call: callStart(2),
    ...options,
    policy: { holdBackMs: 2_000, ...policy },
  })
  call.begin()
  let n = 0
  return {
    ...call,
    /** Both parties say something for that long. */
    pass(ms: number): void {
      for (const end = n + ms / 20; n < end; n++)
        call.say(
          n * 20,
          ...[CALLER, AGENT].map(
            (stream): ForkEvent => ({ kind: 'media', frame: frame(n, 0x20, { stream }) }),
          ),
        )
    },
    /** Keys on a track, 200 ms each. */
    press(track: number, keys: string): void {
      for (const digit of keys) {
        waiting.push({ track, digit, startSample: n * 160 })
        this.pass(200)
      }
    },
    report(track: number | null, digit: string): void {
      call.say(n * 20, { kind: 'digit', track, digit, durationSamples: 0, held: held('scrubbed') })
    },
    standing: () => call.session.summary().consent,
    isOpen: (kind: 'payment' | 'emergency') => call.session.openSinceMs(kind) !== Infinity,
  }
}

t.test("the agent's star codes start and end a step; the silence begins with its last key", async (t) => {
  const call = keyedCall({ starCodes: CODES })
  call.pass(1_000)
  call.press(AGENT, '*1')
  call.pass(400)
  t.ok(call.isOpen('payment'))
  t.match(
    call.audits.find(({ kind }) => kind === 'step-opened'),
    { reason: 'payment', origin: 'star-code', startSample: 9_600, lateMs: 0 },
  )
  call.press(AGENT, '*2')
  call.pass(400)
  t.notOk(call.isOpen('payment'))
  t.match(call.signalled, [
    { kind: 'payment', state: 'started', origin: 'star-code' },
    { kind: 'payment', state: 'ended', origin: 'star-code' },
  ])
  t.equal(call.counted.filter((line) => line.startsWith('signal applied')).length, 2)
})

t.test("the caller's keys are no star codes, heard or reported, and neither is their echo", async (t) => {
  const call = keyedCall({ starCodes: CODES })
  call.session.signal(stepSignal('payment', 'started', 'a', { origin: 'star-code' }), 0)
  call.press(CALLER, '*2*9')
  for (const digit of '*2*9') call.report(CALLER, digit)
  for (const digit of '*2*9') call.report(null, digit)
  call.pass(1_000)
  t.ok(call.isOpen('payment'))
  t.notOk(call.isOpen('emergency'))
  t.strictSame(call.signalled, [])
})

t.test("a mixed track counts as the caller's", async (t) => {
  const { tracks, ...rest } = callStart(1)
  const call = keyedCall(
    { starCodes: CODES, consent: { mode: 'opt-in' } },
    { call: { ...rest, tracks: tracks.map(({ index }) => ({ index, role: 'mixed' })) } },
  )
  call.report(0, '*')
  call.report(0, '9')
  call.report(0, '1')
  t.notOk(call.isOpen('emergency'))
  t.equal(call.standing(), 'given')
})

t.test('a star code does not end what came another way, and the attempt is told and counted', async (t) => {
  const call = keyedCall({ starCodes: CODES })
  call.session.signal(stepSignal('payment', 'started', 'a'), 0)
  call.press(AGENT, '*2')
  call.pass(400)
  t.ok(call.isOpen('payment'))
  t.match(call.audits.at(-1), { kind: 'signal-refused', signal: 'payment', state: 'ended' })
  t.ok(call.counted.some((line) => line.startsWith('signal forbidden')))
  t.strictSame(call.signalled, [], 'nobody follows')
})

t.test('opt-in: the call is silent until the caller keys 1, and the other streams follow', async (t) => {
  const call = keyedCall({ consent: { mode: 'opt-in' } })
  call.pass(1_000)
  call.press(CALLER, '1')
  call.pass(400)
  t.equal(call.standing(), 'given')
  t.match(
    call.audits.filter(({ kind }) => kind === 'consent'),
    [
      { state: 'open', origin: 'policy', atSample: 0 },
      { state: 'given', origin: 'caller-key', atSample: 8_000 },
    ],
  )
  t.match(call.signalled, [{ kind: 'consent', state: 'given', origin: 'caller-key' }])
  call.pass(2_000)
  const audio = call.sent.filter((line) => line !== 'start')
  t.ok(
    audio.slice(0, 100).every((line) => line === 'changed ffx160'),
    'silent to the key',
  )
  t.equal(audio[100], '20x160', 'heard from there on')
})

t.test('opt-out: silent from the key on', async (t) => {
  const call = keyedCall({ consent: { mode: 'opt-out' } })
  call.pass(1_000)
  call.press(CALLER, '2')
  call.pass(3_000)
  t.equal(call.standing(), 'refused')
  const audio = call.sent.filter((line) => line !== 'start')
  t.equal(audio[99], '20x160')
  t.ok(audio.slice(100).every((line) => line === 'changed ffx160'))
  t.equal(call.session.summary().lateMs, 0)
})

t.test("the agent's keys give and refuse no consent", async (t) => {
  const call = keyedCall({ consent: { mode: 'opt-in' } })
  call.press(AGENT, '1')
  call.report(AGENT, '1')
  call.pass(1_000)
  t.equal(call.standing(), 'open')
})

t.test(
  'keys of a card say nothing about consent: not while a payment step is open, nor in its pad',
  async (t) => {
    const call = keyedCall({ consent: { mode: 'opt-in' }, payment: { lookBackMs: 40, padAfterMs: 1_000 } })
    call.session.signal(stepSignal('payment', 'started', 'a'), 0)
    call.press(CALLER, '1')
    call.pass(400)
    call.session.signal(stepSignal('payment', 'ended', 'a'), 0)
    call.press(CALLER, '1')
    call.pass(400)
    t.equal(call.standing(), 'open')
    call.pass(400)
    call.press(CALLER, '1')
    call.pass(400)
    t.equal(call.standing(), 'given')
  },
)

t.test('a window that nobody answers is told once', async (t) => {
  const call = keyedCall({ consent: { mode: 'opt-in', windowSeconds: 1 } })
  call.pass(2_000)
  call.session.tick(2_000)
  call.session.tick(2_020)
  t.match(
    call.audits.filter(({ kind }) => kind === 'consent'),
    [{ state: 'open' }, { state: 'unanswered', origin: 'policy' }],
  )
})

t.test('no digit is told, counted or handed on, whether it meant something or not', async (t) => {
  const call = keyedCall({
    starCodes: { codes: { '*77': 'hold-started' } },
    consent: { mode: 'opt-in', giveDigit: '#' },
  })
  call.press(CALLER, '#')
  call.press(AGENT, '*77*7')
  call.pass(1_000)
  t.equal(call.standing(), 'given')
  t.notMatch(JSON.stringify([call.audits, call.signalled, call.session.summary()]), /[#*]|77/)
})
