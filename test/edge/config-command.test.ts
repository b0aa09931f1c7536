import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { checkConfig, EXIT_INVALID, printConfigSchema } from '../../proxy/edge/config-command.js'

/** What a command wrote, and its exit code. */
const run = (command: (out: { write(text: string): unknown }) => number): { code: number; text: string } => {
  const written: string[] = []
  const code = command({ write: (text) => written.push(text) })
  return { code, text: written.join('') }
}

t.test('config check says ok and what is in force', async (t) => {
  const { code, text } = run((out) => checkConfig(undefined, {}, out))
  t.equal(code, 0)
  const [ok, described] = text.split('---\n') as [string, string]
  t.equal(ok, 'ok\n')
  t.match(parse(described), { listen: { host: '127.0.0.1', port: 8080 } })
})

t.test('config check lists privileged settings before what is in force', async (t) => {
  const folder = t.testdir({
    'c.yaml': 'listen: {host: 0.0.0.0}\nforks: [{path: /a, dialect: twilio, auth: none}]\n',
  })
  const { code, text } = run((out) => checkConfig(join(folder, 'c.yaml'), {}, out))
  t.equal(code, 0)
  t.match(text, /^ok\n# privileged: forks\[0\]\.auth: none: [^\n]+\n---\n/)
})

t.test('config check says where nobody listens for spoken numbers, and how somebody would', async (t) => {
  const folder = t.testdir({
    'c.yaml':
      'policies: {quiet: {}, spoken: {detectors: {speech: {recognizers: {embedded: {}}}}}, unused: {}}\n' +
      'forks: [{path: /a, dialect: twilio, policy: quiet}, {path: /b, dialect: twilio, policy: spoken},' +
      ' {path: /c, dialect: twilio}, {path: /d, dialect: twilio, policy: quiet}]\n',
  })
  const { text } = run((out) => checkConfig(join(folder, 'c.yaml'), {}, out))
  t.match(text, /^ok\n# note: policies\.quiet: nobody listens [^\n]+\.embedded: \{\} [^\n]+\n---\n/)
})

t.test('config check prints every problem, one a line, and returns 2', async (t) => {
  const folder = t.testdir({ 'c.yaml': 'listen: {port: x}\nextra: 1\n' })
  t.same(
    run((out) => checkConfig(join(folder, 'c.yaml'), {}, out)),
    { code: EXIT_INVALID, text: 'listen.port: must be a number\nextra: is not a known key\n' },
  )
})

t.test('config schema prints JSON that knows every section', async (t) => {
  const { code, text } = run(printConfigSchema)
  t.equal(code, 0)
  const sections = [
    'listen',
    'admin',
    'forks',
    'policies',
    'recordings',
    'ledger',
    'leakCheck',
    'directory',
    'processes',
    'pinProcesses',
    'speechThreads',
    'limits',
    'log',
    'drainSeconds',
  ]
  t.same(Object.keys(JSON.parse(text).properties), sections)
})
