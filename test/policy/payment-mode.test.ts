// At 1,000 Hz, so that a sample is a millisecond: look-back 300, pad after the end 50, lease 10 s.
import t from 'tap'
import { OPEN_STEPS_PER_CALL_MAX } from '../../proxy/base/limits.js'
import { policySchema } from '../../proxy/policy/options.js'
import { IN_STREAM_STEP, PaymentMode } from '../../proxy/policy/payment-mode.js'
import { Timeline } from '../../proxy/timeline/timeline.js'
import { WatermarkGate } from '../../proxy/timeline/watermark.js'

const RATE = 1_000
const FORMAT = { codec: 'pcmu', clockRateHz: RATE, channelCount: 1 } as const

const newMode = (payment: object = {}) => {
  const timeline = new Timeline(1, [{ format: FORMAT, tracks: [0] }], {
    holdBackMs: 1_000,
    holdBackSamples: 1_000,
    itemsMax: 1_000,
    bytesMax: 1 << 20,
  })
  const options = policySchema.parse({
    payment: { lookBackMs: 300, padAfterMs: 50, leaseSeconds: 10, ...payment },
  })
  const gate = new WatermarkGate(1, { ownSamples: 0, crossSamples: null })
  gate.update([{ health: 'ok', isFailOpen: false, watermarkSample: () => Infinity }])
  let at = 0
  return {
    mode: new PaymentMode(options.payment, timeline, RATE),
    /** A frame of so many samples arrives. */
    hear(sampleCount: number): void {
      const payload = new Uint8Array(sampleCount)
      const frame = {
        stream: 0,
        startSample: at,
        sampleCount,
        payload,
        envelope: null,
        receivedAtMs: 0,
        heldBytes: 1,
      }
      timeline.push({ kind: 'media', frame, unjudgeable: null })
      at += sampleCount
    },
    /** Everything held leaves; tells what of it is silent, from the first sample of the first frame. */
    leave(): string[] {
      const silent: string[] = []
      for (
        let release = timeline.judge(gate, 1e9);
        release !== undefined;
        release = timeline.judge(gate, 1e9)
      ) {
        const { item, ranges, reasons } = release
        const from = item.kind === 'media' ? item.frame.startSample : 0
        for (const [i, r] of ranges.entries())
          silent.push(`${from + r.startSample}-${from + r.endSample} ${reasons[i]}`)
      }
      return silent
    },
  }
}

t.test('a step is silent from the look-back before its start until the pad after its end', async (t) => {
  const { mode, hear, leave } = newMode()
  hear(1_000)
  t.match(mode.start('a', null, 0), { kind: 'opened', placement: { lateSamples: 0, firstSilentSample: 700 } })
  t.ok(mode.isOn)
  hear(200)
  t.strictSame(mode.end('a'), { kind: 'ended', clearFromSample: 1_250 })
  t.notOk(mode.isOn)
  hear(100)
  t.strictSame(leave(), ['700-1000 payment', '1000-1200 payment', '1200-1250 payment'])
})

t.test('a step that began before the call is silent from its first sample', async (t) => {
  const { mode, hear, leave } = newMode()
  hear(1_000)
  t.match(mode.start('a', null, 0, 0), { placement: { firstSilentSample: 0 } })
  t.strictSame(leave(), ['0-1000 payment'])
})

t.test('ending one of several steps opens no other', async (t) => {
  const { mode, hear, leave } = newMode({ lookBackMs: 0 })
  mode.start('a', null, 0)
  mode.start('b', null, 0)
  t.match(mode.end('a'), { kind: 'ended' })
  t.ok(mode.isOn)
  hear(500)
  t.strictSame(leave(), ['0-50 payment', '0-500 payment'])
  t.match(mode.end('b'), { kind: 'ended', clearFromSample: 550 })
  hear(100)
  t.strictSame(leave(), ['500-550 payment'])
})

t.test('a name that no step has ends the only open one, and none of several', async (t) => {
  const { mode } = newMode()
  t.strictSame(mode.end('x'), { kind: 'nothing-open' })
  mode.start('a', null, 0)
  mode.start('b', null, 0)
  t.strictSame(mode.end('x'), { kind: 'several-open' })
  mode.end('a')
  t.match(mode.end('x'), { kind: 'ended' })
  t.strictSame(mode.end('b'), { kind: 'nothing-open' })
})

