import t from 'tap'
import type { DigitReport, Finding } from '../../../proxy/detectors/detector.js'
import { dtmfOptionsSchema } from '../../../proxy/detectors/dtmf/options.js'
import { TrackListener } from '../../../proxy/detectors/dtmf/track-listener.js'
import { keyedPcm } from '../../support/dtmf.js'

const listener = (clockRateHz = 8_000, sampleRateHz = 8_000): TrackListener =>
  new TrackListener({
    detector: 'dtmf',
    track: 3,
    sampleRateHz,
    clockRateHz,
    options: dtmfOptionsSchema.parse({ reachBackMs: 40 }),
  })

function drained(of: TrackListener): { findings: Finding[]; digits: DigitReport[] } {
  const [findings, digits]: [Finding[], DigitReport[]] = [[], []]
  of.drain(findings, digits)
  return { findings, digits }
}

t.test('hops in a push make one piece, the next push continues it', async (t) => {
  const pcm = keyedPcm(300, [{ key: '4', startMs: 100, durationMs: 100 }])
  const track = listener()
  track.push(pcm.subarray(0, 1_200))
  track.flush()
  track.push(pcm.subarray(1_200, 1_280))
  track.flush()
  const { findings, digits } = drained(track)
  t.strictSame(findings, [
    { detector: 'dtmf', label: 'key', track: 3, startSample: 680, endSample: 1_200, isOnset: true },
    { detector: 'dtmf', label: 'key', track: 3, startSample: 1_200, endSample: 1_280, isOnset: false },
  ])
  t.strictSame(digits, [{ track: 3, digit: '4', startSample: 800 }])
  t.strictSame(drained(track), { findings: [], digits: [] })
})

t.test('a mask that begins where the last one ended, in one push, is a piece of its own', async (t) => {
  const track = listener()
  track.masked(10, 12, true)
  track.masked(12, 15, false)
  track.masked(15, 16, true)
  track.flush()
  t.strictSame(
    drained(track).findings.map(({ startSample, endSample, isOnset }) => [startSample, endSample, isOnset]),
    [
      [400, 600, true],
      [600, 640, true],
    ],
  )
})

t.test('the watermark is the last whole hop less 40 ms, at the clock rate', async (t) => {
  const track = listener(48_000)
  track.push(new Int16Array(799))
  t.equal(track.watermarkSample, (760 - 320) * 6)
  track.push(new Int16Array(1))
  t.equal(track.watermarkSample, (800 - 320) * 6)
  track.skipTo(48_000)
  t.equal(track.watermarkSample, 48_000 - 320 * 6)
  track.skipTo(100)
  t.equal(track.watermarkSample, 48_000 - 320 * 6)
})

t.test('a gap is silence wherever it lies in a hop', async (t) => {
  const pcm = keyedPcm(400, [{ key: '4', startMs: 100, durationMs: 200 }])
  for (const gapSamples of [1, 39, 40, 41, 399]) {
    const [gapped, zeroed] = [listener(), listener()]
    gapped.push(pcm.subarray(0, 1_503))
    gapped.skipTo(1_503 + gapSamples)
    gapped.push(pcm.subarray(1_503 + gapSamples))
    zeroed.push(pcm.map((x, i) => (i >= 1_503 && i < 1_503 + gapSamples ? 0 : x)))
    gapped.flush()
    zeroed.flush()
    t.strictSame(drained(gapped), drained(zeroed), `${gapSamples}`)
  }
})

t.test('finish() judges the hop that is not whole', async (t) => {
  const pcm = keyedPcm(300, [{ key: '4', startMs: 100, durationMs: 100 }])
  const track = listener()
  track.push(pcm.subarray(0, 875))
  track.flush()
  t.strictSame(drained(track).findings, [])
  track.finish()
  track.flush()
  t.equal(drained(track).findings.length, 1)
})

t.test('a track that has failed stays where it was', async (t) => {
  const track = listener()
  track.push(new Int16Array(800))
  track.push(new Float64Array(120).fill(Number.NaN) as unknown as Int16Array)
  t.ok(track.hasFailed)
  const watermark = track.watermarkSample
  track.push(new Int16Array(800))
  track.skipTo(80_000)
  track.finish()
  t.equal(track.watermarkSample, watermark)
})

t.test('close() forgets findings', async (t) => {
  const track = listener()
  track.push(keyedPcm(300, [{ key: '4', startMs: 100, durationMs: 100 }]))
  track.flush()
  track.close()
  t.strictSame(drained(track), { findings: [], digits: [] })
})
