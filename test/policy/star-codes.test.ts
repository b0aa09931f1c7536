// At 1,000 Hz, so that a sample is a millisecond; a gap of 1,000 between two keys is allowed.
import t from 'tap'
import { policySchema } from '../../proxy/policy/options.js'
import { StarCodes } from '../../proxy/policy/star-codes.js'

const codesOf = (codes: object = { '*1': 'payment-started', '*2': 'payment-ended', '*31': 'hold-started' }) =>
  new StarCodes(policySchema.parse({ starCodes: { digitGapMs: 1_000, codes } }).starCodes, 1_000)

/** What these keys say, each so long after the one before. */
const said = (keys: string, gapMs = 200, codes = codesOf()): string[] =>
  [...keys].flatMap((digit, i) => {
    const code = codes.press({ side: 'agent', digit, sample: 1_000 + i * gapMs })
    return code === null ? [] : [`${code.kind} ${code.state} ${code.atSample}`]
  })

t.test('a code says what the policy has it say, at the key that completes it', async (t) => {
  t.strictSame(said('*1'), ['payment started 1200'])
  t.strictSame(said('*31*2'), ['hold started 1400', 'payment ended 1800'])
})

t.test('keys that are no code say nothing, and spoil only what they interrupt', async (t) => {
  for (const keys of ['1', '1*', '*9', '*91', '*3', '*32', '4111111111111111', '##'])
    t.strictSame(said(keys), [], keys)
  t.strictSame(said('5*1'), ['payment started 1400'])
  t.strictSame(said('*9*1'), ['payment started 1600'])
  t.strictSame(said('**1'), ['payment started 1400'])
  t.strictSame(said('*31'), ['hold started 1400'])
})

t.test('a code is keyed in one go: a gap beyond the limit begins anew', async (t) => {
  t.strictSame(said('*1', 1_000), ['payment started 2000'])
  t.strictSame(said('*1', 1_001), [])
})

t.test('what was begun and not finished is forgotten when its time is up', async (t) => {
  const codes = codesOf()
  codes.press({ side: 'agent', digit: '*', sample: 1_000 })
  codes.expire(2_000)
  t.notMatch(codes.press({ side: 'agent', digit: '1', sample: 1_900 }), null)
  codes.press({ side: 'agent', digit: '*', sample: 3_000 })
  codes.expire(4_001)
  t.equal(codes.press({ side: 'agent', digit: '1', sample: 3_900 }), null)
})

t.test('without codes no key says anything', async (t) => {
  t.strictSame(said('*1*2', 200, codesOf({})), [])
})
