import t from 'tap'
import { LabelGrid } from '../../proxy/metrics/label-grid.js'
import { LabelSet } from '../../proxy/metrics/label-set.js'

t.test('a family without labels has one slot, shown from the start', async (t) => {
  const grid = new LabelGrid()
  t.equal(grid.slotCount, 1)
  t.equal(grid.slotOf(), 0)
  t.same(grid.knownSlots, [0])
  t.same(grid.valuesAt(0), [])
})

t.test("one label has a slot for each value and one for 'other'", async (t) => {
  const grid = new LabelGrid(new LabelSet(['pass', 'redact'], 3))
  t.equal(grid.slotCount, 3)
  t.same(grid.knownSlots, [1, 2])
  t.equal(grid.slotOf('redact'), 2)
  t.same(grid.valuesAt(2), ['redact'])
  t.equal(grid.slotOf('late'), 0)
  t.same(grid.valuesAt(0), ['other'])
})

t.test('two labels have a slot for each pair, and none is mistaken for another', async (t) => {
  const grid = new LabelGrid(new LabelSet([], 4), new LabelSet([], 3))
  t.equal(grid.slotCount, 12)
  t.same(grid.knownSlots, [])
  const seen = new Set<number>()
  for (const dialect of ['twilio', 'audiohook', 'jambonz', 'one-too-many']) {
    for (const code of ['bad-json', 'wrong-type', 'one-too-many']) {
      const slot = grid.slotOf(dialect, code)
      const of = (name: string): string => (name === 'one-too-many' ? 'other' : name)
      t.same(grid.valuesAt(slot), [of(dialect), of(code)])
      seen.add(slot)
    }
  }
  t.equal(seen.size, 12)
  t.ok(Math.max(...seen) < grid.slotCount)
})
