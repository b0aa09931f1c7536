import t from 'tap'
import { OUTBOX_MAX, Outbox } from '../../proxy/directory/outbox.js'

t.test('the newest word for a key is the one that is told', async (t) => {
  const outbox = new Outbox(() => t.fail('nothing is lost'))
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

t.test('at the limit the oldest goes, and is counted', async (t) => {
  let lost = 0
  const outbox = new Outbox(() => void lost++)
  for (let i = 0; i < OUTBOX_MAX; i++) outbox.put(`${i}`, null)
  outbox.put('7', null)
  t.equal(lost, 0, 'a newer word for a key takes no more room')
  outbox.put('one more', null)
  t.equal(lost, 1)
  t.equal(outbox.size, OUTBOX_MAX)
  t.same(outbox.first(1), [['1', null]])
})

t.test('what is handed out stays until it is done, in the order in which it was first said', async (t) => {
  const outbox = new Outbox(() => t.fail('nothing is lost'))
  for (const key of ['a', 'b', 'c']) outbox.put(key, null)
  t.same(outbox.first(2), [
    ['a', null],
    ['b', null],
  ])
  t.equal(outbox.size, 3)
  outbox.done('a', null)
  t.same(outbox.first(9), [
    ['b', null],
    ['c', null],
  ])
})
