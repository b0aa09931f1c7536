// What the pages list is what there is: every key of the configuration with its range and default, every variable, every
// error and exit code. A page that says too little, or still speaks of what has gone, fails here.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { damages } from '../bench/damage/damages.js'
import { refusals } from '../proxy/access/refusal.js'
import { scopes } from '../proxy/access/scopes.js'
import { errorCodes } from '../proxy/base/errors.js'
import { inPackage } from '../proxy/base/package-file.js'
import { API_KEY_VARIABLE, environmentKeys } from '../proxy/config/overrides.js'
import { EXIT_INVALID } from '../proxy/edge/config-command.js'
import { operations } from '../proxy/edge/http/openapi.js'
import { integrityOf, paymentPageScript } from '../proxy/edge/http/payment-page.js'
import { stepKinds } from '../proxy/policy/signal.js'
import { configOf } from './support/config.js'
import { type ConfigKey, configKeys } from './support/config-keys.js'

const pageOf = (name: string): string => readFileSync(inPackage(`docs/${name}`), 'utf8')
const configPage = pageOf('config.md')
const errorsPage = pageOf('errors.md')

/** Rows `| key | unit | range | default | meaning |`. */
const rowsOf = (section: string): (ConfigKey & { unit: string })[] =>
  [...section.matchAll(/^\| `(\S+)` \| (\S+) \| (.+?) \| (\S+) \| (.+) \|$/gm)].map(
    ([, key, unit, range, fallback]) => ({ key: key!, unit: unit!, range: range!, fallback: fallback! }),
  )

/** First cells of a section's rows that have no more than `columns` cells. */
const firstCells = (section: string, columns: number): string[] =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| `') && line.split(' | ').length === columns)
    .map((line) => /^\| `([^`]+)`/.exec(line)![1]!)

const dialectSections = new Map(
  [...configPage.matchAll(/^### Dialect `(\w+)`.*\n([\s\S]*?)(?=^##)/gm)].map(([, name, section]) => [
    name!,
    section!,
  ]),
)
const commonPage = [...dialectSections.values()].reduce(
  (page, section) => page.replace(section, ''),
  configPage,
)
const { common, byDialect } = configKeys()

const byKey = (keys: readonly ConfigKey[]): ConfigKey[] =>
  keys.map(({ key, range, fallback }) => ({ key, range, fallback })).sort((a, b) => (a.key < b.key ? -1 : 1))

t.test('docs/config.md has every key with its range and default, and no other', async (t) => {
  t.ok(common.length > 30)
  t.same(byKey(rowsOf(commonPage)), byKey(common))
})

t.test("docs/config.md has every dialect's own keys, and no other dialect", async (t) => {
  t.same([...dialectSections.keys()].sort(), [...byDialect.keys()].sort())
  for (const [name, keys] of byDialect) {
    const rows = rowsOf(dialectSections.get(name) ?? '').map((row) => ({ ...row, key: `forks[].${row.key}` }))
    t.same(byKey(rows), byKey(keys), name)
  }
})

t.test('docs/config.md gives the unit that the name of a key ends in', async (t) => {
  for (const { key, unit } of rowsOf(configPage)) {
    if (key.endsWith('Ms')) t.equal(unit, 'ms', key)
    if (key.endsWith('Seconds')) t.equal(unit, 's', key)
  }
})

t.test('docs/config.md names every environment variable with its key, and no other', async (t) => {
  for (const [name, key] of Object.entries(environmentKeys))
    t.match(configPage, `| \`${name}\` | \`${key}\` |`, name)
  const known = [...Object.keys(environmentKeys), API_KEY_VARIABLE].sort()
  t.same([...new Set(configPage.match(/\bHUSHFORK_\w+/g))].sort(), known)
})

t.test('the example of docs/config.md is in order', async (t) => {
  const [, example] = /```yaml\n([\s\S]*?)```/.exec(configPage)!
  const withoutTls = example!.replace(/, tls: \{.*?\}/, '')
  t.not(withoutTls, example)
  const env = { PAYMENT_PAGE_KEY: '0123456789abcdef', GENESYS_KEY: 'key' }
  const config = configOf(withoutTls, { env, readText: () => ({ text: 'c2VjcmV0' }) })
  t.match(config.forks[0], { path: '/fork/genesys', policyName: 'cards' })
})

t.test('docs/errors.md has every error code, and no other', async (t) => {
  t.same(firstCells(errorsPage, 3).sort(), [...errorCodes].sort())
  t.same([...new Set(errorsPage.match(/\bREDACT_ERR_\w+/g))].sort(), [...errorCodes].sort())
})

t.test('docs/errors.md has the exit codes', async (t) => {
  t.same(firstCells(errorsPage, 2), ['0', '1', `${EXIT_INVALID}`])
})

t.test('docs/payment-page.md has the integrity of the script that is served', async (t) => {
  const hashes = pageOf('payment-page.md').match(/sha384-[\w+/=]+/g)
  t.same(new Set(hashes), new Set([integrityOf(paymentPageScript())]))
})

t.test('docs/access.md has every scope and every refusal with its status, and no other', async (t) => {
  const page = pageOf('access.md')
  t.same(firstCells(page.slice(0, page.indexOf('## How to prove')), 2), scopes)
  const rows = [...page.slice(page.indexOf('## Refusals')).matchAll(/^\| `(\S+)` \| (\d+) \| .+ \|$/gm)]
  t.same(
    rows.map(([, reason, status]) => [reason, Number(status)]),
    Object.entries(refusals).map(([reason, { status }]) => [reason, status]),
  )
})

t.test('docs/api.md has every path of the API', async (t) => {
  const page = pageOf('api.md')
  const aStep = new RegExp(`^(/v1/calls/.*/)(${stepKinds.join('|')})$`)
  for (const { method, path } of operations.filter(({ method }) => method !== 'options'))
    t.ok(page.includes(`\`${method.toUpperCase()} ${path.replace(aStep, '$1{kind}')}\``), `${method} ${path}`)
})

t.test('decisions are numbered apart, and in the order of their files', async (t) => {
  const names = readdirSync(inPackage('docs/decisions/')).sort()
  names.forEach((name, index) => {
    t.equal(Number(name.slice(0, 4)), index + 1, name)
    t.match(pageOf(`decisions/${name}`), new RegExp(`^# ${name.slice(0, 4)} `), name)
  })
})

t.test('every link of a page to a file of the repository leads to one', async (t) => {
  const folders = ['docs/', 'docs/decisions/', 'docs/pbx/']
  const pages = folders.flatMap((folder) => readdirSync(inPackage(folder)).map((name) => `${folder}${name}`))
  for (const page of ['README.md', ...pages].filter((path) => path.endsWith('.md'))) {
    const links = readFileSync(inPackage(page), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)
    for (const [, link] of links) t.ok(existsSync(new URL(link!, inPackage(page))), `${page}: ${link}`)
  }
})

t.test('every fault that docs/faults.md names is put into the source on purpose', async (t) => {
  const [, table = ''] = pageOf('faults.md').split('## What shows that these tests can fail')
  const names = new Set(damages.map(({ name }) => name))
  const named = [...table.split('\n## ')[0]!.matchAll(/"([^"]+)"/g)].map(([, name]) => name!)
  t.ok(named.length > 40)
  for (const name of named) t.ok(names.has(name), name)
})
