import t from 'tap'
import { ReplayMemory } from '../../proxy/access/replay-memory.js'

t.test('an id is new once, until its time is over', async (t) => {
  const memory = new ReplayMemory(10)
  t.ok(memory.take('a', 0, 100))
  t.notOk(memory.take('a', 99, 200))
  t.ok(memory.take('a', 100, 200))
})

t.test('where there are too many, the outdated are forgotten, then the oldest', async (t) => {
  const memory = new ReplayMemory(2)
  memory.take('a', 0, 100)
  memory.take('b', 0, 10)
  memory.take('c', 50, 100)
  t.notOk(memory.take('a', 50, 100), 'b was outdated')
  memory.take('d', 50, 100)
  t.ok(memory.take('a', 50, 100), 'a was the oldest')
})
