import t from 'tap'
import { compilePhrase, findPhrases, phraseBookOf } from '../../../../proxy/detectors/speech/words/phrases.js'
import { piecesSaid, RATE } from '../../../support/speech-words.js'

const isSaid = (phrase: string, text: string): boolean =>
  findPhrases(piecesSaid(text), phraseBookOf([compilePhrase(phrase, true)]), RATE).length > 0

t.test('a phrase is found among other words, with any of its choices and endings', async (t) => {
  t.ok(isSaid('card number', 'your card number please'))
  t.ok(isSaid('credit|debit card', 'a debit card'))
  t.ok(isSaid('diabet*', 'she is diabetic'))
  t.ok(isSaid('(the) long number', 'long number'))
  t.ok(isSaid('(the) long number', 'the long number'))
  t.ok(isSaid('number on (the) back', 'the number on back'))
  t.notOk(isSaid('card number', 'number card'))
  t.notOk(isSaid('card number', 'card and number'))
})

t.test('of three words one more may lie between them', async (t) => {
  t.ok(isSaid('long card number', 'long blue card number'))
  t.notOk(isSaid('long card number', 'long and blue card number'))
  t.notOk(isSaid('long card number', 'long number'))
})

t.test('of four words one may be missing, but not the first or the last', async (t) => {
  t.ok(isSaid('number across the front', 'number across front'))
  t.notOk(isSaid('number across the front', 'number front'))
  t.notOk(isSaid('number across the front', 'across the front'))
  t.notOk(isSaid('number across the front', 'number across the'))
})

t.test('a pause of 1.5 s is in no phrase', async (t) => {
  t.notOk(isSaid('card number', 'card ... ... number'))
})
