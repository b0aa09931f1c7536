import t from 'tap'
import { SPANS_PER_TRACK_MAX } from '../../proxy/base/limits.js'
import { type OpenSpan, type RedactionSpan, SpanList } from '../../proxy/timeline/span.js'

const span = (startSample: number, endSample: number, reason = 'dtmf'): RedactionSpan => ({
  track: 0,
  startSample,
  endSample,
  reason,
})
const ranges = (list: SpanList): string[] =>
  Array.from({ length: list.size }, (_, i) => list.at(i)).map(
    (s) => `${s.startSample}-${s.endSample} ${s.reason}`,
  )

t.test('add() joins a span that continues or overlaps the last of the same reason', async (t) => {
  const list = new SpanList()
  list.add(span(100, 200))
  list.add(span(200, 300))
  list.add(span(250, 260))
  list.add(span(90, 120))
  t.strictSame(ranges(list), ['90-300 dtmf'])
})

t.test('add() keeps spans apart that leave one sample between them', async (t) => {
  const list = new SpanList()
  list.add(span(100, 200))
  list.add(span(201, 300))
  t.strictSame(ranges(list), ['100-200 dtmf', '201-300 dtmf'])
})

t.test('add() joins no two reasons, and not the spans of one track with those of all', async (t) => {
  const list = new SpanList()
  list.add(span(100, 200, 'dtmf'))
  list.add(span(150, 250, 'digit'))
  list.add({ ...span(150, 250, 'digit'), track: null })
  t.strictSame(ranges(list), ['100-200 dtmf', '150-250 digit', '150-250 digit'])
})

t.test('add() leaves an open span alone: its owner still moves its end', async (t) => {
  const list = new SpanList()
  const open: OpenSpan = { track: null, startSample: 0, endSample: Infinity, reason: 'payment' }
  list.add(open)
  list.add({ ...open, startSample: 10, endSample: 20 })
  open.endSample = 15
  t.strictSame(ranges(list), ['0-15 payment', '10-20 payment'])
})

t.test('add() joins the two oldest closed spans at the limit: more silence, never less', async (t) => {
  const list = new SpanList()
  const open: OpenSpan = { track: null, startSample: 0, endSample: Infinity, reason: 'payment' }
  list.add(open)
  for (let i = 1; i < SPANS_PER_TRACK_MAX; i++) list.add(span(i * 10, i * 10 + 5))
  t.equal(list.size, SPANS_PER_TRACK_MAX)
  list.add(span(90_000, 90_001))
  t.equal(list.size, SPANS_PER_TRACK_MAX)
  t.strictSame(ranges(list).slice(0, 3), ['0-Infinity payment', '10-25 dtmf', '30-35 dtmf'])
  t.equal(list.at(list.size - 1).startSample, 90_000)
})

t.test('add() refuses no span when all are open', async (t) => {
  const list = new SpanList()
  for (let i = 0; i <= SPANS_PER_TRACK_MAX; i++) list.add(span(i, Infinity, 'payment'))
  t.equal(list.size, SPANS_PER_TRACK_MAX + 1)
})

t.test('unite() makes one range of all that touch, in any order', async (t) => {
  const list = new SpanList()
  list.unite(span(0, 10, ''))
  list.unite(span(20, 30, ''))
  list.unite(span(40, 50, ''))
  t.equal(list.size, 3)
  list.unite(span(10, 20, ''))
  t.strictSame(ranges(list).sort(), ['0-30 ', '40-50 '])
  list.unite(span(5, 45, ''))
  t.strictSame(ranges(list), ['0-50 '])
})

t.test('unite() forgets the oldest range at the limit', async (t) => {
  const list = new SpanList()
  for (let i = 0; i <= SPANS_PER_TRACK_MAX; i++) list.unite(span(i * 10, i * 10 + 5, ''))
  t.equal(list.size, SPANS_PER_TRACK_MAX)
  t.equal(list.at(0).startSample, 10)
})

t.test('coveredSamples() counts what a set of ranges has of another, to the sample', async (t) => {
  const list = new SpanList()
  t.equal(list.coveredSamples(0, 100), 0)
  list.unite(span(10, 20, ''))
  list.unite(span(30, 40, ''))
  t.equal(list.coveredSamples(0, 100), 20)
  t.equal(list.coveredSamples(19, 31), 2)
  t.equal(list.coveredSamples(20, 30), 0)
})

t.test(
  'prune() forgets what ends at or before the sample, and keeps what reaches one sample further',
  async (t) => {
    const list = new SpanList()
    list.add(span(0, 100))
    list.add(span(50, 101, 'digit'))
    list.add(span(0, Infinity, 'payment'))
    list.prune(100)
    t.strictSame(ranges(list), ['50-101 digit', '0-Infinity payment'])
  },
)

t.test('spans that become one can be lifted as they could', async (t) => {
  const spans = new SpanList()
  for (const startSample of [0, 80])
    spans.add({
      track: 0,
      startSample,
      endSample: startSample + 80,
      reason: 'special-category',
      isLiftable: true,
    })
  t.equal(spans.size, 1)
  t.equal(spans.at(0).isLiftable, true)
})
