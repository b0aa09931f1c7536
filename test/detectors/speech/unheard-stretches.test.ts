import t from 'tap'
import { UnheardStretches } from '../../../proxy/detectors/speech/unheard-stretches.js'

t.test('near is what is less than so much before or behind, or in it', async (t) => {
  const unheard = new UnheardStretches(100)
  t.notOk(unheard.isNear(0))
  unheard.add(1_000, 2_000)
  for (const [sample, isNear] of [
    [900, false],
    [901, true],
    [1_500, true],
    [2_099, true],
    [2_100, false],
  ] as const)
    t.equal(unheard.isNear(sample), isNear, `${sample}`)
})

t.test('of very many the oldest are forgotten', async (t) => {
  const unheard = new UnheardStretches(100)
  for (let i = 0; i <= 64; i++) unheard.add(1_000 * i, 1_000 * i + 1)
  t.notOk(unheard.isNear(0))
  t.ok(unheard.isNear(1_000))
  t.ok(unheard.isNear(64_000))
})
