import t from 'tap'
import { dtmfOptionsSchema } from '../../../proxy/detectors/dtmf/options.js'

t.test('the defaults are the documented ones', async (t) => {
  t.strictSame(dtmfOptionsSchema.parse({}), {
    maskThreshold: 2.4,
    afterKeyThreshold: 1.25,
    afterKeyMs: 4_000,
    armedThreshold: 1.5,
    reportThreshold: 12,
    reachBackMs: 60,
    padBeforeMs: 10,
    padAfterMs: 20,
  })
})

t.test('unknown keys, a reach-back outside 20 to 100 ms and no pad after a key are refused', async (t) => {
  for (const options of [{ threshold: 3 }, { reachBackMs: 19 }, { reachBackMs: 101 }, { padAfterMs: 0 }]) {
    t.notOk(dtmfOptionsSchema.safeParse(options).success)
  }
})
