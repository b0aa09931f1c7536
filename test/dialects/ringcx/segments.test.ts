import t from 'tap'
import { Segments } from '../../../proxy/dialects/ringcx/segments.js'
import { AGENT, BOT, CONTACT } from '../../support/ringcx.js'

const CHUNK = 800

/** Parties by name; `place` says `track@sample`, or null. */
const call = (trackCount = 2) => {
  const segments = new Segments(trackCount)
  const place = (id: string, count = CHUNK): string | null => {
    const placed = segments.place(segments.find(id)!, count)
    return placed && `${placed.track}@${placed.startSample}`
  }
  return { segments, place }
}

t.test('two parties that begin together lie side by side', async (t) => {
  const { segments, place } = call()
  segments.start('c', CONTACT, 'pcmu')
  segments.start('a', AGENT, 'pcmu')
  t.same([place('c'), place('a'), place('c'), place('a')], ['0@0', '1@0', '0@800', '1@800'])
})

t.test('a party that comes later begins where the call is by then', async (t) => {
  const { segments, place } = call()
  segments.start('c', CONTACT, 'pcmu')
  for (let i = 0; i < 10; i++) place('c')
  segments.start('a', AGENT, 'pcmu')
  t.equal(place('a'), '1@7200', 'its first chunk ends with the newest one')
  t.equal(place('a'), '1@8000')
})

t.test('a party that paused for more than 300 ms goes on where the call is; less is only late', async (t) => {
  const { segments, place } = call()
  segments.start('c', CONTACT, 'pcmu')
  segments.start('a', AGENT, 'pcmu')
  for (let i = 0; i < 4; i++) place('c')
  t.equal(place('a'), '1@0', '300 ms late')
  place('c')
  t.equal(place('a'), '1@800')
  for (let i = 0; i < 2; i++) place('c')
  t.equal(place('a'), '1@4800', '400 ms late')
})

t.test('behind a pause, audio begins no further back than detectors wait', async (t) => {
  const { segments, place } = call()
  segments.start('c', CONTACT, 'pcmu')
  segments.start('a', AGENT, 'pcmu')
  place('c', 80_000)
  t.equal(place('a', 16_000), '1@77600')
})

t.test('when a party leaves, the next of its kind has its track', async (t) => {
  const { segments, place } = call()
  segments.start('c', CONTACT, 'pcmu')
  segments.start('bot', BOT, 'pcmu')
  place('c')
  t.equal(place('bot'), '1@0')
  segments.stop('bot')
  segments.start('a', AGENT, 'pcmu')
  t.equal(place('a'), '1@800')
})

t.test('a party that finds its track taken is heard once it is free', async (t) => {
  const { segments, place } = call()
  segments.start('a1', AGENT, 'pcmu')
  segments.start('a2', AGENT, 'pcmu')
  t.equal(place('a1'), '1@0')
  t.equal(place('a2'), null)
  segments.stop('a1')
  t.equal(place('a2'), '1@800')
})

t.test('further tracks take whoever comes, but nobody takes the track of the other kind', async (t) => {
  const { segments, place } = call(4)
  for (const [id, type] of [
    ['a1', AGENT],
    ['a2', AGENT],
    ['a3', AGENT],
    ['a4', AGENT],
    ['c1', CONTACT],
    ['c2', CONTACT],
  ] as const)
    segments.start(id, type, 'pcmu')
  t.same(
    ['a1', 'a2', 'a3', 'a4', 'c1', 'c2'].map((id) => place(id)),
    ['1@0', '2@0', '3@0', null, '0@0', null],
  )
})

t.test('whoever is of no known kind is taken for a caller', async (t) => {
  const { segments, place } = call()
  segments.start('x', 9, 'pcmu')
  t.equal(place('x'), '0@0')
})

t.test(
  'a number that is not above the last one came before, until something happens to the segment',
  async (t) => {
    const { segments } = call()
    segments.start('c', CONTACT, 'pcmu')
    const segment = segments.find('c')!
    t.same(
      [0, 1, 1, 2, 5, 4, 0, 6].map((seq) => segments.isRepeated(segment, seq)),
      [false, false, true, false, false, true, false, false],
    )
    segments.forgetSeq(segment)
    t.equal(segments.isRepeated(segment, 1), false)
  },
)

t.test('64 segments at once are enough', async (t) => {
  const { segments } = call()
  for (let i = 0; i < 64; i++) {
    t.notOk(segments.isFull)
    segments.start(`${i}`, CONTACT, 'pcmu')
  }
  t.ok(segments.isFull)
  segments.stop('0')
  t.notOk(segments.isFull)
})
