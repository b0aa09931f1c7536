// One session, 8,000 Hz mu-law, frames of 20 ms = 160 samples; hold-back 100 ms = 5 frames, pads 5 ms = 40 samples, echo
// path 10 ms = 80, payment look-back 40 ms = 320 and pad after 20 ms = 160, end flush 50 ms (test/support/session-call.ts).
import t from 'tap'
import { fillLoop } from '../../proxy/codecs/fill-loop.js'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'
import type { Alertness, Finding } from '../../proxy/detectors/detector.js'
import { callStart, frame, held, runsOf, sessionCall } from '../support/session-call.js'
import { stepSignal } from '../support/signals.js'
import { type Fault, toyDetector } from '../support/toy-detector.js'

const TONE = 0x30
const anything = { data: new Uint8Array(), isBinary: true }
const TONE_PCM = -3_900
const WHOLE = '20x160'
const SILENT = 'changed ffx160'
const listener = () => toyDetector('tones', 0, TONE_PCM)
const kinds = (audits: readonly { readonly kind: string }[]): string[] => audits.map(({ kind }) => kind)

t.test('audio leaves as it came, in its order, once the call is the hold-back ahead of it', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  call.hear(0, 5)
  t.strictSame(call.sent, ['start'])
  call.hear(5, 6, 0x21)
  t.strictSame(call.sent, ['start', WHOLE])
  call.hear(6, 11)
  t.strictSame(call.sent, ['start', WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, '21x160'])
})

t.test('text leaves in its place behind the audio before it', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.say(0, { kind: 'message', held: held('hello') })
  call.begin()
  call.hear(0, 1)
  call.say(5, { kind: 'message', held: held('mark') })
  call.hear(1, 5)
  t.strictSame(call.sent, ['hello', 'start'])
  call.hear(5, 6)
  t.strictSame(call.sent, ['hello', 'start', WHOLE, 'mark'])
})

t.test('what is said to either side of its own hop overtakes what is held, at once', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  call.hear(0, 1)
  const message = { data: new TextEncoder().encode('ping'), isBinary: false }
  call.say(
    5,
    { kind: 'to-pbx', message },
    { kind: 'to-recorder', message },
    { kind: 'close', side: 'pbx', code: 1000 },
  )
  t.strictSame(call.sent, ['start', 'ping'])
  t.strictSame(call.told, ['started call-1', 'pbx ping', 'close pbx 1000'])
})

t.test('a finding is silenced with its pads, to the sample, and nothing else is', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  call.hear(0, 1)
  const payload = new Uint8Array(160).fill(0x20).fill(TONE, 60, 100)
  call.say(20, { kind: 'media', frame: frame(1, 0, { payload }) })
  call.hear(2, 8)
  t.strictSame(call.sent, ['start', WHOLE, 'changed 20x20 ffx120 20x20', WHOLE])
  t.match(call.session.summary(), {
    runs: [{ track: 0, startSample: 180, endSample: 300, reason: 'tones' }],
    framesRedacted: 1,
  })
})

t.test(
  'a finding that comes with the watermark past it, as the frame is due, is still silenced',
  async (t) => {
    let watermark = 0
    const late = {
      ...listener(),
      health: 'ok' as const,
      push(_track: number, _pcm: Int16Array, startSample: number) {
        watermark = startSample < 800 ? 0 : 960
      },
      watermarkSample: () => watermark,
      drain(out: Finding[]) {
        if (watermark === 960)
          out.push({ detector: 'late', label: 'key', track: 0, startSample: 0, endSample: 40, isOnset: true })
      },
    }
    const call = sessionCall({ detectors: [late] })
    call.begin()
    call.hear(0, 6)
    t.strictSame(call.sent, ['start', 'changed ffx80 20x80'])
  },
)

t.test('a finding on one track silences the echo path on the other', async (t) => {
  const call = sessionCall({ detectors: [listener()], call: callStart(2) })
  call.begin()
  for (let n = 0; n < 7; n++) {
    const payload = new Uint8Array(160).fill(0x20)
    if (n === 1) payload.fill(TONE, 80, 81)
    call.say(n * 20, { kind: 'media', frame: frame(n, 0, { payload }) })
    call.hear(n, n + 1, 0x21, 1)
  }
  t.strictSame(call.sent.slice(3, 5), ['changed 20x40 ffx81 20x39', 'changed ffx160'])
})

