import t from 'tap'
import { wordsOf } from '../../../../../proxy/detectors/speech/recognizers/remote/word-text.js'

t.test('words are in lower case, without the punctuation around them', async (t) => {
  t.same(wordsOf('My card: "Four-nine", 4929 1234, 12/27. OH — £1,200!'), [
    'my',
    'card',
    'four-nine',
    '4929',
    '1234',
    '12/27',
    'oh',
    '1,200',
  ])
  t.same(wordsOf(''), [])
  t.same(wordsOf(' . , \n'), [])
})

t.test('letters of every alphabet are letters', async (t) => {
  t.same(wordsOf('¿Número ÜBER drei?'), ['número', 'über', 'drei'])
})

t.test('what is too long for a word is cut', async (t) => {
  t.equal(wordsOf('x'.repeat(1_000))[0]!.length, 64)
})
