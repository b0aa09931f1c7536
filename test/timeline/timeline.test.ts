// Two tracks, a and b, of 8,000 Hz: streams 0 and 1 carry one each, stream 2 both, interleaved. Frames last 20 ms = 160
// samples; the hold-back is 100 ms = 800 samples.
import t from 'tap'
import { LIFTS_MAX } from '../../proxy/base/limits.js'
import type { HeldMessage } from '../../proxy/dialects/dialect.js'
import type { MediaFrame } from '../../proxy/media/frame.js'
import type { OpenSpan } from '../../proxy/timeline/span.js'
import { type Release, Timeline } from '../../proxy/timeline/timeline.js'
import { WatermarkGate } from '../../proxy/timeline/watermark.js'

const FORMAT = { codec: 'pcmu', clockRateHz: 8_000, channelCount: 1 } as const
const STREAMS = [
  { format: FORMAT, tracks: [0] },
  { format: FORMAT, tracks: [1] },
  { format: { ...FORMAT, channelCount: 2 }, tracks: [0, 1] },
] as const
const LIMITS = { holdBackMs: 100, holdBackSamples: 800, itemsMax: 100, bytesMax: 100_000 }
const OVERDUE_MS = 1_000_000

const newLine = (limits: Partial<typeof LIMITS> = {}): Timeline =>
  new Timeline(2, STREAMS, { ...LIMITS, ...limits })

interface FrameParts {
  readonly stream?: number
  readonly receivedAtMs?: number
  readonly unjudgeable?: string
  readonly payload?: Uint8Array
}
type Item =
  | { readonly frame: MediaFrame; readonly unjudgeable: string | null }
  | { readonly held: HeldMessage }
const media = (startSample: number, parts: FrameParts = {}): Item & { frame: MediaFrame } => ({
  frame: {
    stream: parts.stream ?? 0,
    startSample,
    sampleCount: 160,
    payload: parts.payload ?? new Uint8Array(160),
    envelope: null,
    receivedAtMs: parts.receivedAtMs ?? 0,
    heldBytes: 200,
  },
  unjudgeable: parts.unjudgeable ?? null,
})
const text = (name: string): Item => ({ held: { envelope: name, heldBytes: 10 } })
const push = (line: Timeline, item: Item): void =>
  'held' in item ? line.pushMessage(item.held) : line.pushFrame(item.frame, item.unjudgeable)

/** A gate that has judged both tracks up to `judged`, and up to `tolerated` if what fails open is left out. */
const gateAt = (judged: number, tolerated = judged): WatermarkGate => {
  const gate = new WatermarkGate(2, { ownSamples: 0, crossSamples: null })
  gate.update([
    { health: 'ok', isFailOpen: true, watermarkSample: () => judged },
    { health: 'ok', isFailOpen: false, watermarkSample: () => tolerated },
  ])
  return gate
}
const OPEN_GATE = gateAt(Infinity)
const SHUT_GATE = gateAt(0)

/** What is silent in a release, channel by channel, and why. */
const silenceOf = (release: Release | undefined): string[] | undefined =>
  release?.ranges.map((r, i) => `${r.channel}:${r.startSample}-${r.endSample} ${release.reasons[i]}`)
/** Lets the head leave and tells what of it is silent. */
const silenceOfHead = (line: Timeline, gate = OPEN_GATE): string[] | undefined =>
  silenceOf(line.judge(gate, OVERDUE_MS))
const span = (startSample: number, endSample: number, reason = 'dtmf', track: number | null = null) => ({
  track,
  startSample,
  endSample,
  reason,
})
const openSpan = (startSample: number): OpenSpan => ({
  track: null,
  startSample,
  endSample: Infinity,
  reason: 'payment',
})
/** A timeline of one track's frames [0, samples), all of which have left as they came. */
const lineThatReleased = (samples: number): Timeline => {
  const line = newLine()
  for (let at = 0; at < samples; at += 160) push(line, media(at))
  while (line.judge(OPEN_GATE, OVERDUE_MS) !== undefined) {
    // until nothing is held
  }
  return line
}

