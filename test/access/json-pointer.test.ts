import t from 'tap'
import { JSON_POINTER_PATTERN, valueAt } from '../../proxy/access/json-pointer.js'

t.test('valueAt() finds what the examples of RFC 6901, section 5, find', async (t) => {
  const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'm~n': 8, ' ': 7 }
  const cases: readonly (readonly [string, unknown])[] = [
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/ ', 7],
    ['/m~0n', 8],
  ]
  for (const [pointer, value] of cases) {
    t.same(valueAt(document, pointer), value, pointer)
    t.match(pointer, JSON_POINTER_PATTERN)
  }
})

t.test('valueAt() finds nothing that is not there, and nothing inherited', async (t) => {
  for (const pointer of ['/x', '/foo/1', '/foo/bar', '/constructor', '/__proto__', '/foo/length/x'])
    t.equal(valueAt({ foo: ['bar'] }, pointer), undefined, pointer)
  t.equal(valueAt(null, '/a'), undefined)
})

t.test('a pointer begins with a slash and escapes its tildes', async (t) => {
  for (const text of ['a', 'a/b', '/~', '/a~2']) t.notMatch(text, JSON_POINTER_PATTERN)
})