t.test("`own`: only the finding's own channel of an interleaved frame is silent", async (t) => {
  const call = sessionCall({
    detectors: [listener()],
    call: callStart(2, true),
    policy: { tracks: 'own' },
  })
  call.begin()
  const left = new Uint8Array(160).fill(0x20)
  const right = new Uint8Array(160).fill(0x21).fill(TONE, 40, 120)
  for (let n = 0; n < 7; n++) {
    const payload = Uint8Array.from({ length: 320 }, (_, i) =>
      i % 2 === 0 ? left[i >> 1]! : n === 1 ? right[i >> 1]! : 0x21,
    )
    call.say(n * 20, { kind: 'media', frame: frame(n, 0, { payload }) })
  }
  t.equal(call.sent[2], `changed ${'20x1 ffx1 '.repeat(160).trim()}`)
  t.equal(call.sent[1], '20x1 21x1 '.repeat(160).trim())
})

for (const fault of ['failed', 'throws', 'stalls', 'nan'] as const satisfies readonly Fault[])
  t.test(
    `a detector that breaks (${fault}) silences its call at the deadline, and no other call`,
    async (t) => {
      const broken = toyDetector('other', 0, null)
      const call = sessionCall({ detectors: [listener(), broken] })
      const neighbour = sessionCall({ detectors: [listener(), toyDetector('other', 0, null)] })
      call.begin()
      neighbour.begin()
      call.hear(0, 3)
      neighbour.hear(0, 3)
      broken.breakDown(fault)
      call.hear(3, 11)
      neighbour.hear(3, 11)
      t.strictSame(call.sent, ['start', WHOLE, WHOLE, 'changed 20x120 ffx40', SILENT, SILENT, SILENT])
      t.strictSame(neighbour.sent, ['start', WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE])
      t.equal(call.session.summary().unjudgedSilencedMs, 65)
      t.strictSame(call.counted.filter((line) => line.startsWith('silenced')).length, 4)
      const failures = call.audits.filter(({ kind }) => kind === 'detector-failed')
      t.equal(
        failures.length,
        fault === 'failed' || fault === 'throws' ? 1 : 0,
        'told once, where it is known',
      )
    },
  )

t.test('a call without a detector is silent as a whole', async (t) => {
  const call = sessionCall()
  call.begin()
  call.hear(0, 7)
  t.strictSame(call.sent, ['start', SILENT, SILENT])
})

t.test('what nobody has judged, or could, is filled as the policy says, as one sound', async (t) => {
  const call = sessionCall({ policy: { fill: 'tone' } })
  call.begin()
  call.hear(0, 2)
  call.say(40, { kind: 'media', frame: frame(2, 0x20, { payload: new Uint8Array(80).fill(0x20) }) })
  call.hear(3, 8)
  const tone = pcmu.encode(fillLoop('tone', 8_000))
  const filled = (from: number, to: number): string =>
    `changed ${runsOf(Uint8Array.from({ length: to - from }, (_, i) => tone[(from + i) % tone.length]!))}`
  t.strictSame(call.sent, ['start', filled(0, 160), filled(160, 320), filled(320, 400)])
})

t.test(
  'what a fail-open detector has not judged leaves as it came at the deadline, and every frame is counted',
  async (t) => {
    const detector = listener()
    const call = sessionCall({ detectors: [detector], isFailOpen: true })
    call.begin()
    call.hear(0, 3)
    detector.breakDown('stalls')
    call.hear(3, 10)
    t.strictSame(call.sent, ['start', WHOLE, WHOLE, WHOLE, WHOLE, WHOLE])
    t.strictSame(
      call.counted.filter((line) => line.startsWith('passed')),
      ['passed 0.005', 'passed 0.02', 'passed 0.02'],
    )
    t.equal(call.session.summary().unjudgedPassedMs, 45)
    t.equal(call.session.summary().unjudgedSilencedMs, 0)
  },
)

t.test('a party that sends nothing does not silence the other', async (t) => {
  const call = sessionCall({ detectors: [listener()], call: callStart(2) })
  call.begin()
  call.hear(0, 10)
  t.strictSame(call.sent, ['start', WHOLE, WHOLE, WHOLE, WHOLE, WHOLE])
})

