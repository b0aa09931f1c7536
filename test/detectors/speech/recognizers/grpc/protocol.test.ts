import t from 'tap'
import { spotsIn, wordsIn } from '../../../../../proxy/detectors/speech/recognizers/grpc/protocol.js'

t.test('a text of several words is taken apart, and its time shared', async (t) => {
  const response = { words: [{ text: 'Four, nine.', start_sample: 800, end_sample: 2_400, final: false }] }
  t.same(wordsIn(response), [
    { text: 'four', startSample: 800, endSample: 1_600, isFinal: false },
    { text: 'nine', startSample: 1_600, endSample: 2_400, isFinal: false },
  ])
})

t.test('no text is no word, and times that go backwards have no length', async (t) => {
  t.same(wordsIn({}), [])
  t.same(wordsIn({ words: [{ text: ' - ', start_sample: 0, end_sample: 8, final: true }] }), [])
  t.same(wordsIn({ words: [{ text: 'one', start_sample: 80, end_sample: 8, final: true }] }), [
    { text: 'one', startSample: 80, endSample: 80, isFinal: true },
  ])
})

t.test('what is 0 or false is not on the wire', async (t) => {
  t.same(wordsIn({ words: [{ text: 'one', end_sample: 800 }] }), [
    { text: 'one', startSample: 0, endSample: 800, isFinal: false },
  ])
})

t.test('what was spotted is told as such, and a suspicion is not final', async (t) => {
  const spots = [
    { text: 'Four', start_sample: 800, end_sample: 1_600, certainty: 0.37 },
    { text: 'card', start_sample: 1_600, end_sample: 2_400, suspected: true },
  ]
  t.same(spotsIn({ spots }), [
    { text: 'four', startSample: 800, endSample: 1_600, isFinal: true, isSpot: true, certainty: 0.37 },
    { text: 'card', startSample: 1_600, endSample: 2_400, isFinal: false, isSpot: true, certainty: 1 },
  ])
  t.same(spotsIn({}), [])
})

t.test('a certainty that is none counts in full: a number was said', async (t) => {
  for (const [certainty, counts] of [
    [0, 0],
    [1, 1],
    [-1, 1],
    [-0.001, 1],
    [1.001, 1],
    [87, 1],
    [Number.NaN, 1],
    [Infinity, 1],
    [-Infinity, 1],
  ] as const)
    t.equal(spotsIn({ spots: [{ text: 'four', certainty }] })[0]!.certainty, counts, `${certainty}`)
})
