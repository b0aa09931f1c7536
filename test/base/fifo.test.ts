import t from 'tap'
import { Fifo } from '../../proxy/base/fifo.js'

t.test('what goes in first comes out first, round and round the ring', async (t) => {
  const fifo = new Fifo<number>(100)
  const out: (number | undefined)[] = []
  let next = 0
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 7; i++) fifo.push(next++)
    for (let i = 0; i < 7; i++) out.push(fifo.shift())
  }
  t.strictSame(
    out,
    Array.from({ length: 350 }, (_, i) => i),
  )
  t.equal(fifo.size, 0)
})

t.test('growing in the middle of a wrap keeps the order', async (t) => {
  const fifo = new Fifo<number>(1_000)
  for (let i = 0; i < 16; i++) fifo.push(i)
  for (let i = 0; i < 9; i++) fifo.shift()
  for (let i = 16; i < 60; i++) fifo.push(i)
  t.strictSame(
    Array.from({ length: 51 }, () => fifo.shift()),
    Array.from({ length: 51 }, (_, i) => i + 9),
  )
})

t.test('push() refuses an item beyond the bound and changes nothing', async (t) => {
  const fifo = new Fifo<string>(2)
  t.ok(fifo.push('a'))
  t.notOk(fifo.isFull)
  t.ok(fifo.push('b'))
  t.ok(fifo.isFull)
  t.notOk(fifo.push('c'))
  t.equal(fifo.size, 2)
  t.strictSame([fifo.shift(), fifo.shift(), fifo.shift()], ['a', 'b', undefined])
})

t.test('peek() shows the head and leaves it there; an empty queue has none', async (t) => {
  const fifo = new Fifo<string>(2)
  t.equal(fifo.peek(), undefined)
  fifo.push('a')
  t.equal(fifo.peek(), 'a')
  t.equal(fifo.size, 1)
})

t.test('what has left is no longer reachable from the ring', async (t) => {
  const fifo = new Fifo<object>(2)
  for (let i = 0; i < 17; i++) {
    fifo.push({})
    fifo.shift()
  }
  t.equal(fifo.peek(), undefined, 'the slot that was used a round ago is empty')
})
