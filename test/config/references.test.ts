import t from 'tap'
import { lineOf } from '../../proxy/config/problems.js'
import { resolveReferences } from '../../proxy/config/references.js'
import { filesOf } from '../support/config.js'

const env = { TOKEN: 'from-env', EMPTY: '' }
const files = filesOf({ '/s/token': 'from-file\n', '/s/crlf': 'x\r\n', '/s/two': 'a\n\n', '/s/empty': '\n' })
const resolve = (tree: unknown) => resolveReferences(tree, env, files)

t.test('references are replaced wherever they stand, and their paths remembered', async (t) => {
  const { tree, hidden, problems } = resolve({
    a: { env: 'TOKEN' },
    b: [{ c: { file: '/s/token' } }, 'plain', 3, null],
  })
  t.same(tree, { a: 'from-env', b: [{ c: 'from-file' }, 'plain', 3, null] })
  t.same([...hidden], ['a', 'b[0].c'])
  t.same(problems, [])
})

t.test('one line end is taken off a file, and nothing else', async (t) => {
  t.same(resolve({ a: { file: '/s/crlf' }, b: { file: '/s/two' } }).tree, { a: 'x', b: 'a\n' })
})

t.test('what only looks like a reference is left alone', async (t) => {
  const tree = { a: { env: 3 }, b: { env: 'TOKEN', more: 1 }, c: { environment: 'TOKEN' }, d: {} }
  t.same(resolve(tree), { tree, hidden: new Set(), problems: [] })
})

t.test('what cannot be had is a problem at its path, without the name that was written', async (t) => {
  const { tree, problems } = resolve({
    a: { env: 'ABSENT' },
    b: { env: 'EMPTY' },
    c: { file: '/s/absent' },
    d: { file: '/s/empty' },
  })
  t.same(tree, { a: undefined, b: undefined, c: undefined, d: undefined })
  t.same(problems.map(lineOf), [
    'a: the environment variable named here is not set',
    'b: what is referred to is empty',
    'c: the file named here cannot be read (ENOENT)',
    'd: what is referred to is empty',
  ])
})

t.test('what a reference brings is not looked into again', async (t) => {
  const { tree } = resolveReferences({ a: { env: 'A' } }, { A: '{env: TOKEN}', TOKEN: 'x' }, files)
  t.same(tree, { a: '{env: TOKEN}' })
})

t.test('a mapping that contains itself is a problem, not an endless walk', async (t) => {
  const circle: Record<string, unknown> = {}
  circle['again'] = circle
  t.same(resolve({ a: circle }).problems.map(lineOf), ['a.again.again.again: is nested too deeply'])
})
