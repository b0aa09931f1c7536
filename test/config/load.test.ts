import t from 'tap'
import { RedactError } from '../../proxy/base/errors.js'
import { ConfigError } from '../../proxy/config/problems.js'
import type { Dialect } from '../../proxy/dialects/dialect.js'
import { dialects } from '../../proxy/dialects/index.js'
import { transportOf } from '../../proxy/dialects/transport.js'
import { safePolicy } from '../../proxy/policy/options.js'
import { configOf, placeFor, problemLines } from '../support/config.js'

const dialectNames = Object.keys(dialects)
  .map((name) => `\`${name}\``)
  .join(', ')

t.test(
  'without a file every dialect on WebSocket is served on loopback, recorded here, under the safe policy',
  async (t) => {
    const config = configOf(null)
    t.match(config.listen, { host: '127.0.0.1', port: 8080 })
    t.match(config.admin, { host: '127.0.0.1', port: 9464, apiKeys: [] })
    t.same(config.recordings, { directory: './recordings' })
    t.same(
      config.forks.map((fork) => ['path' in fork && fork.path, fork.dialect.name]),
      Object.entries<Dialect>(dialects)
        .filter(([, dialect]) => transportOf(dialect).kind === 'websocket')
        .map(([name]) => [`/fork/${name}`, name]),
    )
    for (const fork of config.forks) {
      t.equal(fork.recorder, 'embedded')
      t.equal(fork.policyName, 'safe')
      t.same(fork.policy, safePolicy)
      t.equal(fork.tenant, 'default')
      t.equal(fork.dialectOptions.auth, 'none')
    }
  },
)

t.test('an empty file, and one of empty sections, is as good as none', async (t) => {
  t.same(configOf(''), configOf(null))
  t.same(configOf('# nothing yet\n'), configOf(null))
  t.same(configOf('listen:\nforks:\npolicies:\n'), configOf(null))
})

t.test('a fork comes ready: its dialect, what the dialect takes, its policy, its recorder', async (t) => {
  const { forks, policies } = configOf(`
policies: {cards: {holdBackMs: 3000}}
forks:
  - path: /a
    dialect: twilio
    policy: cards
    tenant: acme
    auth: {type: bearer, token: in-token}
    recorder: {url: 'wss://recorder.example:9000/x', auth: {type: bearer, token: out-token}, redialSeconds: 5}
    options: {direction: connect}
  - {path: /b, dialect: audiohook}
`)
  const [first, second] = forks
  t.equal(first!.dialect, dialects.twilio)
  t.same(first!.dialectOptions, {
    auth: { type: 'bearer', token: 'in-token' },
    recorderAuth: { type: 'bearer', token: 'out-token' },
    options: { direction: 'connect', digitMask: '*', customParameters: 'scrub' },
  })
  t.same(first!.recorder, {
    url: new URL('wss://recorder.example:9000/x'),
    redialSeconds: 5,
    bridge: null,
  })
  t.equal(first!.policy, policies['cards'])
  t.equal(first!.policy.holdBackMs, 3000)
  t.equal(first!.policy.payment.lookBackMs, safePolicy.payment.lookBackMs)
  t.equal(first!.tenant, 'acme')
  t.same(second!.dialectOptions, dialects.audiohook.schema.parse({}))
})

t.test('what a fork hands its dialect is what the dialect would have made of it', async (t) => {
  for (const [name, dialect] of Object.entries<Dialect>(dialects)) {
    const [fork] = configOf(`forks: [{${placeFor(dialect)}, dialect: ${name}, auth: none}]`).forks
    t.same(fork!.dialectOptions, dialect.schema.parse({ auth: 'none' }), name)
  }
})

t.test('the command line wins over the environment, which wins over the file', async (t) => {
  const file = 'listen: {port: 1}\nadmin: {port: 2}\nlog: {level: error}\n'
  const env = { HUSHFORK_LISTEN_PORT: '11', HUSHFORK_ADMIN_PORT: '12', HUSHFORK_RECORDINGS_DIRECTORY: '/r' }
  const overrides = { listen: { port: 21, host: undefined } }
  const config = configOf(file, { env, overrides })
  t.equal(config.listen.port, 21)
  t.equal(config.listen.host, '127.0.0.1')
  t.equal(config.admin.port, 12)
  t.equal(config.recordings.directory, '/r')
  t.equal(config.log.level, 'error')
})

