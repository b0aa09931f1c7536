import t from 'tap'
import { objectAt, parseObject, scalarText } from '../../proxy/dialects/json-object.js'

t.test('an object is handed over with its text; anything else is null', async (t) => {
  t.same(parseObject('{"a":1}'), { text: '{"a":1}', value: { a: 1 }, isFaithful: true })
  for (const text of ['', '[]', 'null', '1', '"a"', '{', '{"a":1}x', '{"a":1}{"b":2}'])
    t.equal(parseObject(text), null)
})

t.test('text is faithful when nothing in it could be read otherwise', async (t) => {
  for (const text of ['{}', ' { "a" : [ 1 , "x y" ] } ', '{"a":"\\/\\u00fc\\n"}', '{"a":{"b":null}}'])
    t.equal(parseObject(text)?.isFaithful, true, text)
  for (const text of [
    '{"a":1,"a":1}',
    '{"a":{"b":1,"b":2}}',
    '{"\\u0061":1,"a":2}',
    '{"a":1e400}',
    '{"a":12345678901234567890}',
  ])
    t.equal(parseObject(text)?.isFaithful, false, text)
})

t.test('nesting is followed 64 levels deep and no further', async (t) => {
  const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
  t.ok(parseObject(nested(64)))
  for (const depth of [65, 10_000, 500_000]) t.equal(parseObject(nested(depth)), null)
  t.equal(
    parseObject(`{"b":"${']'.repeat(99)}","a":${'['.repeat(99)}${']'.repeat(99)}}`),
    null,
    'brackets in text do not count',
  )
})

t.test('a megabyte of text is no burden', async (t) => {
  t.ok(parseObject(`{"a":"${'x'.repeat(1 << 20)}"}`))
  t.ok(parseObject(`{"a":"${'\\n'.repeat(1 << 19)}"}`))
})

t.test('the object under a key, or an empty one', async (t) => {
  t.same(objectAt({ a: { b: 1 } }, 'a'), { b: 1 })
  for (const a of [null, [], 'x', 1]) t.same(objectAt({ a }, 'a'), {})
})

t.test('only scalars have a text', async (t) => {
  t.same(['x', 1.5, true].map(scalarText), ['x', '1.5', 'true'])
  for (const value of [null, undefined, [1], { toString: 1, valueOf: 1 }]) t.equal(scalarText(value), '')
})
