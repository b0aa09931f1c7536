import t from 'tap'
import { ToneBank } from '../../../proxy/detectors/dtmf/tone-bank.js'
import { ToneMemory, toneMemory } from '../../../proxy/detectors/dtmf/tone-memory.js'

t.test('vectors do the work where the processor has them', async (t) => {
  t.ok(toneMemory.isVector)
})

t.test('what is allocated is zero, apart from everything else, and outlasts growth', async (t) => {
  const memory = new ToneMemory()
  const blocks = Array.from({ length: 50 }, (_, n) => {
    const at = memory.allocate(100_001)
    t.equal(at % 16, 0)
    const block = memory.samples.subarray(at / 2, at / 2 + 50_000)
    if (block.some((x) => x !== 0)) t.fail(`block ${n}`)
    block.fill(n + 1)
    return at
  })
  for (const [n, at] of blocks.entries())
    if (memory.samples.subarray(at / 2, at / 2 + 50_000).some((x) => x !== n + 1)) t.fail(`block ${n}`)
})

t.test('both ways of hearing work in memory that has grown', async (t) => {
  for (const isVector of [false, true]) {
    const memory = new ToneMemory(isVector)
    const bank = new ToneBank(8_000, memory)
    const tracks = Array.from({ length: 2_000 }, () => memory.openTrack())
    t.equal(new Set(tracks).size, 2_000)
    bank.put(new Int16Array(40).fill(10), 0)
    memory.hearHops(bank.address, tracks[1_999]!, 0, 1)
    t.equal(memory.floats[tracks[1_999]! / 4 + 16], 4_000)
  }
})

t.test('a track that is closed is overwritten before the next opens there', async (t) => {
  const memory = new ToneMemory()
  const track = memory.openTrack()
  memory.floats.fill(1, track / 4, track / 4 + 640)
  memory.closeTrack(track)
  t.notOk(memory.floats.includes(1))
  t.equal(memory.openTrack(), track)
  t.not(memory.openTrack(), track)
})