t.test('all problems come at once, in one error with a stable code', async (t) => {
  const text = `
listen: {port: 80800, tsl: {}}
forks:
  - {path: fork, dialect: twillio}
  - {path: /x, dialect: twilio, polcy: safe, policy: fast, auth: {type: bearer}}
policies: {slow: {holdBackMs: 50, dtmf: {padbeforeMs: 10}}}
log: {level: loud}
drainSeconds: 1.5
`
  t.same(problemLines(text), [
    'listen.port: must be at most 65535',
    'listen.tsl: is not a known key; did you mean `tls`?',
    `forks[0].dialect: must be one of ${dialectNames}; did you mean \`twilio\`?`,
    'forks[1].auth.token: is missing',
    'forks[1].polcy: is not a known key; did you mean `policy`?',
    'policies.slow.holdBackMs: must be at least 60',
    'policies.slow.dtmf.padbeforeMs: is not a known key; did you mean `padBeforeMs`?',
    'log.level: must be one of `silent`, `error`, `warn`, `info`, `debug`',
    'drainSeconds: must be a whole number',
    'forks[1].policy: is not the name of a policy',
  ])
  const error = t.throws(() => configOf(text)) as ConfigError
  t.ok(error instanceof ConfigError && error instanceof RedactError)
  t.equal(error.code, 'REDACT_ERR_CONFIG_INVALID')
  t.equal(error.message.split('\n').length, error.problems.length)
})

t.test('a problem says who set the value, when it was not the file', async (t) => {
  const env = { HUSHFORK_ADMIN_PORT: 'tcp://10.0.0.1:9464', HUSHFORK_API_KEY: 'short' }
  t.same(problemLines('', { env, overrides: { listen: { port: -1 } } }), [
    'listen.port: must be at least 0 (set by the command line)',
    'admin.port: must be a number (set by HUSHFORK_ADMIN_PORT)',
    'admin.apiKeys[0].key: must be 16 to 256 printable ASCII characters without spaces (set by HUSHFORK_API_KEY)',
  ])
})

t.test('a secret that cannot be had is one problem, not also a missing key', async (t) => {
  t.same(problemLines('admin: {apiKeys: [{name: page, key: {env: PAGE_KEY}}]}'), [
    'admin.apiKeys[0].key: the environment variable named here is not set',
  ])
})

t.test('no value of the file is in any problem', async (t) => {
  const secret = 'Secr3t-4111111111111111'
  const places = [
    `listen: ${secret}`,
    `listen: {host: "${secret} ", port: ${secret}, tls: {certFile: ${secret}, keyFile: ${secret}}}`,
    `admin: {apiKeys: [{name: "${secret}", key: "x ${secret}"}, {name: a, key: {env: ${secret}}}]}`,
    `admin: {apiKeys: [{name: a, key: {file: ${secret}}}]}`,
    `forks: [{path: "${secret}", dialect: ${secret}}]`,
    `forks: [{path: "${secret}", dialect: twilio, policy: ${secret}, tenant: ${secret}, auth: ${secret}}]`,
    `forks: [{path: /x, dialect: twilio, auth: {type: ${secret}, token: 1}, recorder: ${secret}}]`,
    `forks: [{path: /x, dialect: twilio, recorder: {url: "wss://u:${secret}@h/"}, options: ${secret}}]`,
    `forks: [{path: /x, dialect: twilio, recorder: {url: "wss://h/?token=${secret}", auth: ${secret}}}]`,
    `forks: [{path: /x, dialect: audiohook, auth: {type: signature, keys: [{apiKey: a, secret: "${secret}"}]}}]`,
    `log: {level: ${secret}}`,
    `drainSeconds: ${secret}`,
    `${secret}`,
    `a: !${secret} x`,
    `a: [${secret}`,
    `a: *${secret}`,
    `a: "${secret}\n b: "${secret}`,
  ]
  for (const place of places) {
    const lines = problemLines(place)
    t.ok(lines.length > 0, place)
    t.notMatch(lines.join('\n'), /Secr3t|4111/, place)
  }
})
