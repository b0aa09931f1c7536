import t from 'tap'
import { coresIn } from '../../../proxy/edge/cluster/pinning.js'

t.test('the cores that the kernel gives are single ones and ranges', async (t) => {
  t.same(coresIn('0'), [0])
  t.same(coresIn('0-3'), [0, 1, 2, 3])
  t.same(coresIn('0-1,4,6-7'), [0, 1, 4, 6, 7])
  t.same(coresIn(''), [])
})
