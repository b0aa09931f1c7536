import t from 'tap'
import {
  cleanId,
  idsIn,
  instant,
  isSame,
  metadataOf,
  numeral,
  parse,
  scrubText,
  without,
  withoutDigits,
} from '../../../proxy/dialects/json-media/text.js'
import { textMessage } from '../../../proxy/media/wire.js'

t.test('only text is parsed', async (t) => {
  t.same(parse(textMessage('{"event":"mark"}'))?.value, { event: 'mark' })
  t.equal(parse({ ...textMessage('{"event":"mark"}'), isBinary: true }), null)
})

t.test(
  'a numeral is up to 12 digits, or a time in ms, as text or number, and stays what it was',
  async (t) => {
    for (const value of ['0', '000000000001', 7, 999_999_999_999, '1705312200000', 1_705_312_200_000])
      t.equal(numeral(value), value)
    const others = ['', '-1', '1.5', 1.5, -1, '4111111111111', '12345678901234', 1e21, null, ['1'], ' 1']
    for (const value of [...others, { toString: 1 }]) t.equal(numeral(value), undefined)
  },
)

t.test('an instant is one of RFC 3339, and nothing beside it', async (t) => {
  for (const value of ['2026-01-01T10:00:00Z', '2026-01-01T10:00:00.123456+02:00'])
    t.equal(instant(value), value)
  for (const value of [
    '2026-01-01',
    'now',
    7,
    '2026-01-01T10:00:00Z 4',
    '2026-01-01T10:00:00.4111111111111111Z',
  ])
    t.equal(instant(value), undefined)
})

t.test('objects are the same when every value is the very same', async (t) => {
  t.ok(isSame({ a: 1 }, { a: 1 }))
  for (const other of [{ a: 2 }, { a: 1, b: 1 }, {}, { a: '1' }]) t.notOk(isSame({ a: 1 }, other))
})

t.test('an id keeps its digits, unless it is nothing else, or no id at all', async (t) => {
  const ids = idsIn({ callId: 'CA1', start: { streamId: '4111111111111111', callId: 'c-2' } }, [
    'callId',
    'streamId',
  ])
  t.same([...ids], ['callId'])
  t.same([...idsIn({ callId: 'card 4111111111111111' }, ['callId'])], [])
  t.equal(scrubText('{"callId":"c-4111111111111111"}', ids), '{"callId":"c-4111111111111111"}')
  t.equal(scrubText('{"streamId":"4111111111111111"}', ids), '{"streamId":"****************"}')
  t.equal(cleanId('v3:4111111111111111-a'), 'v3:4111111111111111-a')
  t.equal(cleanId('4111111111111111'), '9999999999999999')
  t.equal(cleanId('12345'), '12345')
  t.equal(cleanId('cvv is 737'), 'cvv is ***')
})

t.test('keys that speak of digits go at any depth, what has none is the very same', async (t) => {
  t.same(withoutDigits({ a: { DTMF: '4', b: 1 }, digits: [4] }), { a: { b: 1 } })
  const calm = { a: { b: 1 } }
  t.equal(withoutDigits(calm), calm)
  t.equal(without(calm, ['media']), calm)
  t.same(without({ a: 1, media: 2 }, ['media']), { a: 1 })
})

t.test('metadata is flat, without secrets, and no parameter replaces an id', async (t) => {
  t.same(
    metadataOf({ note: '4111 1111 1111 1111', deep: { a: 1 }, callSid: 'X', cvv: 737 }, { callSid: 'CA1' }),
    {
      note: '**** **** **** ****',
      deep: '{"a":1}',
      callSid: 'CA1',
      cvv: '999',
    },
  )
})