t.test(
  'audio of a party that comes after it was taken for absent is silenced: nobody has listened to it',
  async (t) => {
    const call = sessionCall({ detectors: [listener()], call: callStart(2) })
    call.begin()
    call.hear(0, 5)
    call.hear(3, 4, 0x21, 1)
    call.hear(4, 5, 0x21, 1)
    call.hear(5, 11)
    t.strictSame(
      call.sent.filter((line) => !line.includes('20x')),
      ['start', SILENT, '21x160'],
      'frame 3 reaches back behind 25 ms before the newest, frame 4 does not',
    )
  },
)

t.test('audio that overlaps what was heard is silenced and counted, and takes nothing with it', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  call.hear(0, 3)
  call.say(45, { kind: 'media', frame: frame(1, 0x21) })
  call.say(46, { kind: 'media', frame: frame(0, 0x21, { startSample: 479 }) })
  call.hear(4, 10)
  t.strictSame(call.sent.slice(1, 6), [WHOLE, WHOLE, WHOLE, SILENT, SILENT])
  t.strictSame(
    call.counted.filter((line) => line.startsWith('violation')),
    ['violation toy overlapping-audio', 'violation toy overlapping-audio'],
  )
})

t.test(
  'a payload that does not last as long as its frame is silenced and counted, and the next one passes',
  async (t) => {
    const call = sessionCall({ detectors: [listener()] })
    call.begin()
    call.hear(0, 1)
    call.say(20, { kind: 'media', frame: frame(1, 0, { payload: new Uint8Array(100).fill(0x21) }) })
    call.hear(2, 8)
    t.strictSame(call.sent, ['start', WHOLE, 'changed ffx100', WHOLE])
    t.ok(call.counted.includes('violation toy undecodable-audio'))
  },
)

t.test(
  'audio of a stream that was never announced, or after the end, is overwritten and goes nowhere',
  async (t) => {
    const call = sessionCall({ detectors: [listener()] })
    const stray = frame(0, 0x21, { stream: 1 })
    const early = frame(0, 0x21)
    const late = frame(1, 0x21)
    call.say(0, { kind: 'media', frame: early })
    call.begin()
    call.say(0, { kind: 'media', frame: stray })
    call.hear(0, 1)
    call.say(20, { kind: 'ended', reason: 'hangup', held: held('end') }, { kind: 'media', frame: late })
    t.strictSame(call.sent, ['start', WHOLE, 'end'])
    for (const { payload } of [early, stray, late]) t.equal(runsOf(payload), '0x160')
    t.equal(call.session.summary().violations, 3)
  },
)

t.test('a payment step is answered with the first silent sample and its instant', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  call.hear(0, 10)
  t.strictSame(call.session.signal(stepSignal('payment', 'started', 'a'), 180), {
    kind: 'applied',
    firstSilentSample: 1_280,
    firstSilentEpochMs: 999_960,
    lateMs: 0,
    isLifted: false,
  })
  call.hear(10, 12)
  t.match(call.session.signal(stepSignal('payment', 'ended', 'a'), 220), {
    kind: 'ended',
    clearFromSample: 2_080,
  })
  call.hear(12, 20)
  t.strictSame(call.sent.slice(8), [WHOLE, SILENT, SILENT, SILENT, SILENT, SILENT, WHOLE, WHOLE])
  t.strictSame(
    call.audits.filter(({ kind }) => kind.startsWith('step')),
    [
      { kind: 'step-opened', reason: 'payment', origin: 'api', startSample: 1_280, lateMs: 0 },
      { kind: 'step-closed', reason: 'payment', atSample: 2_080 },
    ],
  )
})

t.test('a payment step that reaches back to what has left is answered late, told and counted', async (t) => {
  const call = sessionCall({ detectors: [listener()], policy: { payment: { lookBackMs: 100 } } })
  call.begin()
  call.hear(0, 9)
  call.session.tick(280)
  t.match(call.session.signal(stepSignal('payment', 'started', 'a'), 280), {
    kind: 'late',
    firstSilentSample: 1_440,
    lateMs: 95,
  })
  t.match(
    call.session.signal(stepSignal('payment', 'started', 'a'), 281),
    { kind: 'applied', firstSilentSample: 1_440 },
    'when repeated',
  )
  t.ok(call.counted.includes('late 0.095'))
  t.strictSame(
    kinds(call.audits).filter((kind) => kind === 'late' || kind === 'step-opened'),
    ['late', 'step-opened'],
  )
  t.equal(call.session.summary().lateMs, 95)
})

