import t from 'tap'
import { wordsIn } from '../../../../../proxy/detectors/speech/recognizers/grpc/protocol.js'

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
