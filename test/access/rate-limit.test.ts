import t from 'tap'
import { RateLimit } from '../../proxy/access/rate-limit.js'

t.test('a client has its burst at once, then so many a second', async (t) => {
  const limit = new RateLimit(3, 2, 10)
  t.same(
    [0, 0, 0, 0].map((ms) => limit.take('a', ms)),
    [true, true, true, false],
  )
  t.same(
    [400, 500, 600, 1000].map((ms) => limit.take('a', ms)),
    [false, true, false, true],
  )
})

t.test('idle time fills the bucket, and no more than that', async (t) => {
  const limit = new RateLimit(2, 1, 10)
  t.same(
    [0, 60_000, 60_000, 60_000].map((ms) => limit.take('a', ms)),
    [true, true, true, false],
  )
})

t.test('clients do not notice each other', async (t) => {
  const limit = new RateLimit(1, 1, 10)
  t.same(
    ['a', 'b', 'a'].map((client) => limit.take(client, 0)),
    [true, true, false],
  )
})

t.test('the client that has been quiet for longest is forgotten, and begins anew', async (t) => {
  const limit = new RateLimit(1, 1, 2)
  t.same(
    ['a', 'b', 'a', 'c', 'b', 'a'].map((client) => limit.take(client, 0)),
    [true, true, false, true, true, true],
  )
})
