import t from 'tap'
import { literalOf } from '../../../../proxy/detectors/speech/words/literals.js'
import { piecesOf } from '../../../../proxy/detectors/speech/words/text.js'

const literal = (text: string) => literalOf(piecesOf(text)[0]!)

t.test('digits as a recogniser writes them are as many numbers as there are', async (t) => {
  t.match(literal('4111'), { digits: '4111', weight: 4, isMeasure: false })
  t.match(literal('4111-1111'), { digits: '41111111', weight: 8 })
  t.match(literal('07/26'), { digits: '0726', weight: 4 })
  t.match(literal('QQ123456C.'), { digits: 'qq123456c', weight: 6 })
})

t.test('what may be one number is one', async (t) => {
  t.match(literal('125'), { weight: 1 })
  t.match(literal('4,111'), { digits: '4111', weight: 1 })
  t.match(literal('2500'), { weight: 1 })
})

t.test('amounts, times and shares say so themselves', async (t) => {
  for (const text of ['$45.99', '£125', '45.99', '12:30', '12h30', '50%', '1.250,00'])
    t.match(literal(text), { isMeasure: true }, text)
})

t.test('ordinals and names are no numbers', async (t) => {
  for (const text of ['1st', '22nd', 'windows95', 'abcd1']) t.equal(literal(text), null, text)
})

t.test('a word is taken apart at hyphens and spaces, and loses accents and apostrophes', async (t) => {
  t.same(piecesOf('Quatre-vingt-dix'), ['quatre', 'vingt', 'dix'])
  t.same(piecesOf("l'Arrière"), ['l', 'arriere'])
  t.same(piecesOf("o'clock,"), ['oclock'])
  t.same(piecesOf('dreißig fünf'), ['dreissig', 'funf'])
  t.same(piecesOf(' - ¿? '), [])
})