t.test('judge() holds a judged frame until the track is the hold-back ahead of its end', async (t) => {
  const line = newLine()
  for (let at = 0; at < 800; at += 160) push(line, media(at))
  t.equal(line.judge(OPEN_GATE, 99), undefined, '640 samples ahead')
  push(line, { ...media(800), frame: { ...media(800).frame, sampleCount: 159 } })
  t.equal(line.judge(OPEN_GATE, 99), undefined, '799 samples ahead')
  push(line, { ...media(959), frame: { ...media(959).frame, sampleCount: 1 } })
  t.strictSame(silenceOf(line.judge(OPEN_GATE, 99)), [], '800 samples ahead')
  t.equal(line.judge(OPEN_GATE, 99), undefined, 'the next one waits in turn')
})

t.test('judge() holds an interleaved frame until both tracks are the hold-back ahead', async (t) => {
  const line = newLine()
  push(line, media(0, { stream: 2 }))
  push(line, media(800, { stream: 0 }))
  t.equal(line.judge(OPEN_GATE, 99), undefined)
  push(line, media(800, { stream: 1 }))
  t.strictSame(silenceOf(line.judge(OPEN_GATE, 99)), [])
})

t.test('judge() lets a judged frame go when it has waited the hold-back by the clock', async (t) => {
  const line = newLine()
  push(line, media(0, { receivedAtMs: 5 }))
  t.equal(line.judge(OPEN_GATE, 104), undefined)
  t.strictSame(silenceOf(line.judge(OPEN_GATE, 105)), [])
})

t.test('judge() holds a frame of which one sample is unjudged, however far the track has come', async (t) => {
  const line = newLine()
  push(line, media(0))
  push(line, media(9_840))
  t.equal(line.judge(gateAt(159), 99), undefined)
  t.strictSame(silenceOf(line.judge(gateAt(160), 99)), [])
})

t.test('judge() silences at the deadline exactly what nobody has judged', async (t) => {
  const line = newLine()
  push(line, media(0))
  push(line, media(160))
  push(line, media(320))
  t.equal(line.judge(gateAt(159), 99), undefined)
  t.strictSame(silenceOf(line.judge(gateAt(159), 100)), ['0:159-160 deadline'])
  t.strictSame(silenceOf(line.judge(gateAt(159), 100)), ['0:0-160 deadline'])
  t.strictSame(silenceOf(line.judge(SHUT_GATE, 100)), ['0:0-160 deadline'])
})

t.test('judge() silences the unjudged part of each channel of an interleaved frame', async (t) => {
  const line = newLine()
  const gate = new WatermarkGate(2, { ownSamples: 0, crossSamples: null })
  const watermarkSample = (track: number): number => (track === 0 ? 160 : 40)
  gate.update([{ health: 'ok', isFailOpen: false, watermarkSample }])
  push(line, media(0, { stream: 2 }))
  t.equal(line.judge(gate, 99), undefined, 'waits for both')
  t.strictSame(silenceOf(line.judge(gate, 100)), ['1:40-160 deadline'])
})

t.test('judge() silences a span to the sample: [start, end)', async (t) => {
  const line = newLine()
  for (const at of [0, 160, 320]) push(line, media(at))
  line.redact(span(159, 321))
  t.strictSame(silenceOfHead(line), ['0:159-160 dtmf'])
  t.strictSame(silenceOfHead(line), ['0:0-160 dtmf'])
  t.strictSame(silenceOfHead(line), ['0:0-1 dtmf'])
})

t.test(
  'judge() ignores spans that end where the frame starts, or start where it ends, or are empty',
  async (t) => {
    const line = newLine()
    push(line, media(160))
    line.redact(span(0, 160))
    line.redact(span(320, 480))
    line.redact(span(200, 200))
    t.strictSame(silenceOfHead(line), [])
  },
)

t.test("a track's span silences that track alone, in its own frames and in an interleaved one", async (t) => {
  const line = newLine()
  line.redact(span(0, 320, 'dtmf', 1))
  push(line, media(0, { stream: 0 }))
  push(line, media(0, { stream: 1 }))
  push(line, media(160, { stream: 2 }))
  t.strictSame(silenceOfHead(line), [])
  t.strictSame(silenceOfHead(line), ['0:0-160 dtmf'])
  t.strictSame(silenceOfHead(line), ['1:0-160 dtmf'])
})

