import t from 'tap'
import { joined, mixOf } from '../../proxy/media/mix.js'

t.test('parties are added and clipped, and left as they are', async (t) => {
  const caller = Int16Array.of(1, 30_000, -30_000, 5)
  const agent = Int16Array.of(2, 30_000, -30_000, -5)
  t.same([...mixOf([caller, agent])], [3, 32_767, -32_768, 0])
  t.same([...caller], [1, 30_000, -30_000, 5])
  t.same([...mixOf([caller])], [...caller])
  t.not(mixOf([caller]), caller)
  t.same([...mixOf([])], [])
})

t.test('audio follows what was left, in memory of its own', async (t) => {
  const rest = Int16Array.of(1, 2)
  const all = joined(rest, Int16Array.of(3))
  t.same([...all], [1, 2, 3])
  t.not(all.buffer, rest.buffer)
})
