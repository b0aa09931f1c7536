import t from 'tap'
import { restartDelayMs } from '../../../proxy/edge/cluster/restart-delay.js'

t.test('a process that keeps failing is started later and later, half a minute at most', async (t) => {
  const delays = [0]
  for (let i = 0; i < 11; i++) delays.push(restartDelayMs(delays.at(-1)!, 500))
  t.same(delays.slice(1), [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000])
})

t.test('one that has lived for a minute is started at once', async (t) => {
  t.equal(restartDelayMs(30_000, 59_999), 30_000)
  t.equal(restartDelayMs(30_000, 60_000), 100)
})
