import t from 'tap'
import { isCount, MediaShape, type ShapeValue } from '../../../proxy/dialects/json-media/media-shape.js'
import { mediaMemories, wayOf } from '../../support/media-memories.js'

const fits = (shape: MediaShape, text: string): boolean => shape.fits(Buffer.from(text))

for (const memory of mediaMemories)
  t.test(`shapes ${wayOf(memory)}`, async (t) => {
    const shapeOf = (text: string, ...kinds: readonly ShapeValue['kind'][]): MediaShape => {
      const found = [...text.matchAll(/(?<=<)[^>]*(?=>)/g)]
      const values = found.map(({ index, 0: value }, i) => ({
        kind: kinds[i]!,
        start: index,
        end: index + value.length,
      }))
      return new MediaShape(Buffer.from(text), values, 1, memory)
    }

    t.test('what has the same bytes around its values fits, and its values are its own', async (t) => {
      const shape = shapeOf('n<7> t<12>', 'counter', 'timestamp')
      t.ok(fits(shape, 'n<8> t<1234>'))
      t.match(shape, { track: 1, counter: 8, timestampMs: 1234 })
      t.ok(fits(shape, 'n<0> t<1234567890123>'))
      t.match(shape, { counter: 0, timestampMs: 1_234_567_890_123 })
      for (const other of [
        'n<8> t<12',
        'n<8> t<12>>',
        'm<8> t<12>',
        'n<> t<12>',
        'n<8> t<x>',
        'n<-8> t<12>',
        '',
      ])
        t.notOk(fits(shape, other), other)
    })

    t.test('a payload ends at the quote, as long as the one before it or not', async (t) => {
      const shape = new MediaShape(
        Buffer.from('p"AAAA"!'),
        [{ kind: 'payload', start: 2, end: 6 }],
        0,
        memory,
      )
      for (const payload of ['BBBB', 'CCCCCCCC', '', 'DDDD']) {
        t.ok(fits(shape, `p"${payload}"!`))
        t.same([shape.payloadStart, shape.payloadEnd], [2, 2 + payload.length])
      }
      t.notOk(fits(shape, 'p"AAAA!'), 'no quote')
      t.notOk(fits(shape, 'p"AAAA"?'))
      t.equal(shape.counter, -1)
    })
  })

t.test('a count is short, and JSON', async (t) => {
  const is = (digits: string, isQuoted = false): boolean =>
    isCount(Buffer.from(digits), 0, digits.length, isQuoted)
  for (const digits of ['0', '7', '123456789012', '1234567890123']) t.ok(is(digits), digits)
  for (const digits of ['', '2234567890123', '12345678901234', '07']) t.notOk(is(digits), digits)
  t.ok(is('07', true), 'in quotes it is a text')
})
