import t from 'tap'
import { faultsOf, isFaultless } from '../../../bench/load/measure.js'
import { markdownOf } from '../../../bench/load/report.js'
import { measured } from './measured.js'

const reported = { p50Ms: 0.1, p99Ms: 0.1, count: 2700, laterThan: {}, unjudgedSeconds: 0 }

t.test('each way in which a frame can be wrong is a fault, and is named in the table', async (t) => {
  t.ok(isFaultless(measured()))
  for (const [figure, name] of [
    ['lost', 'lost'],
    ['extra', 'extra'],
    ['misordered', 'misordered'],
    ['corrupt', 'corrupt'],
    ['leakedFrames', 'leaked'],
    ['tracksOverSilenced', 'silenced for nothing'],
    ['callsFailed', 'calls failed'],
    ['refused', 'refused'],
    ['abandoned', 'calls whose recorder was not told of their end'],
  ] as const) {
    const run = measured({ [figure]: 1200 })
    t.same(faultsOf(run), [{ count: 1200, what: name }])
    t.match(
      markdownOf([{ scenario: 's', about: '', medians: [run], runs: [run] }]),
      new RegExp(`\\| 1,200 ${name} \\|`),
    )
  }
  t.same(faultsOf(measured({}, { reported: { ...reported, unjudgedSeconds: 0.02 } })), [
    { count: 1, what: 's silenced unjudged' },
  ])
})

t.test('hold-back and what came on top stand apart, beside the ratio to HAProxy', async (t) => {
  const haproxy = measured({}, { subject: 'haproxy', holdMs: 0, cpuMicrosPerFrame: 20 })
  const table = markdownOf([{ scenario: 's', about: '', medians: [measured(), haproxy], runs: [] }])
  t.match(
    table,
    '| s | 54 | hushfork | 2,700 / 2,700 | 3,000 | -50.0 / 1.0 / 8 | 10.0 | 0.50 | 3 % | 143 | none |',
  )
})

t.test('calls shorter than the hold-back have no latency and no memory of their own', async (t) => {
  t.match(
    markdownOf([{ scenario: 'year', about: '', medians: [measured()], runs: [], isCompressed: true }]),
    '| 3,000 | - | 10.0 | - | 3 % | - | none |',
  )
})

t.test('a generator that had no time to spare says so', async (t) => {
  const notes = (run: ReturnType<typeof measured>): string =>
    markdownOf([{ scenario: 's', about: '', medians: [run], runs: [] }])
  t.notMatch(notes(measured()), 'the generator itself was busy')
  t.match(notes(measured({ sentLate: 27 })), '27 frames sent more than a frame late')
  t.match(notes(measured({}, { generatorShare: 0.95 })), '95 % of its core')
})

t.test('what hushfork says of itself stands beside what was measured', async (t) => {
  const run = measured({}, { reported: { ...reported, p99Ms: 20 } })
  t.match(
    markdownOf([{ scenario: 's', about: '', medians: [run], runs: [] }]),
    'measured p50 -50.0 and p99 1.0 ms past the hold-back; /metrics says at most 0.1 and 20',
  )
})
