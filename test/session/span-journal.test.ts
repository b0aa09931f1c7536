import t from 'tap'
import type { SpanEvent } from '../../proxy/policy/audit.js'
import { SpanJournal } from '../../proxy/session/span-journal.js'

const RATE_HZ = 8000
const newJournal = () => {
  const told: SpanEvent[] = []
  return { told, journal: new SpanJournal(RATE_HZ, (event) => void told.push(event)) }
}

t.test('a span is told when it begins, and with its exact range a second behind its end', async (t) => {
  const { told, journal } = newJournal()
  journal.add(0, 800, 960, 'dtmf')
  t.same(told, [{ kind: 'span-opened', reason: 'dtmf', tracks: [0], startSample: 800, endSample: 960 }])
  journal.add(0, 960, 1600, 'dtmf')
  journal.advance(1600 + RATE_HZ - 1)
  t.equal(told.length, 1)
  journal.advance(1600 + RATE_HZ)
  const range = { tracks: [0], startSample: 800, endSample: 1600 }
  t.same(told.slice(1), [{ kind: 'span-closed', reason: 'dtmf', ...range, ranges: [range] }])
})

t.test('keys less than a second apart are one story with a range for each, over both tracks', async (t) => {
  const { told, journal } = newJournal()
  for (const start of [0, 4000, 8000])
    for (const track of [0, 1]) journal.add(track, start, start + 800, 'dtmf')
  journal.add(1, 8800, 8880, 'dtmf')
  journal.finish()
  t.equal(told.length, 2)
  t.match(told[1], {
    kind: 'span-closed',
    tracks: [0, 1],
    startSample: 0,
    endSample: 8880,
    ranges: [
      { tracks: [0, 1], startSample: 0, endSample: 800 },
      { tracks: [0, 1], startSample: 4000, endSample: 4800 },
      { tracks: [0], startSample: 8000, endSample: 8800 },
      { tracks: [1], startSample: 8000, endSample: 8880 },
    ],
  })
})

t.test('reasons are told apart', async (t) => {
  const { told, journal } = newJournal()
  journal.add(0, 0, 80, 'dtmf')
  journal.add(0, 40, 160, 'payment')
  journal.finish()
  t.same(
    told.map(({ kind, reason }) => `${kind} ${reason}`),
    ['span-opened dtmf', 'span-opened payment', 'span-closed dtmf', 'span-closed payment'],
  )
})

t.test('one that lasts is told every minute', async (t) => {
  const { told, journal } = newJournal()
  for (let second = 0; second < 130; second++) {
    journal.advance(second * RATE_HZ)
    journal.add(0, second * RATE_HZ, (second + 1) * RATE_HZ, 'payment')
  }
  journal.finish()
  t.same(
    told.map(({ kind }) => kind),
    ['span-opened', 'span-extended', 'span-extended', 'span-closed'],
  )
  t.match(told[1], { startSample: 0, endSample: 60 * RATE_HZ })
})

t.test('a story of more than 64 ranges goes on in another', async (t) => {
  const { told, journal } = newJournal()
  for (let i = 0; i < 65; i++) journal.add(0, i * 160, i * 160 + 80, 'dtmf')
  journal.finish()
  t.same(
    told.map((event) => (event.kind === 'span-closed' ? event.ranges.length : 0)),
    [0, 64, 0, 1],
  )
})
