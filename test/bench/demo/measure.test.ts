// What the demo says of a recording: every way in which the promise can break is seen, and nothing else is.
import t from 'tap'
import { measure } from '../../../bench/demo/measure.js'
import { bothTracks, recordingOf, toyAnswer, toyCall, toyPlayed, toySpans } from '../../support/demo-call.js'

const call = toyCall()
const silent = bothTracks(300, 1000)

t.test('a recording that is silent in its spans and the call elsewhere keeps the promise', async (t) => {
  const figures = measure(call, recordingOf(call, silent), toyPlayed())
  t.match(figures, {
    keys: 1,
    keysSilenced: 1,
    leakedMs: 0,
    calmSamplesChanged: 0,
    spanSamplesAudible: 0,
    samples: 1600,
    samplesRecorded: 1600,
    silencedNeedlesslySeconds: 0,
    silencedSeconds: { dtmf: 700 / 8000 },
    silencedSecondsTotal: 700 / 8000,
    callSeconds: 0.2,
  })
  t.same(figures.broken, [])
})

t.test('one audible sample of a key is a key heard, and an eighth of a millisecond leaked', async (t) => {
  for (const sample of [400, 799]) {
    const recorded = recordingOf(call, silent)
    recorded.tracks[0]![sample] = 9
    const figures = measure(call, recorded, toyPlayed())
    t.match(figures, { keysSilenced: 0, leakedMs: 0.125, spanSamplesAudible: 1 })
    t.same(figures.broken, [
      '1 keys can be heard',
      '0.1 ms of sensitive audio can be heard',
      '1 samples inside spans can be heard',
    ])
  }
})

t.test("mu-law's smallest step is silence", async (t) => {
  const recorded = recordingOf(call, silent)
  recorded.tracks[0]!.fill(-8, 400, 800)
  t.same(measure(call, recorded, toyPlayed()).broken, [])
})

t.test('a key whose echo is left on the other track has leaked', async (t) => {
  const spans = [{ ...toySpans[0]!, track: 0 }]
  const recorded = recordingOf(call, silent.slice(0, 1))
  const figures = measure(call, recorded, toyPlayed(spans))
  t.match(figures, { keysSilenced: 1, leakedMs: 50, calmSamplesChanged: 0 })
  t.same(figures.broken, ['50.0 ms of sensitive audio can be heard'])
})

t.test('a sample changed outside every span breaks the promise', async (t) => {
  for (const sample of [0, 299, 1000, 1599]) {
    const recorded = recordingOf(call, silent)
    recorded.tracks[1]![sample]!++
    const figures = measure(call, recorded, toyPlayed())
    t.same(figures.broken, ['1 samples of calm audio were changed'], `sample ${sample}`)
  }
})

t.test('a recording that is shorter than the call breaks the promise', async (t) => {
  const { tracks, sampleRateHz } = recordingOf(call, silent)
  const shorter = { sampleRateHz, tracks: tracks.map((samples) => samples.subarray(0, 1599)) }
  t.same(measure(call, shorter, toyPlayed()).broken, [
    '2 samples of calm audio were changed',
    'the call has 1600 samples, the recording 1599',
  ])
})

t.test('a span over calm audio is counted as needless, and breaks no promise', async (t) => {
  const spans = [{ track: 1, startSample: 120, endSample: 260, reason: 'dtmf' }, ...toySpans]
  const recorded = recordingOf(call, [{ track: 1, startSample: 120, endSample: 260 }, ...silent])
  const figures = measure(call, recorded, toyPlayed(spans))
  t.equal(figures.silencedNeedlesslySeconds, 80 / 8000)
  t.same(figures.broken, [])
})

t.test('reasons that overlap are counted each, and once in the total', async (t) => {
  const spans = [...toySpans, { track: 0, startSample: 900, endSample: 1100, reason: 'payment' }]
  const figures = measure(call, recordingOf(call, [...silent, ...bothTracks(1000, 1100)]), toyPlayed(spans))
  t.same(figures.silencedSeconds, { dtmf: 700 / 8000, payment: 200 / 8000 })
  t.equal(figures.silencedSecondsTotal, 800 / 8000)
})

t.test('lost frames, late and unjudged audio break the promise', async (t) => {
  const sidecar = { frames: { in: 20, out: 19, redacted: 9 }, lateMs: 40, unjudgedPassedMs: 20 }
  t.same(measure(call, recordingOf(call, silent), toyPlayed(toySpans, sidecar)).broken, [
    '20 frames came in, 19 went out',
    '40 ms were known too late',
    '20 ms left unjudged',
  ])
})

t.test('a payment signal that is missing, pending or late breaks the promise', async (t) => {
  for (const answers of [
    [],
    [{ ...toyAnswer, result: 'pending', lateMs: null }],
    [{ ...toyAnswer, result: 'late', lateMs: 120 }],
  ]) {
    const figures = measure(call, recordingOf(call, silent), { ...toyPlayed(), answers })
    t.same(figures.broken, ['1 payment signals were not applied in full'])
  }
})
