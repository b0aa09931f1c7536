import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { callIdOf, judgeSignals } from '../../../bench/load/signals.js'
import { histogramOf, signalsChart, signalsTable, signalsText } from '../../../bench/load/signals-report.js'

const answers = [
  { ms: 1, result: 'applied' },
  { ms: 2, result: 'applied' },
]
const step = (call: number, startUs: number, endUs: number, lateUs = 0) => ({
  call,
  beganUs: startUs - lateUs,
  startUs,
  endUs,
  answers,
})
const load = { calls: 1, proxies: 2 }

t.test('a step is held against the silence of its own call', async (t) => {
  const file = join(t.testdir(), 'runs.jsonl')
  writeFileSync(file, '{"call":1,"startUs":2000000,"endUs":6000000,"behindUs":3000}\n')
  const covered = judgeSignals([step(1, 4_000_000, 5_900_000)], file, load)
  t.strictSame(covered.firstSilentMs, [-2000])
  t.equal(covered.framesInTheClear, 0)
  t.equal(covered.uncovered, 0)
  t.strictSame(covered.results, { applied: 2 })

  const late = judgeSignals([step(1, 1_900_000, 6_040_000)], file, load)
  t.strictSame(late.firstSilentMs, [100])
  t.equal(late.framesInTheClear, 7, 'five before the silence began, two after it ended')

  const early = judgeSignals([step(1, 4_000_000, 5_900_000, 2_040_000)], file, load)
  t.equal(early.framesInTheClear, 2, 'what is paid began before its signal, and before the silence')
  t.strictSame(early.clear, [{ call: 1, frames: 2, lateMs: 2040, behindMs: 3, answers }])
  t.match(
    signalsText([early]),
    '2 frames of call 1 in the clear: it began 2040 ms before its signal, the generator was 3 ms behind; answered applied after 1 ms, applied after 2 ms',
  )

  t.equal(judgeSignals([step(2, 4_000_000, 5_000_000)], file, load).uncovered, 1)
})

t.test('calls are named as the generator names them', async (t) => {
  t.equal(callIdOf(255), '00000000-0000-4000-8000-0000000000ff')
})

t.test('a histogram says its quantiles and draws its bins', async (t) => {
  t.equal(
    histogramOf('answers', [1, 1, 3, 9], 2),
    [
      'answers: least 1.0, p50 3.0, p99 9.0, most 9.0 ms',
      `       0 ms      2 ${'#'.repeat(50)}`,
      `       2 ms      1 ${'#'.repeat(25)}`,
      `       8 ms      1 ${'#'.repeat(25)}`,
    ].join('\n'),
  )
})

t.test('both fleets stand in one table and one picture', async (t) => {
  const result = {
    ...load,
    signals: 2,
    results: { applied: 2 },
    answerMs: [1, 7],
    firstSilentMs: [-2010],
    framesInTheClear: 0,
    clear: [],
    uncovered: 0,
  }
  const results = [{ ...result, proxies: 1 }, result]
  t.equal(
    signalsTable(results).split('\n')[2],
    '| one process | 1 | 2 | 2 applied | 7.0 / 7.0 / 7.0 | -2010.0 / -2010.0 / -2010.0 / -2010.0 | 0 | 0 |',
  )
  t.match(signalsChart(results), /^<svg [\s\S]*one process[\s\S]*over NATS/)
})
