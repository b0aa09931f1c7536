import t from 'tap'
import { ByteStore } from '../../proxy/edge/byte-store.js'

t.test('what is appended is kept in order, and what was used is gone', async (t) => {
  const store = new ByteStore()
  t.same([...store.append(Uint8Array.of(1, 2, 3))], [1, 2, 3])
  t.same([...store.append(Uint8Array.of(4))], [1, 2, 3, 4])
  store.dropFirst(3)
  t.equal(store.size, 1)
  t.same([...store.append(Uint8Array.of(5))], [4, 5])
})

t.test(
  'bytes that were used are overwritten, those that moved and those that grew out of their memory',
  async (t) => {
    const store = new ByteStore()
    const first = store.append(Uint8Array.of(1, 2, 3, 4))
    store.dropFirst(3)
    t.same([...first], [4, 0, 0, 0])
    store.append(new Uint8Array(100).fill(7))
    t.same([...first], [0, 0, 0, 0])
  },
)