t.test('a span without a track silences them all; one of an unknown track none', async (t) => {
  const line = newLine()
  line.redact(span(0, 10))
  line.redact(span(20, 30, 'dtmf', 7))
  push(line, media(0, { stream: 2 }))
  t.strictSame(silenceOfHead(line), ['0:0-10 dtmf', '1:0-10 dtmf'])
})

t.test(
  'several reasons silence one frame, each for its own part; their end is the last of their ends',
  async (t) => {
    const line = newLine()
    const payment = openSpan(20)
    line.redact(payment)
    line.redact(span(10, 60, 'dtmf'))
    line.redact(span(50, 90, 'digit'))
    line.close(payment, 40)
    push(line, media(0))
    t.strictSame(silenceOfHead(line), ['0:20-40 payment', '0:10-60 dtmf', '0:50-90 digit'])
  },
)

t.test('ending one of two nested open spans opens no sample of the other', async (t) => {
  const line = newLine()
  const outer = openSpan(0)
  const inner = openSpan(40)
  line.redact(outer)
  line.redact(inner)
  line.close(inner, 80)
  push(line, media(0))
  push(line, media(160))
  t.strictSame(silenceOfHead(line), ['0:0-160 payment', '0:40-80 payment'])
  t.strictSame(silenceOfHead(line), ['0:0-160 payment'])
  line.close(outer, 330)
  push(line, media(320))
  t.strictSame(silenceOfHead(line), ['0:0-10 payment'])
})

t.test('an open span silences what comes after it, until close() gives it an end', async (t) => {
  const line = newLine()
  const payment = openSpan(100)
  line.redact(payment)
  for (const at of [0, 160, 16_000]) push(line, media(at))
  t.strictSame(silenceOfHead(line), ['0:100-160 payment'])
  t.strictSame(silenceOfHead(line), ['0:0-160 payment'])
  line.close(payment, 16_010)
  t.strictSame(silenceOfHead(line), ['0:0-10 payment'])
})

t.test('close() ends no span before it began', async (t) => {
  const payment = openSpan(1_000)
  newLine().close(payment, 400)
  t.equal(payment.endSample, 1_000)
})

t.test('a span that is over stays in force for every track that has not come so far', async (t) => {
  const line = newLine()
  line.redact(span(0, 100))
  push(line, media(160, { stream: 0 }))
  push(line, media(0, { stream: 1 }))
  t.strictSame(silenceOfHead(line), [])
  t.strictSame(silenceOfHead(line), ['0:0-100 dtmf'])
})

t.test('a frame that nobody could listen to leaves silent as a whole, for that reason alone', async (t) => {
  const line = newLine()
  push(line, media(0, { stream: 2, unjudgeable: 'undecodable-audio' }))
  line.redact(span(0, 10))
  t.strictSame(silenceOfHead(line), ['0:0-160 undecodable-audio', '1:0-160 undecodable-audio'])
})

t.test('nothing overtakes: text waits behind held audio, and leaves as soon as it is the head', async (t) => {
  const line = newLine()
  push(line, text('first'))
  push(line, media(0))
  push(line, text('second'))
  t.match(line.judge(SHUT_GATE, 0)?.item, { kind: 'message', held: { envelope: 'first' } })
  t.equal(line.judge(SHUT_GATE, 0), undefined)
  t.match(line.judge(SHUT_GATE, 100)?.item, { kind: 'media' })
  t.match(line.judge(SHUT_GATE, 0)?.item, { kind: 'message', held: { envelope: 'second' } })
  t.equal(line.judge(SHUT_GATE, 0), undefined, 'empty')
})

t.test('nothing of a release is left in the next', async (t) => {
  const line = newLine()
  push(line, media(0, { stream: 2 }))
  push(line, text('after'))
  push(line, media(160))
  line.redact(span(0, 160))
  line.judge(gateAt(0, 160), OVERDUE_MS)
  t.match(line.judge(OPEN_GATE, OVERDUE_MS), { ranges: [], reasons: [], passedUnjudgedSamples: 0 })
  t.match(line.judge(OPEN_GATE, OVERDUE_MS), { ranges: [], reasons: [], passedUnjudgedSamples: 0 })
})

