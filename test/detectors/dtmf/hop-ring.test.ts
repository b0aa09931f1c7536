import t from 'tap'
import { HopRing } from '../../../proxy/detectors/dtmf/hop-ring.js'
import { BINS_PER_HOP, toneBank } from '../../../proxy/detectors/dtmf/tone-bank.js'

const loud = new Int16Array(40).fill(100)

t.test('a ring keeps as many hops as asked', async (t) => {
  const ring = new HopRing(toneBank(8_000), 5)
  for (let hop = 1; hop <= 20; hop += 1) {
    ring.push(new Int16Array(40).fill(hop), 0)
    for (let age = 0; age < Math.min(hop, 5); age += 1)
      t.equal(ring.energy(ring.count - 1 - age), 40 * (hop - age) ** 2)
  }
})

t.test('silence overwrites what was there; when all is silence, a jump only counts', async (t) => {
  const ring = new HopRing(toneBank(8_000), 4)
  t.ok(ring.isSilent)
  for (let hop = 0; hop < 4; hop += 1) ring.push(loud, 0)
  for (let hop = 0; hop < 4; hop += 1) {
    t.notOk(ring.isSilent)
    ring.pushSilence()
  }
  t.ok(ring.isSilent)
  ring.jump(1e12)
  t.equal(ring.count, 1e12 + 8)
  for (let age = 1; age <= 4; age += 1) t.equal(ring.energy(ring.count - age), 0)
  t.strictSame(ring.bins, new Float64Array(4 * BINS_PER_HOP))
})

t.test('a hop whose energy is no number is refused', async (t) => {
  const ring = new HopRing(toneBank(8_000), 4)
  t.notOk(ring.push(new Float64Array(40).fill(Number.NaN) as unknown as Int16Array, 0))
  t.equal(ring.count, 0)
})

t.test('clear() leaves nothing of what was heard', async (t) => {
  const ring = new HopRing(toneBank(8_000), 4)
  for (let hop = 0; hop < 4; hop += 1) ring.push(loud, 0)
  ring.clear()
  t.strictSame(ring.bins, new Float64Array(4 * BINS_PER_HOP))
  t.equal(ring.energy(0), 0)
  t.ok(ring.isSilent)
})
