// At 1,000 Hz, so that a sample is a millisecond; the window is 10 s.
import t from 'tap'
import { Consent } from '../../proxy/policy/consent.js'
import { policySchema } from '../../proxy/policy/options.js'
import { quietTimeline, RATE } from '../support/quiet-timeline.js'

const asked = (mode: string, options: object = {}) => {
  const { timeline, hear, leave } = quietTimeline()
  const policy = policySchema.parse({ consent: { mode, windowSeconds: 10, ...options } })
  const consent = new Consent(policy.consent, timeline, RATE)
  const answerOf = (digit: string, sample: number) => consent.answerOf({ side: 'caller', digit, sample })
  return { consent, answerOf, hear, leave }
}

t.test('opt-in: silent from the first sample until consent is given, and heard from there on', async (t) => {
  const { consent, hear, leave } = asked('opt-in')
  t.equal(consent.standing, 'open')
  hear(500)
  t.strictSame(consent.say('given', null, 400), { kind: 'heard', clearFromSample: 400 })
  t.equal(consent.standing, 'given')
  hear(100)
  t.strictSame(leave(), ['0-400 consent'])
})

t.test('opt-in: without an answer, and after a refusal, the call stays silent', async (t) => {
  for (const state of ['refused', null] as const) {
    const { consent, hear, leave } = asked('opt-in')
    if (state !== null)
      t.match(consent.say(state, null, 0), { kind: 'silent', placement: { lateSamples: 0 } })
    hear(10_000)
    t.equal(consent.expire(), state === null)
    t.notOk(consent.expire(), 'told once')
    t.equal(consent.standing, state ?? 'unanswered')
    hear(100)
    t.strictSame(leave(), ['0-10000 consent', '10000-10100 consent'])
  }
})

t.test('opt-out: heard until somebody refuses, and silent from there on', async (t) => {
  const { consent, hear, leave } = asked('opt-out')
  hear(1_000)
  t.match(consent.say('refused', null, 600), { kind: 'silent', placement: { firstSilentSample: 600 } })
  hear(100)
  t.strictSame(leave(), ['600-1000 consent', '1000-1100 consent'])
})

t.test('opt-out: without an answer the call is heard', async (t) => {
  const { consent, hear, leave } = asked('opt-out')
  hear(10_000)
  t.ok(consent.expire())
  t.equal(consent.standing, 'unanswered')
  t.strictSame(leave(), [])
})

t.test('consent is withdrawn, and given again, at any time', async (t) => {
  for (const mode of ['opt-in', 'opt-out']) {
    const { consent, hear, leave } = asked(mode)
    consent.say('given', null, 0)
    hear(20_000)
    consent.say('withdrawn', null, 19_500)
    t.equal(consent.standing, 'withdrawn')
    hear(500)
    consent.say('given', null, 20_100)
    hear(100)
    t.strictSame(leave(), ['19500-20000 consent', '20000-20100 consent'], mode)
  }
})

t.test('a refusal that reaches back to what has left says how late it is', async (t) => {
  const { consent, hear, leave } = asked('opt-out')
  hear(1_000)
  leave()
  t.match(consent.say('refused', null, 800), {
    placement: { lateSamples: 200, firstSilentSample: 1_000 },
  })
  t.match(consent.say('withdrawn', null, 900), {
    placement: { lateSamples: 0, firstSilentSample: 1_000 },
  })
})

t.test('what was agreed to until then is kept, and recalled where the policy says so', async (t) => {
  for (const earlierAudio of ['keep', 'erase']) {
    const { consent, hear, leave } = asked('opt-out', { earlierAudio })
    hear(1_000)
    leave()
    hear(500)
    const placement = { lateSamples: 0, firstSilentSample: earlierAudio === 'erase' ? 1_000 : 1_200 }
    const recalled = { tracks: [0], startSample: 0, endSample: 1_000 }
    t.strictSame(consent.say('withdrawn', null, 1_200), {
      kind: 'silent',
      placement,
      ...(earlierAudio === 'erase' && { recalled }),
    })
    hear(100)
    const held = earlierAudio === 'erase' ? ['1000-1200 consent'] : []
    t.strictSame(leave().sort(), [...held, '1200-1500 consent', '1500-1600 consent'].sort(), earlierAudio)
  }
})

