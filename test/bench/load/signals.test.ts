import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { callIdOf, histogramOf, judgeSignals } from '../../../bench/load/signals.js'

const answers = [
  { ms: 1, result: 'applied' },
  { ms: 2, result: 'applied' },
]
const step = (call: number, startUs: number, endUs: number) => ({ call, startUs, endUs, answers })

t.test('a step is held against the silence of its own call', async (t) => {
  const file = join(t.testdir(), 'runs.jsonl')
  writeFileSync(
    file,
    // Frames 50 to 250 of call 1 are silent: 1 s to 5 s after its first.
    '{"call":1,"startFrame":50,"endFrame":250,"firstSentUs":1000000}\n',
  )
  const covered = judgeSignals([step(1, 4_000_000, 5_900_000)], file)
  t.strictSame(covered.firstSilentMs, [-2000])
  t.equal(covered.framesInTheClear, 0)
  t.equal(covered.uncovered, 0)
  t.strictSame(covered.results, { applied: 2 })

  const late = judgeSignals([step(1, 1_900_000, 6_040_000)], file)
  t.strictSame(late.firstSilentMs, [100])
  t.equal(late.framesInTheClear, 7, 'five before the silence began, two after it ended')

  t.equal(judgeSignals([step(2, 4_000_000, 5_000_000)], file).uncovered, 1)
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
