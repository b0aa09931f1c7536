// A call of two tracks, a second of hold-back, an echo path of 200 ms = 1,600 samples and a pad of 5 ms = 40. The detector is
// 20 ms = 160 samples behind. 30 frames are said, up to sample 4,800; then nothing comes. By itself each track is then heard
// out up to 4,800 - 160 - 40 = 4,600; for the other's echo, up to 3,040.
import t from 'tap'
import { callStart, frame, sessionCall } from '../support/session-call.js'
import { type Fault, toyDetector } from '../support/toy-detector.js'

const HOLD_BACK_MS = 1_000
const TONE = 0x30
const TONE_PCM = -3_900
const WHOLE = '20x320'
const SILENT = 'changed ffx320'

const pausing = (isPaused: boolean, policy: object = {}) => {
  const tones = toyDetector('tones', 160, TONE_PCM)
  const call = sessionCall({
    detectors: [tones],
    call: callStart(2, true),
    isPaused,
    policy: {
      holdBackMs: HOLD_BACK_MS,
      dtmf: { padBeforeMs: 5, padAfterMs: 5, echoMs: 200, entryHoldMs: 0 },
      ...policy,
    },
  })
  call.begin()
  return {
    ...call,
    tones,
    /** Frames [from, to), at their place in time, shifted by so many samples; a tone from one sample on. */
    said(from: number, to: number, shift = 0, toneFrom = Infinity): void {
      for (let n = from; n < to; n++) {
        const payload = Uint8Array.from({ length: 320 }, (_, i) =>
          n * 160 + (i >> 1) >= toneFrom ? TONE : 0x20,
        )
        const [startSample, receivedAtMs] = [n * 160 + shift, n * 20 + shift / 8]
        call.say(receivedAtMs, { kind: 'media', frame: frame(n, 0, { payload, startSample, receivedAtMs }) })
      }
    },
    /** Nothing comes; the edge looks at the call every 20 ms. */
    quiet(fromMs: number, toMs: number): void {
      for (let nowMs = fromMs; nowMs < toMs; nowMs += 20) call.session.tick(nowMs)
    },
    /** What became of the frames said. */
    frames: () => call.sent.slice(1),
  }
}

t.test('before a pause only what cannot be heard out leaves as silence', async (t) => {
  const call = pausing(true)
  call.said(0, 30)
  call.quiet(600, 2_000)
  t.strictSame(call.frames().slice(0, 28), Array(28).fill(WHOLE))
  t.strictSame(call.frames().slice(28), ['changed 20x240 ffx80', SILENT])
  t.equal(call.session.summary().unjudgedSilencedMs, 25, 'and is counted as unjudged')
})

t.test('where nobody has said that it is a pause, what the echo reaches leaves as silence', async (t) => {
  const call = pausing(false)
  call.said(0, 30)
  call.quiet(600, 2_000)
  t.strictSame(call.frames().slice(0, 19), Array(19).fill(WHOLE))
  t.strictSame(call.frames().slice(19), Array(11).fill(SILENT))
})

t.test('behind the pause everything is heard and passes', async (t) => {
  const call = pausing(true)
  call.said(0, 30)
  call.quiet(600, 3_000)
  call.said(30, 130, 24_000)
  t.strictSame(call.frames().slice(30, 70), Array(40).fill(WHOLE))
  t.equal(call.session.summary().violations, 0)
})

t.test(
  'audio that comes for what was taken for silent is silenced, and what comes later passes',
  async (t) => {
    const call = pausing(true)
    call.said(0, 30)
    call.quiet(600, 2_000)
    for (let n = 30; n < 130; n++) {
      const [payload, receivedAtMs] = [new Uint8Array(320).fill(0x20), n * 20 + 1_400]
      call.say(receivedAtMs, { kind: 'media', frame: frame(n, 0, { payload, receivedAtMs }) })
    }
    t.equal(call.session.summary().violations, 11, 'the 1,760 samples behind the pause')
    t.strictSame(call.frames().slice(30, 41), Array(11).fill(SILENT))
    t.strictSame(call.frames().slice(41, 70), Array(29).fill(WHOLE))
  },
)

t.test('a pause that ends in time changes nothing', async (t) => {
  const call = pausing(true)
  call.said(0, 30)
  call.quiet(600, 1_200)
  call.said(30, 110, 4_800)
  t.strictSame(call.frames().slice(0, 60), Array(60).fill(WHOLE))
  t.equal(call.session.summary().violations, 0)
})

t.test('a key that the pause cuts off is silenced as any other, with its echo', async (t) => {
  const call = pausing(true)
  call.said(0, 30, 0, 4_720)
  call.quiet(600, 2_000)
  t.strictSame(call.frames().slice(0, 19), Array(19).fill(WHOLE))
  t.equal(call.frames()[19], 'changed 20x160 ffx160', 'from the echo path before the key on')
  t.strictSame(call.frames().slice(20), Array(10).fill(SILENT))
})

for (const fault of ['failed', 'throws', 'stalls', 'nan'] as const satisfies readonly Fault[])
  t.test(`a detector that breaks (${fault}) before a pause has heard nothing out`, async (t) => {
    const call = pausing(true)
    call.said(0, 10)
    call.tones.breakDown(fault)
    call.said(10, 30)
    call.quiet(600, 2_000)
    t.strictSame(call.frames().slice(9), Array(21).fill(SILENT))
  })