t.test(
  'a call that is silent from its beginning is so although the signal is applied as it starts',
  async (t) => {
    const call = sessionCall({
      detectors: [listener()],
      onStarted: (session) => void session.signal(stepSignal('payment', 'started', 'a'), 0, true),
    })
    call.begin()
    call.hear(0, 7)
    t.strictSame(call.told, ['started call-1'], 'it starts once')
    t.strictSame(call.sent, ['start', SILENT, SILENT])
  },
)

t.test('what a message means beside the start of its call is carried out once, in its order', async (t) => {
  const call = sessionCall({
    detectors: [listener()],
    onStarted: (session) => void session.signal(stepSignal('payment', 'started', 'a'), 0, true),
  })
  call.say(
    0,
    { kind: 'started', call: callStart(), held: held('start') },
    { kind: 'message', held: held('first') },
    { kind: 'message', held: held('second') },
  )
  t.strictSame(call.sent, ['start', 'first', 'second'])
})

t.test('a payment step signalled in the stream is silent, and told, like any other', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  call.hear(0, 5)
  call.say(81, { kind: 'payment', state: 'started', held: held('paused') })
  call.hear(5, 6)
  call.say(101, { kind: 'payment', state: 'ended', held: null })
  call.say(102, { kind: 'payment', state: 'ended', held: held('resumed') })
  call.hear(6, 13)
  t.strictSame(call.sent, [
    'start',
    WHOLE,
    WHOLE,
    WHOLE,
    SILENT,
    SILENT,
    'paused',
    SILENT,
    'resumed',
    SILENT,
    WHOLE,
  ])
  t.strictSame(
    call.audits.filter(({ kind }) => kind.startsWith('step')),
    [
      { kind: 'step-opened', reason: 'payment', origin: 'stream', startSample: 480, lateMs: 0 },
      { kind: 'step-closed', reason: 'payment', atSample: 1_120 },
    ],
  )
})

t.test('before a call has begun there is nothing to start or end', async (t) => {
  const { session } = sessionCall()
  t.strictSame(session.signal(stepSignal('payment', 'started', 'a'), 0), { kind: 'nothing-open' })
  t.strictSame(session.signal(stepSignal('payment', 'ended', 'a'), 0), { kind: 'nothing-open' })
  t.equal(session.openSinceMs(), Infinity)
})

t.test('an expired lease is told, and the call stays silent', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  call.session.signal(stepSignal('payment', 'started', 'a'), 0)
  t.equal(call.session.openSinceMs(), 0)
  call.session.tick(9_999)
  t.notOk(kinds(call.audits).includes('lease-expired'))
  call.session.tick(10_000)
  call.session.tick(10_020)
  t.strictSame(call.audits.at(-1), { kind: 'lease-expired', reason: 'payment', count: 1 })
  t.strictSame(
    call.counted.filter((line) => line.startsWith('expired')),
    ['expired payment'],
  )
  call.hear(501, 510)
  t.ok(call.sent.slice(1).every((line) => line === SILENT))
})

t.test('a step that ends by itself after its lease is told, and the detectors are calm again', async (t) => {
  const heard: Alertness[] = []
  const detector = {
    ...listener(),
    health: 'ok' as const,
    setAlertness: (alertness: Alertness) => void heard.push(alertness),
  }
  const call = sessionCall({
    detectors: [detector],
    policy: { payment: { leaseSeconds: 10, endAfterExpirySeconds: 5 } },
  })
  call.begin()
  call.session.signal(stepSignal('payment', 'started', 'a'), 0)
  call.session.tick(10_000)
  t.equal(heard.at(-1), 'armed')
  call.session.tick(15_000)
  t.match(call.audits.at(-1), { kind: 'step-closed' })
  t.equal(heard.at(-1), 'calm')
  t.equal(call.session.openSinceMs(), Infinity)
})

t.test('detectors are armed while any payment step is open', async (t) => {
  const heard: Alertness[] = []
  const detector = {
    ...listener(),
    health: 'ok' as const,
    setAlertness: (alertness: Alertness) => void heard.push(alertness),
  }
  const call = sessionCall({ detectors: [detector] })
  call.begin()
  call.session.signal(stepSignal('payment', 'started', 'a'), 0)
  call.say(0, { kind: 'payment', state: 'started', held: null })
  call.session.signal(stepSignal('payment', 'ended', 'a'), 0)
  t.equal(heard.at(-1), 'armed')
  call.say(0, { kind: 'payment', state: 'ended', held: null })
  t.equal(heard.at(-1), 'calm')
})

