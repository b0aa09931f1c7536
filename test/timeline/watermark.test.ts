import t from 'tap'
import { type GatedDetector, WatermarkGate } from '../../proxy/timeline/watermark.js'

const OWN_ONLY = { ownSamples: 0, crossSamples: null }
const at = (samples: number | readonly number[], more: Partial<GatedDetector> = {}): GatedDetector => ({
  health: 'ok',
  isFailOpen: false,
  watermarkSample: (track) => (typeof samples === 'number' ? samples : samples[track]!),
  ...more,
})

t.test('the slowest mandatory detector decides, track by track', async (t) => {
  const gate = new WatermarkGate(2, OWN_ONLY)
  gate.update([at([800, 500]), at([320, 900])])
  t.equal(gate.judgedSample(0), 320)
  t.equal(gate.judgedSample(1), 500)
})

t.test('the gate never moves back, whatever a detector says later', async (t) => {
  const gate = new WatermarkGate(1, OWN_ONLY)
  gate.update([at(320)])
  gate.update([at(160)])
  t.equal(gate.judgedSample(0), 320)
})

t.test('a failed detector stops the gate where it stood', async (t) => {
  const gate = new WatermarkGate(1, OWN_ONLY)
  gate.update([at(800), at(320)])
  gate.update([at(9_999), at(9_999, { health: 'failed' })])
  t.equal(gate.judgedSample(0), 320)
  t.equal(gate.toleratedSample(0), 320)
})

t.test('without a detector nobody vouches for anything', async (t) => {
  const gate = new WatermarkGate(1, OWN_ONLY)
  gate.update([])
  t.equal(gate.judgedSample(0), 0)
  t.equal(gate.toleratedSample(0), 0)
})

t.test('a track that does not exist is never judged', async (t) => {
  const gate = new WatermarkGate(1, OWN_ONLY)
  gate.update([at(800)])
  t.equal(gate.judgedSample(1), 0)
  t.equal(gate.toleratedSample(1), 0)
})

t.test('the gate stays the pad before a finding behind the watermark', async (t) => {
  const gate = new WatermarkGate(1, { ownSamples: 80, crossSamples: 400 })
  gate.update([at(800)])
  t.equal(gate.judgedSample(0), 720, 'a track alone has no other whose echo could reach it')
})

t.test('a watermark within the reach-back of zero judges nothing yet', async (t) => {
  const gate = new WatermarkGate(1, { ownSamples: 80, crossSamples: null })
  gate.update([at(79)])
  t.equal(gate.judgedSample(0), 0)
})

t.test('echo: the gate of one track stays the echo path behind the watermark of every other', async (t) => {
  const gate = new WatermarkGate(3, { ownSamples: 80, crossSamples: 400 })
  gate.update([at([5_000, 1_000, 3_000])])
  t.strictSame(
    [0, 1, 2].map((track) => gate.judgedSample(track)),
    [600, 920, 600],
  )
})

t.test('echo: where findings concern their own track only, a lagging track holds up no other', async (t) => {
  const gate = new WatermarkGate(2, { ownSamples: 80, crossSamples: null })
  gate.update([at([5_000, 0])])
  t.equal(gate.judgedSample(0), 4_920)
  t.equal(gate.judgedSample(1), 0)
})

t.test('detectors that have finished open the gate', async (t) => {
  const gate = new WatermarkGate(2, { ownSamples: 80, crossSamples: 400 })
  gate.update([at(Infinity), at(Infinity)])
  t.equal(gate.judgedSample(0), Infinity)
})

t.test('what only fail-open detectors have not judged is tolerated, not judged', async (t) => {
  const gate = new WatermarkGate(1, OWN_ONLY)
  gate.update([at(800), at(320, { isFailOpen: true })])
  t.equal(gate.judgedSample(0), 320)
  t.equal(gate.toleratedSample(0), 800)
  gate.update([at(900), at(9_999, { isFailOpen: true, health: 'failed' })])
  t.equal(gate.judgedSample(0), 320)
  t.equal(gate.toleratedSample(0), 900)
})

t.test('a failed detector that fails closed is not made up for by those that fail open', async (t) => {
  const gate = new WatermarkGate(1, OWN_ONLY)
  gate.update([at(800, { isFailOpen: true }), at(800, { health: 'failed' })])
  t.equal(gate.judgedSample(0), 0)
  t.equal(gate.toleratedSample(0), 0)
})

t.test('where every detector fails open, everything is tolerated', async (t) => {
  const gate = new WatermarkGate(1, OWN_ONLY)
  gate.update([at(0, { isFailOpen: true, health: 'failed' })])
  t.equal(gate.judgedSample(0), 0)
  t.equal(gate.toleratedSample(0), Infinity)
})

t.test('findings that have their pads reach no further back, on any track', async (t) => {
  const gate = new WatermarkGate(2, { ownSamples: 80, crossSamples: 400 })
  gate.update([at(2_000), at([1_000, 1_200], { isPadded: true })])
  t.equal(gate.judgedSample(0), 1_000)
  t.equal(gate.judgedSample(1), 1_000, 'what is found on one track silences the other')
})

t.test(
  'alone, a detector whose findings have their pads decides, and its failure stops the gate',
  async (t) => {
    const gate = new WatermarkGate(1, { ownSamples: 80, crossSamples: null })
    gate.update([at(500, { isPadded: true })])
    t.equal(gate.judgedSample(0), 500)
    gate.update([at(900), at(900, { isPadded: true, health: 'failed' })])
    t.equal(gate.judgedSample(0), 500)
  },
)