t.test('what left behind the withdrawal is late, and what left before it is recalled', async (t) => {
  const { consent, hear, leave } = asked('opt-in', { earlierAudio: 'erase' })
  hear(100)
  consent.say('given', null, 100)
  hear(900)
  leave()
  t.match(consent.say('withdrawn', null, 800), {
    placement: { lateSamples: 200, firstSilentSample: 1_000, late: { startSample: 800, endSample: 1_000 } },
    recalled: { tracks: [0], startSample: 0, endSample: 800 },
  })
  t.notOk('recalled' in consent.say('refused', null, 900), 'once')
})

t.test('nothing is recalled of a call to which nobody had agreed', async (t) => {
  const { consent, hear, leave } = asked('opt-in', { earlierAudio: 'erase' })
  hear(1_000)
  leave()
  t.notOk('recalled' in consent.say('refused', null, 1_000))
})

t.test('the caller keys the answer while the window is open, and never behind it', async (t) => {
  const { answerOf } = asked('opt-in')
  t.equal(answerOf('1', 9_999), 'given')
  t.equal(answerOf('2', 9_999), 'refused')
  for (const digit of ['1', '2', '3', '*']) t.equal(answerOf(digit, 10_000), null, digit)
  t.equal(answerOf('3', 0), null)
})

t.test('the first answer closes the window; asking again opens it, as does nobody else', async (t) => {
  const { consent, answerOf, hear } = asked('opt-in')
  hear(1_000)
  consent.say('refused', null, 500)
  t.equal(answerOf('1', 1_001), null)
  t.strictSame(consent.say('asked', null, 1_000), { kind: 'noted' })
  t.equal(consent.standing, 'refused', 'until there is another answer')
  t.equal(answerOf('1', 10_999), 'given')
  t.equal(answerOf('1', 11_000), null)
})

t.test('a question asked again is open again', async (t) => {
  const { consent, hear } = asked('opt-in')
  hear(10_000)
  consent.expire()
  consent.say('asked', null, 10_000)
  t.equal(consent.standing, 'open')
  hear(10_000)
  t.ok(consent.expire())
})

t.test('a key of its own withdraws at any time, where the policy has one, and once', async (t) => {
  t.equal(asked('opt-out').answerOf('9', 20_000), null)
  const { consent, answerOf } = asked('opt-out', { withdrawDigit: '9' })
  t.equal(answerOf('9', 20_000), 'withdrawn')
  consent.say('withdrawn', null, 0)
  t.equal(answerOf('9', 20_000), null)
})

t.test('keys that the policy does not name say nothing', async (t) => {
  const { answerOf } = asked('opt-in', { giveDigit: '#', refuseDigit: null })
  t.strictSame(
    ['1', '2', '#'].map((digit) => answerOf(digit, 0)),
    [null, null, 'given'],
  )
})

t.test('the older word does not undo the newer one', async (t) => {
  const { consent } = asked('opt-in')
  consent.say('withdrawn', 2_000, 0)
  t.strictSame(consent.say('given', 1_999, 0), { kind: 'newer' })
  t.equal(consent.standing, 'withdrawn')
  t.match(consent.say('given', 2_000, 0), { kind: 'heard' })
})

t.test('a policy that asks for no consent takes no answer', async (t) => {
  const { consent, answerOf, hear, leave } = asked('none')
  for (const state of ['asked', 'given', 'refused', 'withdrawn'] as const)
    t.strictSame(consent.say(state, null, 0), { kind: 'not-asked' })
  t.equal(answerOf('1', 0), null)
  hear(20_000)
  t.notOk(consent.expire())
  t.strictSame(leave(), [])
})
