import { Command } from 'commander'
import t from 'tap'
import { parse } from 'yaml'
import { hashOf } from '../../proxy/access/key-hash.js'
import { addKeysCommand } from '../../proxy/edge/keys-command.js'
import { configOf } from '../support/config.js'

/** What `hushfork keys ...` writes. */
const run = async (args: readonly string[], stdin = '') => {
  const out: string[] = []
  const err: string[] = []
  const env = {
    stdin: (async function* () {
      yield Buffer.from(stdin)
    })(),
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
    exitCode: undefined as number | string | null | undefined,
  }
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => err.push(text) })
  addKeysCommand(program, env)
  const failure = await program.parseAsync(['keys', ...args], { from: 'user' }).then(
    () => null,
    (error: Error) => error.message,
  )
  return { out: out.join(''), err: err.join(''), code: env.exitCode, failure }
}

t.test('keys create prints a new key, and the line for the configuration with its hash alone', async (t) => {
  const { out, err } = await run(['create', '--name', 'page'])
  t.match(out, /^hf_[\w-]{43}\n$/)
  t.notMatch(err, out.trim())
  const line = err.slice(err.indexOf('- {'))
  t.same(parse(line), [{ name: 'page', hash: hashOf(out.trim()), scopes: ['signal:payment', 'read'] }])
  t.match(configOf(`admin:\n  apiKeys:\n    ${line}`).admin.apiKeys, [{ name: 'page' }])
  t.not((await run(['create', '--name', 'page'])).out, out)
})

t.test('keys create takes scopes and tenants, and only those that there are', async (t) => {
  const { err } = await run([
    'create',
    '--name',
    'a',
    '--scope',
    'read',
    '--scope',
    'ledger',
    '--tenant',
    'acme',
  ])
  t.match(parse(err.slice(err.indexOf('- {'))), [{ scopes: ['read', 'ledger'], tenants: ['acme'] }])
  t.match((await run(['create', '--name', 'a', '--scope', 'all'])).failure, /one of signal:payment/)
  t.match((await run(['create', '--name', '1'])).failure, /must be a name/)
  t.match((await run(['create'])).failure, /--name/)
})

t.test('keys hash reads a key from standard input, and refuses one that can be guessed', async (t) => {
  const key = 'k'.repeat(32)
  t.match(await run(['hash'], `${key}\n`), { out: `${hashOf(key)}\n`, code: 0 })
  for (const weak of ['', 'password', `${'k'.repeat(31)}\n`, `${'k'.repeat(32)} `]) {
    const { out, err, code } = await run(['hash'], weak)
    t.same([out, code], ['', 2])
    t.match(err, /32 printable/)
  }
})
