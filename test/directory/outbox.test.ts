import t from 'tap'
import { OUTBOX_MAX, Outbox } from '../../proxy/directory/outbox.js'

t.test('the newest word for a key is the one that is told', async (t) => {
  const outbox = new Outbox()
  const [old, new_] = [Buffer.from('old'), Buffer.from('new')]
  outbox.put('a', old)
  outbox.put('b', null)
  t.same(outbox.first(1), [['a', old]])
  outbox.put('a', new_)
  outbox.done('a', old)
  t.same(outbox.first(9), [
    ['a', new_],
    ['b', null],
  ])
  outbox.done('a', new_)
  outbox.done('b', null)
  t.equal(outbox.size, 0)
})

t.test('at the limit the oldest goes', async (t) => {
  const outbox = new Outbox()
  for (let i = 0; i <= OUTBOX_MAX; i++) outbox.put(`${i}`, null)
  t.equal(outbox.size, OUTBOX_MAX)
  t.same(outbox.first(1), [['1', null]])
})
