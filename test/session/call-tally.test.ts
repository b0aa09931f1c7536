import t from 'tap'
import type { AuditEvent } from '../../proxy/policy/audit.js'
import { CallTally } from '../../proxy/session/call-tally.js'
import { Lane } from '../../proxy/session/lane.js'
import { uncounted } from '../../proxy/session/session-metrics.js'
import type { Release } from '../../proxy/timeline/timeline.js'
import { frame } from '../support/session-call.js'

const laneOf = (codec: string, clockRateHz = 8_000): Lane =>
  new Lane({ format: { codec, clockRateHz, channelCount: 2 }, tracks: [0, 1] })
const release = (parts: Partial<Release>): Release => ({
  item: { kind: 'media', frame: frame(0, 0), unjudgeable: null },
  ranges: [],
  reasons: [],
  passedUnjudgedSamples: 0,
  ...parts,
})
const newTally = () => {
  const audits: AuditEvent[] = []
  const counted: string[] = []
  const metrics = {
    ...uncounted,
    frameReleased: (verdict: string) => void counted.push(verdict),
    redacted: (reason: string, seconds: number) => void counted.push(`${reason} ${seconds}`),
  }
  const tally = new CallTally('toy', metrics, (event) => void audits.push(event))
  tally.opened(2, 8_000, false)
  return { tally, audits, counted }
}

t.test(
  'frames that leave together after the same time are counted together, and none is left out',
  async (t) => {
    const counted: string[] = []
    const metrics = {
      ...uncounted,
      latency: (stage: string, ms: number, count = 1) => void counted.push(`${stage} ${ms} x ${count}`),
      frameReleased: (verdict: string, count = 1) => void counted.push(`${verdict} x ${count}`),
    }
    const tally = new CallTally('toy', metrics, () => {})
    tally.opened(2, 8_000, false)
    const lane = laneOf('pcmu')
    for (let i = 0; i < 3; i++) tally.released(frame(i, 0), release({}), lane, 100, 0)
    tally.released(frame(3, 0), release({}), lane, 120, 20)
    t.strictSame(counted, ['hold 100 x 3', 'total_added 0 x 3', 'pass x 3'])
    tally.finish()
    t.strictSame(counted.slice(3), ['hold 120 x 1', 'total_added 20 x 1', 'pass x 1'])
  },
)

t.test('a range is noted on its own channel where samples can be cut', async (t) => {
  const { tally, counted } = newTally()
  const ranges = [{ channel: 1, startSample: 40, endSample: 80 }]
  tally.released(frame(1, 0), release({ ranges, reasons: ['dtmf'] }), laneOf('pcmu'), 100, 0)
  t.strictSame(tally.figures().runs, [{ track: 1, startSample: 200, endSample: 240, reason: 'dtmf' }])
  t.strictSame(counted, ['dtmf 0.005', 'redact'])
})

t.test(
  'where only whole frames can be cut, what is noted is what left silent: the frame, on every track',
  async (t) => {
    const { tally } = newTally()
    const ranges = [{ channel: 1, startSample: 40, endSample: 80 }]
    tally.released(frame(1, 0), release({ ranges, reasons: ['dtmf'] }), laneOf('opus', 48_000), 100, 0)
    t.strictSame(tally.figures().runs, [{ track: null, startSample: 160, endSample: 320, reason: 'dtmf' }])
  },
)

t.test('a frame silenced for the copy that it hides is noted as such', async (t) => {
  const { tally, counted } = newTally()
  const lane = laneOf('opus', 48_000)
  const packet = (byte: number) => frame(0, 0, { payload: Uint8Array.of(0x48, byte, 0x11) })
  lane.silence(packet(0x80), [{ channel: null, startSample: 0, endSample: 160 }])
  lane.silence(packet(0x40), [])
  tally.released(frame(1, 0), release({}), lane, 100, 0)
  t.strictSame(tally.figures().runs, [
    { track: null, startSample: 160, endSample: 320, reason: 'hidden-copy' },
  ])
  t.strictSame(counted, ['redact'])
})

t.test('unjudged audio is told with its duration, whether it left silent or as it came', async (t) => {
  const { tally, audits, counted } = newTally()
  const ranges = [0, 1].map((channel) => ({ channel, startSample: 0, endSample: 80 * (channel + 1) }))
  tally.released(frame(0, 0), release({ ranges, reasons: ['deadline', 'deadline'] }), laneOf('pcmu'), 100, 0)
  tally.released(frame(1, 0), release({ passedUnjudgedSamples: 160 }), laneOf('pcmu'), 100, 0)
  const passed = { tracks: [0], startSample: 160, endSample: 320 }
  t.strictSame(audits.slice(1), [
    { kind: 'span-opened', reason: 'deadline', tracks: [0], startSample: 0, endSample: 80 },
    { kind: 'unjudged-silenced', ms: 20 },
    { kind: 'unjudged-passed', ms: 20 },
    { kind: 'passed-range', span: { kind: 'span-opened', reason: 'unjudged', ...passed } },
  ])
  tally.finish()
  t.match(audits.slice(5), [
    { kind: 'span-closed', reason: 'deadline', tracks: [0, 1], startSample: 0, endSample: 160 },
    { kind: 'passed-range', span: { kind: 'span-closed', tracks: [0, 1], startSample: 160, endSample: 320 } },
  ])
  t.match(tally.figures(), { unjudgedSilencedMs: 20, unjudgedPassedMs: 20, framesOut: 2, framesRedacted: 1 })
  t.strictSame(counted.slice(-2), ['deadline', 'pass'])
})

t.test('what was placed in time is not told as late', async (t) => {
  const { tally, audits } = newTally()
  t.equal(tally.placed('dtmf', { lateSamples: 0, firstSilentSample: 0 }), 0)
  const late = { tracks: [0], startSample: 80, endSample: 96 }
  t.equal(tally.placed('dtmf', { lateSamples: 8, firstSilentSample: 0, late }), 1)
  t.strictSame(audits.slice(1), [{ kind: 'late', reason: 'dtmf', lateMs: 1, ...late }])
  t.equal(tally.figures().lateMs, 1)
})
