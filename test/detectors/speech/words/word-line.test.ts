import t from 'tap'
import { WORDS_MAX, WordLine } from '../../../../proxy/detectors/speech/words/word-line.js'

const line = new WordLine(0)
const word = (text: string, startSample: number, isFinal = true) => ({
  track: 0,
  text,
  startSample,
  endSample: startSample + 1000,
  isFinal,
})
const texts = (of: WordLine): string => of.pieces.map(({ text }) => text).join(' ')

t.test('words stand in the order of their times, however they come', async (t) => {
  line.add(word('two', 4000))
  line.add(word('One', 2000))
  line.add(word('twenty-three', 6000))
  t.equal(texts(line), 'one two twenty three')
})

t.test('the same word told again is one, also where its times differ a little', async (t) => {
  t.notOk(line.add(word('two', 4000)))
  t.notOk(line.add(word('two', 4300)))
  t.ok(line.add(word('two', 5000)), 'said twice')
  t.equal(texts(line), 'one two two twenty three')
})

t.test('what was not final is replaced by what is, and does not come back', async (t) => {
  const line = new WordLine(0)
  line.add(word('fore', 1000, false))
  line.add(word('won', 2000, false))
  line.add(word('to', 8000, false))
  line.add(word('four', 1000))
  t.equal(texts(line), 'four won to')
  line.add(word('one', 2000))
  t.equal(texts(line), 'four one to')
  t.notOk(line.add(word('fore', 1000, false)))
  t.equal(texts(line), 'four one to')
})

t.test('it holds no more words than it may, and forgets the oldest', async (t) => {
  const line = new WordLine(0)
  for (let i = 0; i < WORDS_MAX + 10; i++) line.add(word(`w${i}`, i * 2000))
  t.equal(line.pieces.length, WORDS_MAX)
  t.equal(line.pieces[0]!.text, 'w10')
  line.prune(20 * 2000)
  t.equal(line.pieces[0]!.text, 'w20')
})
