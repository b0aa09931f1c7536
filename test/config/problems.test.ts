import t from 'tap'
import { z } from 'zod'
import { lineOf, listed, pathText, problemsOf } from '../../proxy/config/problems.js'

const lines = (schema: z.ZodType, value: unknown): string[] => problemsOf(schema, value, ['x']).map(lineOf)

t.test('a path is written as it would be in code; names that are no words are quoted and cut', async (t) => {
  t.equal(pathText(['forks', 1, 'policy']), 'forks[1].policy')
  t.equal(pathText([]), '')
  t.equal(pathText(['a', 'b c\n']), 'a."b c\\n"')
  t.equal(pathText(['a', ' '.repeat(200)]), `a."${' '.repeat(64)}"`)
})

t.test('choices are listed as people list them', async (t) => {
  t.equal(listed(['a']), '`a`')
  t.equal(listed(['a', 'b']), '`a` or `b`')
  t.equal(listed(['a', 'b', 'c']), 'one of `a`, `b`, `c`')
})

t.test('every kind of refusal has words of its own', async (t) => {
  t.same(lines(z.string(), 3), ['x: must be text'])
  t.same(lines(z.strictObject({ a: z.number() }), {}), ['x.a: is missing'])
  t.same(lines(z.number().int(), 1.5), ['x: must be a whole number'])
  t.same(lines(z.boolean(), 'yes'), ['x: must be true or false'])
  t.same(lines(z.array(z.string()), {}), ['x: must be a list'])
  t.same(lines(z.strictObject({}), []), ['x: must be a mapping'])
  t.same(lines(z.string().min(2), 'a'), ['x: must have at least 2 characters'])
  t.same(lines(z.array(z.string()).max(1), ['a', 'b']), ['x: must have at most 1 entry'])
  t.same(lines(z.number().multipleOf(8), 9), ['x: must be a multiple of 8'])
  t.same(lines(z.url(), 'a'), ['x: must be a URL'])
  t.same(lines(z.base64(), '?'), ['x: must be base64'])
  t.same(lines(z.string().regex(/^[ab]$/), 'c'), ['x: must match /^[ab]$/'])
})

t.test('each unknown key is a problem of its own', async (t) => {
  t.same(lines(z.strictObject({ path: z.string().optional() }), { pth: 1, zzzzz: 2 }), [
    'x.pth: is not a known key; did you mean `path`?',
    'x.zzzzz: is not a known key',
  ])
})

t.test('of the ways to write a value, the one that was meant is judged', async (t) => {
  const schema = z.union([
    z.literal('none'),
    z.strictObject({ type: z.literal('basic'), user: z.string() }),
    z.strictObject({ type: z.literal('bearer'), token: z.string() }),
  ])
  t.same(lines(schema, 'nothing'), ['x: must be `none` or a mapping'])
  t.same(lines(schema, { type: 'bearer' }), ['x.token: is missing'])
  t.same(lines(schema, { type: 'bearer', token: 't' }), [])
})

t.test('a union by name says which names there are', async (t) => {
  const schema = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('first') }),
    z.strictObject({ kind: z.literal('second') }),
  ])
  t.same(lines(schema, { kind: 'frist' }), ['x.kind: must be `first` or `second`; did you mean `first`?'])
  t.same(lines(schema, {}), ['x.kind: is missing: `first` or `second`'])
  t.same(lines(schema, 7), ['x: must be a mapping'])
})
