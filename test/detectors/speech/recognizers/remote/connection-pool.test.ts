import t from 'tap'
import {
  ConnectionPool,
  STREAMS_PER_CONNECTION_MAX,
} from '../../../../../proxy/detectors/speech/recognizers/remote/connection-pool.js'

const poolOf = () => {
  const closed: number[] = []
  let made = 0
  const pool = new ConnectionPool<number>((connection) => closed.push(connection))
  return { pool, closed, acquire: (key = 'here') => pool.acquire(key, () => ++made) }
}

t.test('streams share a connection until it is full', async (t) => {
  const { acquire } = poolOf()
  const on = Array.from({ length: STREAMS_PER_CONNECTION_MAX + 1 }, () => acquire().connection)
  t.same([on[0], on[STREAMS_PER_CONNECTION_MAX - 1], on[STREAMS_PER_CONNECTION_MAX]], [1, 1, 2])
  t.equal(acquire('elsewhere').connection, 3)
})

t.test('the last stream closes a connection, unless it is the first of its place', async (t) => {
  const { pool, closed, acquire } = poolOf()
  const all = Array.from({ length: STREAMS_PER_CONNECTION_MAX + 1 }, () => acquire())
  for (const pooled of all) pool.release(pooled)
  t.same(closed, [2])
  t.equal(acquire().connection, 1)
})

t.test('a connection that is retired takes no more streams, and is closed with its last', async (t) => {
  const { pool, closed, acquire } = poolOf()
  const first = acquire()
  const second = acquire()
  pool.retire(first)
  t.equal(acquire().connection, 2)
  pool.release(first)
  t.same(closed, [])
  pool.release(second)
  t.same(closed, [1])
})

t.test('at the end all are closed', async (t) => {
  const { pool, closed, acquire } = poolOf()
  acquire()
  acquire('elsewhere')
  pool.closeAll()
  t.same(closed, [1, 2])
})
