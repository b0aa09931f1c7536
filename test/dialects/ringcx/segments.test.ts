import t from 'tap'
import { Segments } from '../../../proxy/dialects/ringcx/segments.js'
import { AGENT, BOT, CONTACT } from '../../support/ringcx.js'

const tracksOf = (segments: Segments, ids: readonly string[]): (number | null)[] =>
  ids.map((id) => segments.place(segments.find(id)!, 800)?.track ?? null)

t.test(
  'a contact has the first track, an agent or a bot the second; an unknown kind is a caller',
  async (t) => {
    for (const [type, track] of [
      [CONTACT, 0],
      [AGENT, 1],
      [BOT, 1],
      [0, 0],
      [9, 0],
    ] as const) {
      const segments = new Segments(2)
      segments.start('s', type, 'pcmu')
      t.same(tracksOf(segments, ['s']), [track], `type ${type}`)
    }
  },
)

t.test('a segment that stops leaves its track to the next, and is unknown from then on', async (t) => {
  const segments = new Segments(2)
  segments.start('bot', BOT, 'pcmu')
  segments.start('agent', AGENT, 'pcmu')
  t.same(tracksOf(segments, ['bot', 'agent']), [1, null])
  segments.stop('bot')
  t.equal(segments.find('bot'), undefined)
  t.same(tracksOf(segments, ['agent']), [1])
  segments.stop('bot')
})

t.test(
  'a number that is not above the last one came before, until something happens to the segment',
  async (t) => {
    const segments = new Segments(2)
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
  const segments = new Segments(2)
  for (let i = 0; i < 64; i++) {
    t.notOk(segments.isFull)
    segments.start(`${i}`, CONTACT, 'pcmu')
  }
  t.ok(segments.isFull)
  segments.stop('0')
  t.notOk(segments.isFull)
})
