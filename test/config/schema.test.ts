import t from 'tap'
import { configJsonSchema, configSchema } from '../../proxy/config/schema.js'
import type { Dialect } from '../../proxy/dialects/dialect.js'
import { dialects } from '../../proxy/dialects/index.js'
import { placeFor, problemLines } from '../support/config.js'

const forkWith = (rest: string): string => `forks: [{path: /x, dialect: twilio, ${rest}}]`

t.test('every dialect takes `auth: none`', async (t) => {
  for (const [name, dialect] of Object.entries<Dialect>(dialects))
    t.same(problemLines(`forks: [{${placeFor(dialect)}, dialect: ${name}, auth: none}]`), [], name)
})

t.test("auth and options are the dialect's own: another dialect's are refused", async (t) => {
  t.same(problemLines('forks: [{path: /x, dialect: audiohook, auth: {type: bearer, token: t}}]'), [
    'forks[0].auth.type: must be `signature`',
    'forks[0].auth.keys: is missing',
    'forks[0].auth.token: is not a known key',
  ])
  t.same(problemLines(forkWith('options: {mixType: mono}')), ['forks[0].options.mixType: is not a known key'])
})

t.test('a recorder URL is ws or wss, with no secret that logs on the way would keep', async (t) => {
  const url = (text: string): string[] => problemLines(forkWith(`recorder: {url: '${text}'}`))
  t.same(url('wss://recorder.example/x?tenant=acme'), [])
  t.same(url('ws://127.0.0.1:9000'), [])
  for (const text of ['recorder.example', 'https://recorder.example/', 'file:///etc/passwd'])
    t.same(url(text), ['forks[0].recorder.url: must be a ws:// or wss:// URL'], text)
  for (const text of ['wss://u@h/', 'wss://u:p@h/', 'wss://:p@h/'])
    t.match(url(text), [/must have no user or password/], text)
  for (const name of ['token', 'access_token', 'apiKey', 'sig', 'password', 'X-Auth'])
    t.match(url(`wss://h/?a=b&${name}=c`), [/must have no secret in its query/], name)
  t.match(url('wss://h/#x'), [/must have no fragment/])
})

t.test('a dialect on WebSocket has a path, every other a port, and each says what it lacks', async (t) => {
  t.same(problemLines('forks: [{port: 9092, dialect: twilio}]'), [
    'forks[0].path: is missing',
    'forks[0].port: is not a known key',
  ])
  for (const dialect of ['audiosocket', 'ringcx']) {
    t.same(problemLines(`forks: [{port: 0, host: '::1', dialect: ${dialect}}]`), [], dialect)
    t.same(problemLines(`forks: [{path: /x, dialect: ${dialect}}]`), [
      'forks[0].port: is missing',
      'forks[0].path: is not a known key',
    ])
    t.match(problemLines(`forks: [{port: 70000, dialect: ${dialect}}]`), [
      /^forks\[0\]\.port: must be at most/,
    ])
  }
})

t.test("a recorder URL has its transport's schemes; without WebSocket it is a host and a port", async (t) => {
  for (const [dialect, plain, encrypted] of [
    ['audiosocket', 'tcp', 'tls'],
    ['ringcx', 'grpc', 'grpcs'],
  ]) {
    const url = (text: string): string[] =>
      problemLines(`forks: [{port: 0, dialect: ${dialect}, recorder: {url: '${text}'}}]`)
    for (const text of [`${plain}://127.0.0.1:9000`, `${encrypted}://[::1]:9000`]) t.same(url(text), [], text)
    const schemes = `forks[0].recorder.url: must be a ${plain}:// or ${encrypted}:// URL`
    for (const text of ['ws://h:1', 'https://h:1', 'h:1', `${plain}:h:1`]) t.same(url(text), [schemes], text)
    t.same(url(`${plain}://h`), ['forks[0].recorder.url: must name a port'])
    t.match(url(`${plain}://u:p@h:1`), [/must have no user or password/])
    for (const rest of ['/x', '?token=1', '#x'])
      t.match(url(`${plain}://h:1${rest}`), [/neither path, query nor/])
  }
})

