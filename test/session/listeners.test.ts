import t from 'tap'
import type { Detector } from '../../proxy/detectors/detector.js'
import { GuardedDetector } from '../../proxy/session/guarded-detector.js'
import { Lane } from '../../proxy/session/lane.js'
import { Listeners } from '../../proxy/session/listeners.js'
import { frame } from '../support/session-call.js'

const format = { codec: 'pcmu', clockRateHz: 8_000, channelCount: 1 } as const
/** Two tracks in streams of their own, and a detector that writes down what it is handed. */
const newListeners = (trackLagSamples = 200) => {
  const heard: string[] = []
  const detector: Detector = {
    name: 'scribe',
    health: 'ok',
    watermarkSample: (track) => 100 * track,
    push: (track, pcm, startSample) => void heard.push(`${track}: ${pcm.length} from ${startSample}`),
    skip: (track, toSample) => void heard.push(`${track}: none to ${toSample}`),
    setAlertness() {},
    drain(out, digits) {
      out.push({ detector: 'scribe', label: 'key', track: 0, startSample: 0, endSample: 1, isOnset: true })
      heard.push(`${digits.length} digits`)
      digits.push({ track: 0, digit: '1', startSample: 0 })
    },
    finish() {},
    close() {},
  }
  const guarded = new GuardedDetector(detector, false)
  const lanes = [0, 1].map((track) => new Lane({ format, tracks: [track] }))
  return { heard, guarded, lanes, listeners: new Listeners([guarded], 2, trackLagSamples) }
}

t.test('every detector hears a frame at its position', async (t) => {
  const { heard, lanes, listeners } = newListeners()
  t.equal(listeners.listen(frame(3, 0x20), lanes[1]!), null)
  t.strictSame(heard, ['1: 160 from 480'])
})

t.test('nobody listens to audio that begins before what was heard, by one sample', async (t) => {
  const { heard, lanes, listeners } = newListeners()
  listeners.listen(frame(0, 0x20), lanes[0]!)
  t.equal(listeners.listen(frame(0, 0x20, { startSample: 159 }), lanes[0]!), 'overlapping-audio')
  t.equal(listeners.listen(frame(0, 0x20, { startSample: 160 }), lanes[0]!), null)
  t.strictSame(heard, ['0: 160 from 0', '0: 160 from 160'])
})

t.test('what cannot be decoded is told as no audio, so that the watermark goes on', async (t) => {
  const { heard, lanes, listeners } = newListeners()
  const broken = frame(0, 0, { payload: new Uint8Array(159) })
  t.equal(listeners.listen(broken, lanes[0]!), 'undecodable-audio')
  t.strictSame(heard, ['0: none to 160'])
})

t.test('a track that is behind the newest by more than the lag is told to have no audio, once', async (t) => {
  const { heard, lanes, listeners } = newListeners(200)
  listeners.listen(frame(1, 0x20), lanes[0]!)
  listeners.fillAbsentTracks(320)
  listeners.fillAbsentTracks(320)
  t.strictSame(heard, ['0: 160 from 160', '1: none to 120'])
  t.equal(listeners.listen(frame(0, 0x20, { startSample: 119 }), lanes[1]!), 'overlapping-audio')
})

t.test('drain() hands out findings and digits, once', async (t) => {
  const { heard, listeners } = newListeners()
  const findings: never[] = []
  const digits: never[] = []
  listeners.drain(findings, digits)
  listeners.drain(findings, digits)
  t.equal(findings.length, 2)
  t.equal(digits.length, 2)
  t.strictSame(heard, ['0 digits', '1 digits'])
})

t.test("a detector's lag is that of the track where it is furthest behind", async (t) => {
  const { guarded, listeners } = newListeners()
  t.equal(listeners.lagSamples(guarded, 500), 500)
})