t.test('after flushBy() judged frames leave at once, unjudged ones as silence at its deadline', async (t) => {
  const line = newLine()
  for (const at of [0, 160]) push(line, media(at))
  t.equal(line.judge(gateAt(160), 10), undefined)
  line.flushBy(50)
  t.strictSame(silenceOf(line.judge(gateAt(160), 10)), [])
  t.equal(line.judge(gateAt(160), 49), undefined)
  t.strictSame(silenceOf(line.judge(gateAt(160), 50)), ['0:0-160 deadline'])
})

t.test('flushBy() keeps the earliest of several deadlines', async (t) => {
  const line = newLine()
  push(line, media(0))
  line.flushBy(50)
  line.flushBy(80)
  t.strictSame(silenceOf(line.judge(SHUT_GATE, 50)), ['0:0-160 deadline'])
})

t.test('a head judged by force leaves its unjudged part as silence', async (t) => {
  const line = newLine()
  push(line, media(0))
  t.strictSame(silenceOf(line.judge(gateAt(100), 0, true)), ['0:100-160 deadline'])
})

t.test('what a fail-open detector has not judged passes at the deadline, and is counted', async (t) => {
  const line = newLine()
  push(line, media(0))
  push(line, media(160))
  t.equal(line.judge(gateAt(40, 200), 99), undefined, 'not before')
  t.match(line.judge(gateAt(40, 200), 100), { ranges: [], passedUnjudgedSamples: 120 })
  const second = line.judge(gateAt(40, 200), 100)
  t.strictSame(silenceOf(second), ['0:40-160 deadline'])
  t.equal(second?.passedUnjudgedSamples, 40)
})

t.test('what a span silences has not passed unjudged', async (t) => {
  const line = newLine()
  push(line, media(0, { stream: 2 }))
  line.redact(span(10, 60))
  line.redact(span(20, 30, 'digit'))
  line.redact(span(50, 80, 'digit'))
  line.redact(span(70, 75, 'manual', 1))
  t.match(line.judge(gateAt(0, 160), 100), { passedUnjudgedSamples: 90 })
  push(line, media(160))
  line.redact(span(0, 320, 'payment'))
  t.match(line.judge(gateAt(0, 320), 100), { passedUnjudgedSamples: 0 })
})

t.test('redact() counts what has left in the clear, to the sample', async (t) => {
  const line = lineThatReleased(800)
  t.strictSame(line.redact(span(799, 900)), {
    lateSamples: 1,
    firstSilentSample: 800,
    late: { tracks: [0], startSample: 799, endSample: 800 },
  })
  t.strictSame(line.redact(span(800, 900)), { lateSamples: 0, firstSilentSample: 800 })
})

t.test('redact() counts no sample late twice, in whatever pieces its spans come', async (t) => {
  const line = lineThatReleased(800)
  t.equal(line.redact(span(100, 200)).lateSamples, 100)
  t.equal(line.redact(span(100, 200, 'digit')).lateSamples, 0)
  t.equal(line.redact(span(300, 400)).lateSamples, 100)
  t.equal(line.redact(span(0, 500)).lateSamples, 300)
  t.equal(line.redact(openSpan(-4_000)).lateSamples, 300)
})

t.test('redact() counts nothing late that left silent', async (t) => {
  const line = newLine()
  line.redact(span(100, 200))
  for (const at of [0, 160, 320]) push(line, media(at))
  for (let i = 0; i < 3; i++) line.judge(gateAt(400), OVERDUE_MS)
  t.strictSame(line.redact(span(100, 200, 'digit')), { lateSamples: 0, firstSilentSample: 100 })
  t.equal(line.redact(span(90, 210, 'digit')).lateSamples, 20)
  t.equal(line.redact(span(390, 480, 'digit')).lateSamples, 10, 'the rest was silenced at the deadline')
})

t.test('redact() counts no hole in the stream: nothing left there', async (t) => {
  const line = newLine()
  push(line, media(0))
  push(line, media(800))
  for (let i = 0; i < 2; i++) line.judge(OPEN_GATE, OVERDUE_MS)
  t.equal(line.redact(span(0, 960)).lateSamples, 320)
})

