import t from 'tap'
import { HopRing } from '../../../proxy/detectors/dtmf/hop-ring.js'
import { SHORT_CANDIDATE, SLOT_COUNT } from '../../../proxy/detectors/dtmf/layout.js'
import { KEYS, NONE, toneBank } from '../../../proxy/detectors/dtmf/tone-bank.js'
import { hearHop, keyedPcm } from '../../support/dtmf.js'

const loud = new Int16Array(40).fill(100)

t.test('a ring keeps the newest hops, and those heard at once lie one behind the other', async (t) => {
  const ring = new HopRing(toneBank(8_000))
  for (let hop = 1; hop <= 100; hop += 1) {
    hearHop(ring, new Int16Array(40).fill(hop))
    for (let age = 0; age < Math.min(hop, SLOT_COUNT); age += 1)
      t.equal(ring.energy(ring.count - 1 - age), 40 * (hop - age) ** 2)
  }
  ring.bank.put(
    Int16Array.from({ length: 160 }, (_, i) => 1 + Math.floor(i / 40)),
    0,
  )
  ring.hear(4)
  t.strictSame(
    [100, 101, 102, 103].map((hop) => ring.energy(hop)),
    [40, 160, 360, 640],
  )
})

t.test('silence overwrites what was there', async (t) => {
  const ring = new HopRing(toneBank(8_000))
  t.ok(ring.isSilent)
  hearHop(ring, loud)
  for (let hop = 0; hop < SLOT_COUNT; hop += 1) {
    t.notOk(ring.isSilent)
    ring.hear(1)
    ring.count += 1
  }
  t.ok(ring.isSilent)
})

t.test('the candidate is that of the newest hop that has been counted', async (t) => {
  const ring = new HopRing(toneBank(8_000))
  ring.bank.put(keyedPcm(20, [{ key: '6', startMs: 5, durationMs: 15 }]), 0)
  t.equal(ring.hear(4), 0b1100)
  const candidates = [1, 2, 3, 4].map((count) => {
    ring.count = count
    return ring.candidate(SHORT_CANDIDATE)
  })
  t.strictSame(candidates, [NONE, NONE, KEYS.indexOf('6'), KEYS.indexOf('6')])
})

t.test('close() leaves nothing of what was heard, and what is heard later goes nowhere', async (t) => {
  const ring = new HopRing(toneBank(8_000))
  for (let hop = 0; hop < SLOT_COUNT; hop += 1) hearHop(ring, loud)
  const at = ring.at(0)
  ring.close()
  ring.close()
  hearHop(ring, loud)
  t.ok(ring.bins.subarray(at, at + 20 * SLOT_COUNT).every((x) => x === 0))
  const [next, other] = [new HopRing(toneBank(8_000)), new HopRing(toneBank(8_000))]
  t.equal(next.at(0), at, 'its room is the next call`s')
  t.not(other.at(0), at, 'and no second one`s')
  t.ok(next.isSilent)
})