t.test(
  'a reported key silences what is around its place; its message leaves scrubbed, or not at all',
  async (t) => {
    const call = sessionCall({ detectors: [listener()] })
    call.begin()
    call.hear(0, 5)
    call.say(81, { kind: 'digit', track: 0, digit: '#', durationSamples: 80, held: held('scrubbed') })
    call.say(82, { kind: 'digit', track: 0, digit: '#', durationSamples: 0, held: null })
    call.hear(5, 12)
    t.strictSame(call.sent, [
      'start',
      WHOLE,
      WHOLE,
      WHOLE,
      'changed 20x80 ffx80',
      SILENT,
      'scrubbed',
      SILENT,
      WHOLE,
    ])
    t.notMatch(
      JSON.stringify([call.audits, call.counted, call.session.summary()]),
      /#/,
      'the digit is nowhere',
    )
  },
)

t.test(
  'the end: what is judged leaves at once, the end message behind it, then everyone is told once',
  async (t) => {
    const call = sessionCall({ detectors: [listener()] })
    call.begin()
    call.hear(0, 3)
    call.say(60, { kind: 'ended', reason: 'hangup', held: held('end') })
    t.strictSame(call.sent, ['start', WHOLE, WHOLE, WHOLE, 'end'])
    t.strictSame(call.told, ['started call-1', 'ended', 'drained', 'close recorder 1000'])
    t.ok(call.session.isDrained)
    call.session.pbxClosed(true, 70)
    call.session.tick(5_000)
    t.equal(call.summaries.length, 1)
    t.match(call.summaries[0], {
      endReason: 'hangup',
      samples: [480],
      framesIn: 3,
      framesOut: 3,
      framesRedacted: 0,
      runs: [],
      lostSamples: 0,
    })
  },
)

t.test('the end: what no detector judges in time leaves as silence at the flush deadline', async (t) => {
  const detector = listener()
  const call = sessionCall({ detectors: [detector] })
  call.begin()
  call.hear(0, 3)
  detector.breakDown('stalls')
  call.say(60, { kind: 'ended', reason: 'hangup', held: held('end') })
  t.strictSame(call.sent, ['start', WHOLE, WHOLE])
  call.session.tick(109)
  t.notOk(call.session.isDrained)
  call.session.tick(110)
  t.strictSame(call.sent, ['start', WHOLE, WHOLE, 'changed 20x120 ffx40', 'end'])
  t.ok(call.session.isDrained)
})

t.test('a PBX that is lost ends its call; one that hung up before stays told as such', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  call.hear(0, 1)
  call.session.pbxClosed(false, 20)
  call.session.pbxClosed(true, 21)
  t.match(call.summaries, [{ endReason: 'pbx-lost' }])
  t.strictSame(call.sent, ['start', WHOLE])
  t.equal(call.summaries.length, 1)
})

t.test(
  'fail(): nothing that is held leaves, nothing after it either, and both sides are closed',
  async (t) => {
    const call = sessionCall({ detectors: [listener()] })
    call.begin()
    const last = frame(0, 0x20)
    call.say(0, { kind: 'media', frame: last }, { kind: 'message', held: held('text') })
    call.session.fail()
    t.equal(runsOf(last.payload), '0x160')
    t.strictSame(call.told, ['started call-1', 'close recorder 1011', 'close pbx 1011', 'ended'])
    call.say(20, { kind: 'message', held: held('more') }, { kind: 'media', frame: frame(1, 0x20) })
    call.session.tick(1_000)
    call.session.fail()
    t.strictSame(call.sent, ['start'])
    t.match(call.summaries, [{ endReason: 'violation' }])
    t.equal(call.summaries.length, 1)
  },
)

t.test('a call that begins twice is a broken invariant', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  t.throws(() => call.begin(), { code: 'REDACT_ERR_INVARIANT' })
})