t.test('redact() tells the track where most was late', async (t) => {
  const line = newLine()
  push(line, media(0, { stream: 0 }))
  push(line, media(0, { stream: 1 }))
  push(line, media(160, { stream: 1 }))
  for (let i = 0; i < 3; i++) line.judge(OPEN_GATE, OVERDUE_MS)
  t.strictSame(line.redact(span(100, 400)), {
    lateSamples: 220,
    firstSilentSample: 320,
    late: { tracks: [0, 1], startSample: 100, endSample: 320 },
  })
})

t.test(
  'redact() answers with a first silent sample that is true though its late part was counted before',
  async (t) => {
    const line = lineThatReleased(800)
    t.equal(line.redact(span(400, 600)).lateSamples, 200)
    t.strictSame(line.redact(span(400, 900, 'digit')), {
      lateSamples: 200,
      firstSilentSample: 800,
      late: { tracks: [0], startSample: 400, endSample: 800 },
    })
    t.strictSame(line.redact(openSpan(400)), { lateSamples: 0, firstSilentSample: 800 })
  },
)

t.test('redact() answers with no sample before the first', async (t) => {
  t.strictSame(newLine().redact(openSpan(-16_000)), { lateSamples: 0, firstSilentSample: 0 })
})

t.test('heads: each track knows its newest sample, the call its newest of all', async (t) => {
  const line = newLine()
  t.equal(line.leadSample, 0)
  push(line, media(160, { stream: 0 }))
  push(line, media(0, { stream: 1 }))
  push(line, media(0, { stream: 0 }))
  t.strictSame([line.headSample(0), line.headSample(1), line.headSample(9)], [320, 160, 0])
  t.equal(line.leadSample, 320)
})

t.test(
  'the head is due when it has been held for long enough by either clock, and text always is',
  async (t) => {
    const line = newLine()
    t.equal(line.isHeadDue(OVERDUE_MS), false)
    push(line, media(0, { stream: 2, receivedAtMs: 7 }))
    t.same(
      [106, 107].map((nowMs) => line.isHeadDue(nowMs)),
      [false, true],
    )
    push(line, media(799, { stream: 2, receivedAtMs: 7 }))
    t.equal(line.isHeadDue(106), false)
    push(line, media(800, { stream: 2, receivedAtMs: 7 }))
    t.equal(line.isHeadDue(106), true)
    const spoken = newLine()
    push(spoken, text('a'))
    t.equal(spoken.isHeadDue(0), true)
  },
)

t.test(
  'a head is due unjudged at the end of its hold-back, until it has been judged, and text never',
  async (t) => {
    const line = newLine()
    t.equal(line.isDueUnjudged(SHUT_GATE, 1_000), false)
    push(line, text('first'))
    push(line, media(0, { receivedAtMs: 7 }))
    t.equal(line.isDueUnjudged(SHUT_GATE, 1_000), false)
    line.judge(SHUT_GATE, 0)
    t.strictSame(
      [106, 107].map((nowMs) => line.isDueUnjudged(SHUT_GATE, nowMs)),
      [false, true],
    )
    t.equal(line.isDueUnjudged(gateAt(159), 107), true)
    t.equal(line.isDueUnjudged(gateAt(160), 107), false)
  },
)

t.test('a full timeline says so, by items and by bytes, and takes no item more', async (t) => {
  const byItems = newLine({ itemsMax: 2 })
  push(byItems, media(0))
  t.notOk(byItems.isFull)
  push(byItems, text('x'))
  t.ok(byItems.isFull)
  t.throws(() => push(byItems, media(160)), { code: 'REDACT_ERR_TIMELINE_FULL' })
  t.equal(byItems.heldCount, 2)

  const byBytes = newLine({ bytesMax: 210 })
  push(byBytes, media(0))
  t.notOk(byBytes.isFull, '200 bytes')
  push(byBytes, text('x'))
  t.ok(byBytes.isFull, '210 bytes')
  byBytes.judge(SHUT_GATE, 0, true)
  t.notOk(byBytes.isFull)
  t.equal(byBytes.heldBytes, 10)
  byBytes.judge(SHUT_GATE, 0)
  t.equal(byBytes.heldBytes, 0)
})

