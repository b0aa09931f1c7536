import t from 'tap'
import { CallMap } from '../../proxy/directory/call-map.js'

const place = (instance: string, callId: string, tenant = 'acme') => ({ instance, ref: { tenant, callId } })

t.test(
  'calls are found where they are, those of the tenants asked for, while their process beats',
  async (t) => {
    const map = new CallMap(30_000)
    map.put('address', 'k1', place('a', 'one'))
    map.put('address', 'k2', place('b', 'two', 'zenith'))
    map.beat('a', 1000)
    map.beat('b', 1000)
    t.same(map.find('address', null, 2000), [place('a', 'one'), place('b', 'two', 'zenith')])
    t.same(map.find('address', ['acme'], 2000), [place('a', 'one')])
    t.same(map.find('other', null, 2000), [])
    map.beat('b', 20_000)
    t.same(map.find('address', null, 31_000), [place('b', 'two', 'zenith')])
    map.delete('address', 'k2')
    t.same(map.find('address', null, 31_000), [])
  },
)

t.test('a process that has been gone for long is forgotten with its calls', async (t) => {
  const map = new CallMap(30_000)
  map.put('address', 'k1', place('a', 'one'))
  map.beat('a', 0)
  map.expire(299_999)
  map.beat('a', 299_999)
  t.same(map.find('address', null, 300_000), [place('a', 'one')])
  map.expire(600_000)
  map.beat('a', 600_000)
  t.same(map.find('address', null, 600_000), [])
})
