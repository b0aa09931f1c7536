// At 1,000 Hz, so that a sample is a millisecond.
import t from 'tap'
import type { Finding } from '../../proxy/detectors/detector.js'
import { type PolicyOptions, policySchema } from '../../proxy/policy/options.js'
import { CallPolicy, reachBackOf } from '../../proxy/policy/policy.js'
import type { RedactionSpan } from '../../proxy/timeline/span.js'

const RATE = 1_000
const key = (startSample: number, endSample: number, more: Partial<Finding> = {}): Finding => ({
  detector: 'dtmf',
  label: 'key',
  track: 0,
  startSample,
  endSample,
  isOnset: true,
  ...more,
})
const spanned = (spans: readonly RedactionSpan[]): string[] =>
  spans.map((s) => `${s.track ?? 'all'}:${s.startSample}-${s.endSample} ${s.reason}`)
/** A call of two tracks: what its findings become, one after the other. */
const callOf = (raw: object) => {
  const options: PolicyOptions = policySchema.parse(raw)
  const policy = new CallPolicy(options, 2, reachBackOf(options, 50, RATE), RATE)
  return {
    find(finding: Finding): string[] {
      const out: RedactionSpan[] = []
      policy.onFinding(finding, out)
      return spanned(out)
    },
    report(track: number | null, atSample: number, durationSamples: number): string[] {
      const out: RedactionSpan[] = []
      policy.onDigit(track, atSample, durationSamples, out)
      return spanned(out)
    },
  }
}
const PADS = { padBeforeMs: 10, padAfterMs: 20, echoMs: 100, entryHoldMs: 0 }

t.test('a finding silences its own track with the pads, and the others with the echo path', async (t) => {
  const { find } = callOf({ dtmf: PADS })
  t.strictSame(find(key(1_000, 1_050)), ['0:990-1070 dtmf', '1:900-1150 dtmf'])
  t.strictSame(find(key(5_000, 5_050, { track: 1 })), ['0:4900-5150 dtmf', '1:4990-5070 dtmf'])
})

t.test('where the policy says `own`, a finding or a digit event silences its own track alone', async (t) => {
  const { find, report } = callOf({ tracks: 'own', dtmf: PADS })
  t.strictSame(find(key(1_000, 1_050, { track: 1 })), ['1:990-1070 dtmf'])
  t.strictSame(report(1, 2_000, 0), ['1:1500-2300 digit'])
})

t.test('the silence after a key on the other tracks is never shorter than on its own', async (t) => {
  const { find } = callOf({ dtmf: { ...PADS, padAfterMs: 300 } })
  t.strictSame(find(key(1_000, 1_050)), ['0:990-1350 dtmf', '1:900-1350 dtmf'])
})

t.test(
  'from the second key within the entry hold on, the call stays silent for the hold after each',
  async (t) => {
    const { find } = callOf({ tracks: 'own', dtmf: { ...PADS, entryHoldMs: 3_000 } })
    t.strictSame(find(key(10_000, 10_050)), ['0:9990-10070 dtmf'], 'a single key is no entry')
    t.strictSame(find(key(13_000, 13_050)), ['0:12990-16050 dtmf'])
    t.strictSame(find(key(16_001, 16_051)), ['0:15991-16071 dtmf'], 'one sample later begins anew')
  },
)

t.test('an entry silences the other tracks as long as its own', async (t) => {
  const { find } = callOf({ dtmf: { ...PADS, entryHoldMs: 3_000 } })
  find(key(10_000, 10_050))
  t.strictSame(find(key(11_000, 11_050)), ['0:10990-14050 dtmf', '1:10900-14050 dtmf'])
})

t.test('a key that is still held extends the hold, but makes no entry of itself', async (t) => {
  const { find } = callOf({ tracks: 'own', dtmf: { ...PADS, entryHoldMs: 3_000 } })
  find(key(10_000, 10_050))
  t.strictSame(find(key(10_050, 10_100, { isOnset: false })), ['0:10040-10120 dtmf'])
  find(key(11_000, 11_050))
  t.strictSame(find(key(11_050, 11_500, { isOnset: false })), ['0:11040-14500 dtmf'])
})