t.test('push() refuses a frame of a stream that was never announced, and keeps nothing of it', async (t) => {
  const line = newLine()
  t.throws(() => push(line, media(0, { stream: 3 })), { code: 'REDACT_ERR_TRACK_UNKNOWN' })
  t.equal(line.heldCount, 0)
  t.equal(line.heldBytes, 0)
})

t.test('discard() overwrites the audio that it gives up, and tells how much it was', async (t) => {
  const line = newLine()
  const payloads = [0x10, 0x20].map((byte) => new Uint8Array(160).fill(byte))
  push(line, media(0, { payload: payloads[0]! }))
  push(line, text('between'))
  push(line, media(160, { payload: payloads[1]! }))
  const message = { data: new Uint8Array(216).fill(0x41), isBinary: false }
  const { frame } = media(320, { payload: new Uint8Array(0) })
  line.pushFrame({ ...frame, message }, null)
  t.equal(line.discard(), 480)
  t.strictSame(payloads, [new Uint8Array(160), new Uint8Array(160)])
  t.strictSame(message.data, new Uint8Array(216), 'where the message alone holds it, too')
  t.equal(line.heldCount, 0)
  t.equal(line.heldBytes, 0)
  t.equal(line.judge(OPEN_GATE, OVERDUE_MS), undefined)
})

t.test('a lift opens what is liftable, on every track, and nothing else', async (t) => {
  const line = newLine()
  line.redact({ ...span(0, 160, 'hold'), isLiftable: true })
  line.redact(span(100, 140, 'payment', 0))
  line.lift({ startSample: 40, endSample: 120 })
  push(line, media(0, { stream: 2 }))
  t.strictSame(silenceOfHead(line), [
    '0:0-40 hold',
    '0:120-160 hold',
    '0:100-140 payment',
    '1:0-40 hold',
    '1:120-160 hold',
  ])
})

t.test('what nobody has judged stays silent under a lift', async (t) => {
  const line = newLine()
  line.lift({ startSample: 0, endSample: Infinity })
  push(line, media(0))
  t.strictSame(silenceOfHead(line, SHUT_GATE), ['0:0-160 deadline'])
})

t.test('a lift holds until every track has left it behind', async (t) => {
  const line = newLine()
  line.redact({ ...span(0, Infinity, 'hold'), isLiftable: true })
  const lift = { startSample: 0, endSample: Infinity }
  line.lift(lift)
  t.ok(line.isLifted)
  line.close(lift, 160)
  t.notOk(line.isLifted)
  for (const [at, stream] of [
    [0, 0],
    [160, 0],
    [0, 1],
    [160, 1],
  ] as const)
    push(line, media(at, { stream }))
  t.strictSame(
    Array.from({ length: 4 }, () => silenceOfHead(line)),
    [[], ['0:0-160 hold'], [], ['0:0-160 hold']],
  )
})

t.test('what a lift let be heard is not late for what it lifts, and is for anything else', async (t) => {
  const line = newLine()
  line.lift({ startSample: 80, endSample: Infinity })
  push(line, media(0))
  line.judge(OPEN_GATE, OVERDUE_MS)
  t.match(line.redact({ ...span(0, 500, 'hold'), isLiftable: true }), { lateSamples: 80 })
  t.match(line.redact(span(0, 500, 'payment')), { lateSamples: 80 }, 'and the rest of it is')
})

t.test('lifts beyond the limit: the oldest that has ended goes', async (t) => {
  const line = newLine()
  line.redact({ ...span(0, 160, 'hold'), isLiftable: true })
  line.lift({ startSample: 0, endSample: 80 })
  for (let i = 1; i < LIFTS_MAX; i++) line.lift({ startSample: 150, endSample: Infinity })
  line.lift({ startSample: 140, endSample: 150 })
  push(line, media(0))
  t.strictSame(silenceOfHead(line), ['0:0-140 hold'])
})

t.test(
  'a silent frame that repeats a position which left in the clear does not make it silent',
  async (t) => {
    const line = lineThatReleased(320)
    push(line, media(160, { unjudgeable: 'overlapping-audio' }))
    t.strictSame(silenceOfHead(line), ['0:0-160 overlapping-audio'])
    t.match(line.redact(span(160, 320, 'payment', 0)), { lateSamples: 160, firstSilentSample: 320 })
  },
)
