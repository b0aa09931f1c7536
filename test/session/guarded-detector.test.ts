import t from 'tap'
import type { Detector, DetectorHealth } from '../../proxy/detectors/detector.js'
import { GuardedDetector } from '../../proxy/session/guarded-detector.js'

const PCM = new Int16Array(160)
/** A detector that notes by which names it is called, and breaks at the one that is told. */
const newDetector = (breaksAt?: string) => {
  const calls: string[] = []
  const call = (name: string): void => {
    calls.push(name)
    if (name === breaksAt) throw new Error('broken')
  }
  const state = { health: 'ok' as DetectorHealth, watermark: 800 }
  const inner: Detector = {
    name: 'toy',
    get health() {
      call('health')
      return state.health
    },
    watermarkSample() {
      call('watermarkSample')
      return state.watermark
    },
    push: () => call('push'),
    skip: () => call('skip'),
    setAlertness: () => call('setAlertness'),
    drain: (out) => {
      call('drain')
      out.push({ detector: 'toy', label: 'tone', track: 0, startSample: 0, endSample: 1, isOnset: true })
    },
    finish: () => call('finish'),
    close: () => call('close'),
  }
  return { calls, state, detector: new GuardedDetector(inner, false) }
}
const doAll = (detector: GuardedDetector): void => {
  detector.push(0, PCM, 0)
  detector.skip(0, 160)
  detector.setAlertness('armed')
  detector.drain([], [])
  detector.watermarkSample(0)
  detector.finish()
  detector.close()
}

t.test('a healthy detector is handed everything', async (t) => {
  const { calls, detector } = newDetector()
  doAll(detector)
  t.strictSame(
    calls.filter((name) => name !== 'health'),
    ['push', 'skip', 'setAlertness', 'drain', 'watermarkSample', 'finish', 'close'],
  )
  t.equal(detector.health, 'ok')
  t.equal(detector.watermarkSample(0), 800)
  t.equal(detector.name, 'toy')
})

for (const name of ['push', 'skip', 'setAlertness', 'drain', 'watermarkSample', 'health', 'finish', 'close'])
  t.test(`one that throws in ${name}() has failed, and is called no more but to be closed`, async (t) => {
    const { calls, detector } = newDetector(name)
    doAll(detector)
    t.equal(detector.health, 'failed')
    t.equal(detector.watermarkSample(0), 0, 'vouches for nothing')
    calls.length = 0
    doAll(detector)
    t.strictSame(calls, ['close'])
  })

t.test('one that says it has failed hears nothing more', async (t) => {
  const { calls, state, detector } = newDetector()
  state.health = 'failed'
  detector.push(0, PCM, 0)
  detector.skip(0, 160)
  t.strictSame(
    calls.filter((name) => name !== 'health'),
    [],
  )
})

t.test('what one has found before it said that it failed still counts', async (t) => {
  const { state, detector } = newDetector()
  state.health = 'failed'
  const findings: never[] = []
  detector.drain(findings, [])
  t.equal(findings.length, 1)
})

t.test(
  'one that has failed stays failed: it has missed audio, and would take the gap for silence',
  async (t) => {
    const { state, detector } = newDetector()
    state.health = 'failed'
    t.equal(detector.health, 'failed')
    state.health = 'ok'
    t.equal(detector.health, 'failed')
    t.equal(detector.watermarkSample(0), 0)
  },
)

t.test('a watermark that is no number vouches for nothing', async (t) => {
  const { state, detector } = newDetector()
  state.watermark = Number.NaN
  t.equal(detector.watermarkSample(0), 0)
})