t.test('a key and its echo on another track are one key, no entry', async (t) => {
  const { find } = callOf({ dtmf: { ...PADS, entryHoldMs: 3_000 } })
  find(key(10_000, 10_050))
  t.strictSame(find(key(10_080, 10_130, { track: 1 })), ['0:9980-10230 dtmf', '1:10070-10150 dtmf'])
  t.strictSame(find(key(11_000, 11_050)), ['0:10990-14050 dtmf', '1:10900-14050 dtmf'])
})

t.test('an entry hold of 0 turns it off', async (t) => {
  const { find } = callOf({ tracks: 'own', dtmf: PADS })
  find(key(10_000, 10_050))
  t.strictSame(find(key(10_000, 10_050)), ['0:9990-10070 dtmf'])
})

t.test(
  'a digit event silences every track around its place and before it as long as the key sounded',
  async (t) => {
    const { report } = callOf({ digitEvents: { padBeforeMs: 500, padAfterMs: 300 } })
    t.strictSame(report(0, 2_000, 0), ['all:1500-2300 digit'])
    t.strictSame(report(null, 2_000, 160), ['all:1340-2300 digit'])
  },
)

t.test('reach-back: the pad on the own track, the echo path on the others', async (t) => {
  const options = policySchema.parse({ holdBackMs: 1_000, dtmf: { padBeforeMs: 10, echoMs: 400 } })
  t.strictSame(reachBackOf(options, 50, 8_000), { ownSamples: 80, crossSamples: 3_200 })
})

t.test(
  'reach-back: the echo path takes no more than the hold-back leaves beside lag and two frames',
  async (t) => {
    const options = policySchema.parse({ holdBackMs: 200, dtmf: { padBeforeMs: 10, echoMs: 400 } })
    t.strictSame(reachBackOf(options, 50, 1_000), { ownSamples: 10, crossSamples: 110 })
    t.strictSame(
      reachBackOf(options, 190, 1_000),
      { ownSamples: 10, crossSamples: 10 },
      'never below the pad',
    )
  },
)

t.test('reach-back: a pad longer than the echo path counts on every track', async (t) => {
  const options = policySchema.parse({ holdBackMs: 1_000, dtmf: { padBeforeMs: 300, echoMs: 0 } })
  t.strictSame(reachBackOf(options, 50, 1_000), { ownSamples: 300, crossSamples: 300 })
})

t.test('reach-back: where findings concern their own track only, there is none on the others', async (t) => {
  const options = policySchema.parse({ tracks: 'own', dtmf: { padBeforeMs: 10, echoMs: 400 } })
  t.strictSame(reachBackOf(options, 50, 1_000), { ownSamples: 10, crossSamples: null })
})

t.test('what was said is silenced as it was found, on every track', async (t) => {
  const said: Finding = {
    detector: 'speech',
    label: 'digits',
    track: 0,
    startSample: 100,
    endSample: 200,
    isOnset: true,
  }
  t.strictSame(callOf({ dtmf: PADS }).find(said), ['all:100-200 speech'])
  t.strictSame(callOf({ dtmf: PADS, tracks: 'own' }).find(said), ['0:100-200 speech'])
  t.strictSame(callOf({}).find({ ...said, label: 'health' }), ['all:100-200 special-category'])
})

t.test('an emergency lets be heard what is said of somebody, and no number', async (t) => {
  const options = policySchema.parse({})
  const isLiftable = (label: string): boolean | undefined => {
    const out: RedactionSpan[] = []
    const policy = new CallPolicy(options, 1, reachBackOf(options, 50, RATE), RATE)
    policy.onFinding(key(0, 80, { detector: 'speech', label }), out)
    return out[0]?.isLiftable
  }
  t.equal(isLiftable('health'), true)
  t.equal(isLiftable('sex-life'), true)
  for (const label of ['digits', 'card-number', 'national-id', 'payment-window', 'unheard'])
    t.equal(isLiftable(label), false, label)
})

t.test('what the policy marks is noted alone', async (t) => {
  const options = policySchema.parse({ detectors: { speech: { words: { categories: { health: 'mark' } } } } })
  const policy = new CallPolicy(options, 1, reachBackOf(options, 50, RATE), RATE)
  const isNoted = (label: string, detector = 'speech'): boolean =>
    !policy.onFinding(key(0, 80, { detector, label }), [])
  t.ok(isNoted('health'))
  t.notOk(isNoted('religion'))
  t.notOk(isNoted('card-number'))
  t.notOk(isNoted('health', 'dtmf'))
})
