import t from 'tap'
import { OUTBOX_MAX, Outbox } from '../../proxy/directory/outbox.js'

t.test('the newest word for a key is the one that is told', async (t) => {
  const outbox = new Outbox(() => t.fail('nothing is lost'))
  const [old, new_] = [Buffer.from('old'), Buffer.from('new')]
  outbox.put('a', old, 0)
  outbox.put('b', null, 0)
  t.same(outbox.first(1), [['a', old]])
  outbox.put('a', new_, 1)
  outbox.done('a', old, 2)
  t.same(outbox.first(9), [
    ['b', null],
    ['a', new_],
  ])
  outbox.done('a', new_, 3)
  outbox.done('b', null, 3)
  t.equal(outbox.size, 0)
})

t.test('at the limit the oldest goes, and is counted', async (t) => {
  let lost = 0
  const outbox = new Outbox(() => void lost++)
  for (let i = 0; i < OUTBOX_MAX; i++) outbox.put(`${i}`, null, 0)
  outbox.put('7', null, 0)
  t.equal(lost, 0, 'a newer word for a key takes no more room')
  outbox.put('one more', null, 0)
  t.equal(lost, 1)
  t.equal(outbox.size, OUTBOX_MAX)
  t.same(outbox.first(1), [['1', null]])
})

t.test('what is handed out stays until it is done, in the order in which it was first said', async (t) => {
  const outbox = new Outbox(() => t.fail('nothing is lost'))
  for (const key of ['a', 'b', 'c']) outbox.put(key, null, 0)
  t.same(outbox.first(2), [
    ['a', null],
    ['b', null],
  ])
  t.equal(outbox.size, 3)
  outbox.done('a', null, 1)
  t.same(outbox.first(9), [
    ['b', null],
    ['c', null],
  ])
})

t.test('it is known since when the oldest waits, and saying it anew makes it no younger', async (t) => {
  const outbox = new Outbox(() => t.fail('nothing is lost'))
  t.equal(outbox.sinceMs, Infinity)
  const [old, new_] = [Buffer.from('old'), Buffer.from('new')]
  outbox.put('a', old, 10)
  outbox.put('b', null, 20)
  outbox.put('a', new_, 30)
  t.equal(outbox.sinceMs, 10, 'nobody has been told anything of a')
  outbox.done('a', old, 40)
  t.equal(outbox.sinceMs, 20)
  outbox.done('b', null, 50)
  t.equal(outbox.sinceMs, 40, 'only the newest word of a has not been told')
  outbox.done('a', new_, 60)
  t.equal(outbox.sinceMs, Infinity)
})
