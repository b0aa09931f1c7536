import t from 'tap'
import { ConfigError, lineOf } from '../../proxy/config/problems.js'
import { parseYaml } from '../../proxy/config/yaml.js'

const refused = (text: string): string[] => {
  try {
    parseYaml(text)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(lineOf)
    throw error
  }
  return []
}

t.test('a mapping is read, with anchors; empty sections are absent', async (t) => {
  t.same(parseYaml('a: 1\nb:\nc: {d: null}\ne: &e [x]\nf: *e\n'), {
    a: 1,
    c: { d: null },
    e: ['x'],
    f: ['x'],
  })
  t.same(parseYaml(''), {})
  t.same(parseYaml('\ufeffa: 1'), { a: 1 }, 'a byte order mark is no part of the first key')
})

t.test('faults are named by line, the first of each', async (t) => {
  t.same(refused('a: 1\nb: 2\na: 3\n'), ['line 3: a key is written twice in one mapping'])
  t.same(refused('x:\n  a: 1\n  a: 2\n'), ['line 3: a key is written twice in one mapping'])
  t.same(refused('a:\n\tb: 1\n'), ['line 2: a tab is used to indent: YAML takes spaces only'])
  t.same(refused('a: 1\n---\nb: 1\n'), ['line 2: a second document begins: one file holds one configuration'])
  t.same(refused('a: !secret b\n'), ['line 1: an unknown tag: write secrets as {env: NAME} or {file: PATH}'])
  t.same(refused('a: "b\n'), ['line 2: is not valid YAML (missing char)'])
  t.same(refused('a: *b\n'), ['line 1: an alias has no anchor, or there are too many'])
})

t.test('what is no mapping is refused', async (t) => {
  for (const text of ['- a', 'a', '3']) t.same(refused(text), ['line 1: must be a mapping of keys'], text)
})

t.test('aliases cannot multiply without end', async (t) => {
  const laughs = ['a0: &a0 [x]']
  for (let i = 1; i < 12; i++) laughs.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`)
  t.same(refused(laughs.join('\n')), ['line 1: an alias has no anchor, or there are too many'])
})

t.test('cut anywhere, a file is either read or refused', async (t) => {
  const text = 'listen: {host: "127.0.0.1", port: 8080}\nforks:\n  - path: /a\n    dialect: twilio # x\n'
  for (let end = 0; end <= text.length; end++) t.doesNotThrow(() => refused(text.slice(0, end)))
})
