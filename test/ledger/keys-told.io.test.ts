import { join } from 'node:path'
import t from 'tap'
import type { KeyInForce } from '../../proxy/ledger/entry.js'
import { keyChanges, keysToldIn } from '../../proxy/ledger/keys-told.io.js'
import { linesIn, openLedger } from '../support/ledger-folder.js'

const key = (name: string, parts: Partial<KeyInForce> = {}): KeyInForce => ({
  name,
  scopes: ['signal:payment'],
  tenants: ['*'],
  proof: `sha256:${name}`,
  ...parts,
})

t.test(
  'a start tells which keys are new and which are gone, another key of a name and another right as both',
  async (t) => {
    const directory = join(t.testdir({}), 'ledger')
    /** A run with these keys, and what it has told of them. */
    const run = async (...keys: KeyInForce[]): Promise<string[]> => {
      const told = await keysToldIn(directory)
      const ledger = await openLedger(directory)
      const changes = keyChanges(told, keys, (key) => ledger.markOf(key), !ledger.isKeyNew)
      ledger.append({ kind: 'config-changed', configHash: '0'.repeat(64), privileged: [], keys })
      for (const entry of changes) ledger.append(entry)
      await ledger.close()
      return changes.map((entry) => `${entry.kind} ${'name' in entry ? entry.name : ''}`)
    }
    t.same(await run(key('desk'), key('page')), ['key-created desk', 'key-created page'])
    t.same(await run(key('desk'), key('page')), [], 'the same ones are told once')
    t.same(await run(key('desk')), ['key-revoked page'])
    t.same(await run(key('desk', { proof: 'sha256:other' })), ['key-revoked desk', 'key-created desk'])
    const more = key('desk', { proof: 'sha256:other', scopes: ['read', 'ledger'] })
    t.same(await run(more), ['key-revoked desk', 'key-created desk'])
    t.same(await run(), ['key-revoked desk'])
    const text = linesIn(directory).join()
    t.match(text, /"scopes":\["signal:payment"\]/)
    t.notMatch(text, /sha256:/, 'nothing by which a key could be guessed')
    t.match(text, /"desk hmac:[0-9a-f]{24}"/)
  },
)

t.test('under another signing key names alone are compared', async (t) => {
  const marked = (by: string) => (key: KeyInForce) => `${key.name} hmac:${by}${key.proof}`
  const told = [key('desk'), key('page')].map(marked('old'))
  t.match(keyChanges(told, [key('desk'), key('new')], marked('new'), false), [
    { kind: 'key-revoked', name: 'page' },
    { kind: 'key-created', name: 'new', scopes: ['signal:payment'], tenants: ['*'] },
  ])
})

t.test('a ledger that has never told of keys knows of none', async (t) => {
  t.same(await keysToldIn(join(t.testdir({}), 'nowhere')), [])
})
