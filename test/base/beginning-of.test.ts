import t from 'tap'
import { beginningOf } from '../../proxy/base/beginning-of.js'

t.test('the same length is the same view of the same memory', async (t) => {
  const scratch = Uint8Array.of(1, 2, 3, 4)
  const beginning = beginningOf(scratch)
  const two = beginning(2)
  t.equal(two.buffer, scratch.buffer)
  t.same([...two], [1, 2])
  t.equal(beginning(2), two)
  t.same([...beginning(3)], [1, 2, 3])
  t.equal(beginning(2), two, 'also when another was asked for meanwhile')
  t.equal(beginning(4).length, 4)
  t.equal(beginning(0).length, 0)
})

t.test('however many lengths there are, each is as long as was asked', async (t) => {
  const beginning = beginningOf(new Int16Array(200))
  for (let round = 0; round < 2; round++)
    for (let length = 0; length <= 200; length++) t.equal(beginning(length).length, length)
})
