import t from 'tap'
import { type PictureOf, picture } from '../../../bench/demo/picture.js'
import { bothTracks, recordingOf, toyAnswer, toyCall, toySpans } from '../../support/demo-call.js'

const call = toyCall()
const of = (more: Partial<PictureOf> = {}): PictureOf => ({
  dialect: 'twilio',
  call,
  recorded: recordingOf(call, bothTracks(300, 1000)),
  spans: toySpans,
  answers: [toyAnswer],
  ...more,
})

/** Whether every element that opens is closed, in order. */
const isWellFormed = (svg: string): boolean => {
  const open: string[] = []
  for (const [, close, name, attributes] of svg.matchAll(/<(\/?)(\w+)([^<>]*)>/g)) {
    if (close === '/') {
      if (open.pop() !== name) return false
    } else if (!attributes!.endsWith('/')) open.push(name!)
  }
  return open.length === 0
}

t.test(
  'the picture is one well-formed document with a title and a description for those who cannot see it',
  async (t) => {
    const svg = picture(of())
    t.ok(isWellFormed(svg))
    t.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    t.match(svg, 'role="img" aria-labelledby="title desc"')
    t.match(svg, '<title id="title">')
    t.match(svg, '1 keys are marked')
    t.notMatch(svg, /NaN|undefined|Infinity/)
  },
)

t.test('a span of every track is a band in every lane, another in its own lane alone', async (t) => {
  const bandsOf = (spans: PictureOf['spans']): number =>
    picture(of({ spans })).split('fill-opacity="0.22"').length - 1
  t.equal(bandsOf(toySpans), 2)
  t.equal(bandsOf([{ ...toySpans[0]!, track: 1 }]), 1)
})

t.test('the legend names the reasons that there are, also those it has no words for', async (t) => {
  t.match(picture(of()), 'silent: keys (dtmf)')
  t.notMatch(picture(of()), 'silent: payment step')
  t.match(picture(of({ spans: [{ ...toySpans[0]!, reason: 'consent' }] })), '>consent<')
})

t.test('a start of a payment step points back to where the silence begins, an end does not', async (t) => {
  t.match(picture(of({ answers: [{ ...toyAnswer, atMs: 50, silentFromMs: 25 }] })), 'applied, 0.0 s back')
  t.notMatch(picture(of({ answers: [{ ...toyAnswer, state: 'ended', silentFromMs: null }] })), 's back')
})

t.test('text is escaped', async (t) => {
  t.match(picture(of({ dialect: 'a<b&c' })), 'forked by a&lt;b&amp;c')
})
