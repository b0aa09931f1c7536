// A key that is taken out of the file, on the running program: SIGHUP, with one process and with several.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { killableProxy } from '../support/killable-proxy.js'
import { linesIn } from '../support/ledger-folder.js'
import { until } from '../support/live-proxy.js'

const desk = { name: 'desk', key: 'correct-horse-battery-staple', scopes: ['read'] }
const page = { name: 'page', key: 'another-horse-battery-staple', scopes: ['read'] }

const served = async (t: Test, processes: number) => {
  const folder = t.testdir({ recordings: {} })
  const configOf = (apiKeys: readonly object[], policy: object = {}) => ({
    processes,
    listen: { port: 0 },
    admin: { port: 0, apiKeys },
    recordings: { directory: join(folder, 'recordings') },
    ledger: { directory: join(folder, 'ledger') },
    policies: { default: policy },
  })
  const proxy = await killableProxy(t, { folder, ...configOf([desk]) })
  const write = (...given: Parameters<typeof configOf>): void =>
    writeFileSync(join(folder, 'hushfork.yaml'), JSON.stringify(configOf(...given)))
  const statusFor = async ({ key }: { readonly key: string }): Promise<number> => {
    const headers = { authorization: `Bearer ${key}` }
    return (await fetch(`http://127.0.0.1:${proxy.adminPort}/v1/calls`, { headers })).status
  }
  const told = (): Record<string, unknown>[] =>
    linesIn(join(folder, 'ledger')).map((line) => JSON.parse(line) as Record<string, unknown>)
  const countOf = (text: string): number => proxy.lines.filter(({ msg }) => msg === text).length
  return { proxy, write, statusFor, told, countOf }
}

const changesIn = (entries: readonly Record<string, unknown>[]): string[] =>
  entries.flatMap(({ kind, name }) => (String(kind).startsWith('key-') ? [`${kind} ${name}`] : []))

t.test('one process: SIGHUP takes the key away, and the process goes on', async (t) => {
  const { proxy, write, statusFor, told, countOf } = await served(t, 1)
  t.same([await statusFor(desk), await statusFor(page)], [200, 401])
  write([page])
  proxy.signal('SIGHUP')
  await until(() => countOf('who may use the API is read anew') === 1, 'it is said')
  t.same([await statusFor(desk), await statusFor(page)], [401, 200])
  await until(() => changesIn(told()).length === 3, 'the ledger has it')
  t.same(changesIn(told()), ['key-created desk', 'key-revoked desk', 'key-created page'])

  write([desk], { holdBackMs: 'long' })
  proxy.signal('SIGHUP')
  await until(
    () => countOf('the configuration was not read anew: what is in force stays') === 1,
    'it is said',
  )
  t.same([await statusFor(desk), await statusFor(page)], [401, 200], 'a file with a mistake changes nothing')
})

t.test('several: so it does at once, and the ledger has what they are replaced by', async (t) => {
  const { proxy, write, statusFor, told, countOf } = await served(t, 2)
  t.same([await statusFor(desk), await statusFor(page)], [200, 401])
  write([page], { detectors: { dtmf: { failOpen: true } } })
  proxy.signal('SIGHUP')
  await until(() => countOf('who may use the API is read anew') === 1, 'it is said')
  t.same([await statusFor(desk), await statusFor(page)], [401, 200])
  const privileged = () =>
    told().flatMap((entry) => (entry['kind'] === 'config-changed' ? [entry['privileged']] : []))
  await until(() => privileged().length === 3, 'the processes are replaced, and the ledger has it')
  t.same(privileged(), [[], [], ['policies.default.detectors.dtmf.failOpen']])
})
