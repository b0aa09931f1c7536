import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../proxy/config/load.io.js'
import { ConfigError, lineOf } from '../../proxy/config/problems.js'

const problems = (path: string): string[] => {
  try {
    loadConfig({ path, env: {} })
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(lineOf)
    throw error
  }
  return []
}

t.test('the file and the secrets that it refers to are read', async (t) => {
  const folder = t.testdir({ key: '0123456789abcdef\n' })
  const path = join(folder, 'hushfork.yaml')
  writeFileSync(path, `admin: {apiKeys: [{name: page, key: {file: ${join(folder, 'key')}}}]}\n`)
  const config = loadConfig({ path, env: { HUSHFORK_LISTEN_PORT: '1' }, overrides: { listen: { port: 2 } } })
  t.match(config.admin.apiKeys, [{ name: 'page', key: '0123456789abcdef' }])
  t.equal(config.listen.port, 2)
})

t.test('without a path nothing is read', async (t) => {
  t.equal(loadConfig({ env: {} }).listen.port, 8080)
})

t.test('a file that cannot be used is one problem, by its kind', async (t) => {
  const folder = t.testdir({ binary: Buffer.from([0x61, 0xff, 0x62]), large: ' '.repeat((1 << 20) + 1) })
  t.same(problems(join(folder, 'absent')), ['--config: the file cannot be read (ENOENT)'])
  t.same(problems(folder), ['--config: the file cannot be read (EISDIR)'])
  t.same(problems(join(folder, 'binary')), ['--config: the file cannot be read (not UTF-8)'])
  t.same(problems(join(folder, 'large')), ['--config: the file cannot be read (larger than 1 MiB)'])
})
