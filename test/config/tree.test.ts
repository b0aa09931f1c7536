import t from 'tap'
import { changedAt, isMapping } from '../../proxy/config/tree.js'

t.test('a mapping is neither a list, nor null, nor a plain value', async (t) => {
  t.ok(isMapping({}))
  for (const value of [[], null, undefined, 'a', 3]) t.notOk(isMapping(value))
})

t.test('a value is changed in a copy, and mappings on the way are made', async (t) => {
  const tree = { a: { b: 1 }, c: 2 }
  t.same(
    changedAt(tree, ['a', 'b'], (value) => [value]),
    { a: { b: [1] }, c: 2 },
  )
  t.same(
    changedAt(undefined, ['a', 'b'], (value) => value ?? 'new'),
    { a: { b: 'new' } },
  )
  t.same(tree, { a: { b: 1 }, c: 2 })
})

t.test('where something else is in the way, nothing is changed', async (t) => {
  for (const value of [3, 'a', []])
    t.same(
      changedAt({ a: value }, ['a', 'b'], () => 1),
      { a: value },
    )
})
