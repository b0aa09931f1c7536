import t from 'tap'
import { placementOf } from '../../../bench/load/command.js'

t.test('the generator has a core that no process under test has, where there are two', async (t) => {
  t.same(placementOf(1, 2), { subjectCores: [0], generatorCores: [1] })
  t.same(placementOf(2, 2), { subjectCores: [0], generatorCores: [1] }, 'both processes share one')
  t.same(placementOf(3, 8), { subjectCores: [0, 1, 2], generatorCores: [7] })
  t.same(placementOf(1, 1), { subjectCores: [], generatorCores: [] })
})