t.test('a fork path begins with a slash and has neither query, fragment nor spaces', async (t) => {
  const path = (text: string): string[] => problemLines(`forks: [{path: '${text}', dialect: twilio}]`)
  for (const text of ['/', '/fork/twilio', '/a%20b/~c']) t.same(path(text), [], text)
  for (const text of ['', 'fork', '/a?b', '/a#b', '/a b', `/${'a'.repeat(256)}`])
    t.equal(path(text).length, 1, text)
})

t.test('names are what a metric takes as a label', async (t) => {
  const tenant = (text: string): string[] => problemLines(forkWith(`tenant: '${text}'`))
  for (const text of ['acme', 'A1-b_c.d', 'a'.repeat(32)]) t.same(tenant(text), [], text)
  for (const text of ['', '1a', 'a b', 'a12345', 'a'.repeat(33), 'ä'])
    t.match(tenant(text), [/^forks\[0\]\.tenant: must be a name/], text)
  t.match(problemLines('policies: {a12345: {}}'), [/^policies\.a12345: must be a name/])
})

t.test('an API key shorter than 16 characters, or one that no header can carry, is refused', async (t) => {
  const key = (text: string): string[] => problemLines(`admin: {apiKeys: [{name: a, key: '${text}'}]}`)
  t.same(key('0123456789abcdef'), [])
  for (const text of ['0123456789abcde', '0123456789 abcdef', 'é123456789abcdefg', 'x'.repeat(257)])
    t.match(key(text), [/must be 16 to 256 printable ASCII/], text)
})

t.test('calls are bounded by what one process can carry, and there is at least one fork', async (t) => {
  t.same(problemLines('limits: {calls: 4001}'), ['limits.calls: must be at most 4000'])
  t.same(problemLines('limits: {calls: 0}'), ['limits.calls: must be at least 1'])
  t.same(problemLines('forks: []'), ['forks: must have at least 1 entry'])
})

t.test('parsing what has been parsed changes nothing', async (t) => {
  const once = configSchema.parse({})
  t.same(configSchema.parse(once), once)
})

t.test('the JSON Schema lets a reference stand wherever text may, and nowhere else', async (t) => {
  const schema = configJsonSchema() as { properties: Record<string, { properties: Record<string, unknown> }> }
  t.match(schema.properties['listen']!.properties['host'], {
    anyOf: [{ type: 'string' }, { $ref: '#/$defs/reference' }],
    default: '127.0.0.1',
  })
  t.match(schema.properties['listen']!.properties['port'], { type: 'integer', minimum: 0, maximum: 65_535 })
  t.same(schema.properties['log']!.properties['level'], {
    default: 'info',
    type: 'string',
    enum: ['silent', 'error', 'warn', 'info', 'debug'],
  })
})

t.test('forks are taken from addresses and networks, and from nothing that is neither', async (t) => {
  const fork = (...allowFrom: string[]) => ({ forks: [{ path: '/a', dialect: 'twilio', allowFrom }] })
  t.ok(configSchema.safeParse(fork('10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1')).success)
  for (const other of ['10.0.0.0/33', '10.0.0', 'pbx.example', '2001:db8::/129', '10.0.0.0/', '*', ''])
    t.notOk(configSchema.safeParse(fork(other)).success, other)
  t.notOk(configSchema.safeParse(fork()).success, 'nobody could be let in')
})

t.test('erasures are asked for over TLS, or on this machine, and by nobody that a URL names', async (t) => {
  const fork = (url: string, key = '0123456789abcdef') => ({
    forks: [{ path: '/a', dialect: 'twilio', erasure: { url, key } }],
  })
  for (const url of ['https://h.example/e', 'http://127.0.0.1:9/e', 'http://[::1]/e'])
    t.ok(configSchema.safeParse(fork(url)).success, url)
  for (const url of ['http://h.example/e', 'ftp://h/e', 'https://u:p@h/e', 'https://h/e#f', 'nothing'])
    t.notOk(configSchema.safeParse(fork(url)).success, url)
  t.notOk(configSchema.safeParse(fork('https://h.example/e', 'short')).success)
})