t.test("the PBX's own signals and those from outside end each other's steps never", async (t) => {
  const { mode } = newMode()
  mode.start('a', null, 0)
  t.strictSame(mode.end(IN_STREAM_STEP), { kind: 'nothing-open' })
  mode.start(IN_STREAM_STEP, null, 0)
  t.match(mode.end('x'), { kind: 'ended' }, 'the only one from outside')
  t.strictSame(mode.end('x'), { kind: 'nothing-open' })
  t.ok(mode.isOn)
  t.match(mode.end(IN_STREAM_STEP), { kind: 'ended' })
  t.notOk(mode.isOn)
})

t.test('a repeated start renews the lease and moves nothing', async (t) => {
  const { mode, hear, leave } = newMode()
  hear(1_000)
  mode.start('a', null, 0)
  hear(1_000)
  t.strictSame(mode.start('a', null, 9_000), { kind: 'renewed', firstSilentSample: 700 })
  t.equal(mode.checkLeases(18_999).expired, 0)
  t.equal(mode.checkLeases(19_000).expired, 1)
  t.strictSame(leave(), ['700-1000 payment', '1000-2000 payment'])
})

t.test(
  'a repeated start that was late the first time tells the first sample that is truly silent',
  async (t) => {
    const { mode, hear, leave } = newMode()
    hear(1_000)
    leave()
    t.match(mode.start('a', null, 0), { placement: { lateSamples: 300, firstSilentSample: 1_000 } })
    t.strictSame(mode.start('a', null, 10), { kind: 'renewed', firstSilentSample: 1_000 })
  },
)

t.test(
  "a start's own lease goes before the policy's, and lasts as long again when renewed without one",
  async (t) => {
    const { mode } = newMode()
    mode.start('a', 2_000, 0)
    mode.start('a', null, 1_000)
    t.equal(mode.checkLeases(2_999).expired, 0)
    t.equal(mode.checkLeases(3_000).expired, 1)
    mode.start('a', 5_000, 3_000)
    t.equal(mode.checkLeases(7_999).expired, 0)
    t.equal(mode.checkLeases(8_000).expired, 1)
  },
)

t.test('an expired lease is told once, and leaves the step silent', async (t) => {
  const { mode, hear, leave } = newMode({ lookBackMs: 0 })
  mode.start('a', null, 0)
  mode.start('b', null, 5_000)
  t.equal(mode.checkLeases(10_000).expired, 1)
  t.equal(mode.checkLeases(15_000).expired, 1)
  t.equal(mode.checkLeases(1_000_000).expired, 0)
  t.ok(mode.isOn)
  hear(100)
  t.strictSame(leave(), ['0-100 payment', '0-100 payment'])
  t.match(mode.end('a'), { kind: 'ended' }, 'it can still be ended')
})

t.test('where the policy says so, a step ends by itself, so long after its lease', async (t) => {
  const { mode, hear, leave } = newMode({ lookBackMs: 0, endAfterExpirySeconds: 5 })
  mode.start('a', null, 0)
  mode.start('b', null, 1)
  t.strictSame(mode.checkLeases(10_001), { expired: 2, clearFromSamples: [] })
  hear(100)
  t.strictSame(mode.checkLeases(14_999), { expired: 0, clearFromSamples: [] })
  t.strictSame(leave(), ['0-100 payment', '0-100 payment'])
  t.strictSame(mode.checkLeases(15_000), { expired: 0, clearFromSamples: [150] })
  hear(100)
  t.strictSame(leave(), ['100-150 payment', '100-200 payment'])
  mode.checkLeases(15_001)
  t.notOk(mode.isOn)
})

t.test('the oldest open step is the one that has been open longest', async (t) => {
  const { mode } = newMode()
  t.equal(mode.oldestStartMs, Infinity)
  mode.start('a', null, 100)
  mode.start('b', null, 200)
  mode.start('a', null, 300)
  t.equal(mode.oldestStartMs, 100)
  mode.end('a')
  t.equal(mode.oldestStartMs, 200)
})

t.test('a step beyond the limit joins the oldest, which stays silent', async (t) => {
  const { mode, hear, leave } = newMode({ lookBackMs: 0 })
  hear(10)
  for (let i = 0; i < OPEN_STEPS_PER_CALL_MAX; i++) mode.start(`step-${i}`, null, 0)
  t.strictSame(mode.start('one-more', 60_000, 1), { kind: 'renewed', firstSilentSample: 10 })
  t.equal(mode.checkLeases(10_000).expired, OPEN_STEPS_PER_CALL_MAX - 1, "the oldest one's lease was renewed")
  t.strictSame(mode.end('one-more'), { kind: 'several-open' })
  leave()
  hear(10)
  t.equal(leave().length, OPEN_STEPS_PER_CALL_MAX)
})
