import t from 'tap'
import { JustEnded } from '../../proxy/directory/just-ended.js'

t.test('what has ended is remembered for five seconds, by its name', async (t) => {
  const ended = new JustEnded()
  ended.note('holds.a', 1_000)
  t.ok(ended.has('holds.a', 6_000))
  t.notOk(ended.has('holds.a', 6_001))
  t.notOk(ended.has('holds.b', 1_000))
})

t.test('what has expired is forgotten, and may end again', async (t) => {
  const ended = new JustEnded()
  ended.note('holds.a', 0)
  ended.expire(5_001)
  t.notOk(ended.has('holds.a', 0))
  ended.note('holds.a', 6_000)
  ended.expire(7_000)
  t.ok(ended.has('holds.a', 7_000))
})