for (const limits of [
  { itemsMax: 3, bytesMax: 1 << 20 },
  { itemsMax: 100, bytesMax: 3 * 160 },
])
  t.test(
    `a full queue (${JSON.stringify(limits)}) judges its oldest at once: unjudged is silent, none is lost`,
    async (t) => {
      const detector = listener()
      const call = sessionCall({ detectors: [detector], limits })
      call.begin()
      call.hear(0, 4)
      t.strictSame(call.sent, ['start', WHOLE], 'judged')
      detector.breakDown('stalls')
      call.hear(4, 8)
      call.say(141, { kind: 'message', held: held('text') })
      t.strictSame(call.sent, ['start', WHOLE, WHOLE, WHOLE, 'changed 20x120 ffx40', SILENT, SILENT])
      t.match(call.session.summary(), { framesIn: 8, framesOut: 6 })
      call.say(142, { kind: 'ended', reason: 'hangup', held: null })
      call.session.tick(1_000)
      t.strictSame(call.sent.slice(7), [SILENT, SILENT, 'text'])
      t.match(call.session.summary(), { framesIn: 8, framesOut: 8 })
    },
  )

t.test('a recorder that takes nothing more: what is held is overwritten, and counted as lost', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  const kept = [frame(0, 0x20), frame(1, 0x20)]
  for (const of of kept) call.say(0, { kind: 'media', frame: of })
  call.session.recorderClosed(false, 40)
  for (const { payload } of kept) t.equal(runsOf(payload), '0x160')
  t.equal(call.session.heldBytes, 0)
  t.equal(call.session.summary().lostSamples, 320)
  t.ok(call.counted.includes('lost 0.04'))
  call.session.recorderClosed(false, 41)
  t.equal(call.session.summary().lostSamples, 320)
})

t.test('what the recorder says is carried out like what the PBX says', async (t) => {
  const call = sessionCall({ detectors: [listener()] })
  call.begin()
  call.say(0, { kind: 'violation', side: 'recorder', code: 'some-code' })
  call.session.receiveFromRecorder({ data: new Uint8Array(), isBinary: false }, 1)
  t.equal(call.session.summary().violations, 2)
  t.strictSame(call.audits.slice(-1), [{ kind: 'violation', side: 'recorder', code: 'some-code' }])
})

t.test('detectors are told the tracks, the clock rate of positions and the rate of the PCM', async (t) => {
  const call = sessionCall({ detectors: [listener()], call: callStart(2, true) })
  call.begin()
  t.match(call.setups, [
    { clockRateHz: 8_000, sampleRateHz: [8_000, 8_000], tracks: [{ role: 'caller' }, { role: 'agent' }] },
  ])
})

t.test('a call of a codec that is not built in cannot begin', async (t) => {
  const call = callStart()
  const streams = call.streams.map((stream) => ({ ...stream, format: { ...stream.format, codec: 'g729' } }))
  t.throws(() => sessionCall({ call: { ...call, streams } }).begin(), { code: 'REDACT_ERR_CODEC_UNKNOWN' })
})

t.test(
  'several messages that came together are settled once, and leave as if they had come apart',
  async (t) => {
    const [apart, together] = [
      sessionCall({ detectors: [listener()] }),
      sessionCall({ detectors: [listener()] }),
    ]
    for (const call of [apart, together]) call.begin()
    const payloadOf = (n: number) => new Uint8Array(160).fill(0x20).fill(TONE, n === 3 ? 60 : 160, 100)
    const arrive = (n: number) => ({ kind: 'media', frame: frame(n, 0, { payload: payloadOf(n) }) }) as const
    for (let n = 0; n < 12; n++) {
      apart.say(20 * n, arrive(n))
      together.mean(arrive(n))
      together.session.take(anything, 20 * n)
      if (n > 5 && n % 3 === 2) t.ok(together.sent.length < apart.sent.length, 'not before they are settled')
      if (n % 3 === 2) together.session.settle(20 * n)
    }
    t.strictSame(together.sent, apart.sent)
    t.strictSame(together.sent.slice(4, 5), ['changed 20x20 ffx120 20x20'])
  },
)

t.test(
  'every frame that leaves is timed, every eighth that is heard, and every eighth look at a detector',
  async (t) => {
    const stages = new Map<string, number>()
    let lags = 0
    const call = sessionCall({
      detectors: [listener()],
      metrics: {
        latency: (stage, _ms, count = 1) => void stages.set(stage, (stages.get(stage) ?? 0) + count),
        detectorLag: () => void lags++,
      },
    })
    call.begin()
    call.hear(0, 24)
    t.strictSame(
      Object.fromEntries(stages),
      { hold: 19, total_added: 19, detect: 3, release: 20 },
      'with the start',
    )
    t.equal(lags, 3)
  },
)
