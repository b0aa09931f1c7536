import t from 'tap'
import { parse, stringify } from 'yaml'
import { describeConfig, privilegedSettings } from '../../proxy/config/describe.js'
import { configOf, filesOf } from '../support/config.js'

const KEY = '0123456789abcdef'

t.test('what is described is the file that would say the same, defaults filled in', async (t) => {
  const config = configOf(`
listen: {port: 0}
policies: {cards: {holdBackMs: 3000, payment: {addressBy: [agentId]}}}
forks:
  - {path: /a, dialect: twilio, policy: cards, tenant: acme, recorder: {url: 'wss://h:9/x', redialSeconds: 3}}
  - {path: /b, dialect: mod_audio_fork, options: {sampleRate: 16000}}
  - {port: 9092, host: '::1', dialect: ringcx, recorder: {url: 'grpcs://h:443'}}
  - {port: 0, dialect: audiosocket}
`)
  const { safe, ...policies } = parse(describeConfig(config)).policies
  t.same(safe, config.policies['safe'])
  t.same(configOf(stringify({ ...parse(describeConfig(config)), policies })), config)
})

t.test('secrets are shown as stars, and what only looks like one is shown', async (t) => {
  const secrets = [
    'in-secret',
    'out-secret',
    'user-secret',
    'password-secret',
    'key-secret',
    'query-secret',
    'mint-secret',
    'hook-secret',
    'nats-secret',
    'erasure-secret',
    'ffff',
    KEY,
  ]
  const text = describeConfig(
    configOf(
      `
admin:
  apiKeys: [{name: page, key: ${KEY}}, {name: hashed, hash: 'sha256:${'f'.repeat(64)}'}]
  mintKeys: [{name: mint, secret: mint-secret-mint-secret-mint-secret}]
  webhooks:
    - {name: psp, scheme: stripe, secrets: [hook-secret-hook-secret], call: {key: shown-key, value: /v}, signalId: /i, state: /s, started: [x], ended: [y]}
recordings: {directory: {env: DIRECTORY}}
ledger: {copy: {servers: ['nats://h:4222'], user: shown-user, password: nats-secret}}
forks:
  - path: /a
    dialect: twilio
    auth: {type: twilio-signature, authToken: in-secret, publicUrl: 'wss://public.example/a'}
    recorder: {url: 'wss://h/x?call=query-secret', auth: {type: bearer, token: out-secret}}
    erasure: {url: 'https://h/erase?for=query-secret', key: erasure-secret-0}
  - {path: /b, dialect: mod_audio_fork, auth: {type: basic, username: user-secret, password: password-secret}}
  - path: /c
    dialect: audiohook
    auth: {type: signature, keys: [{apiKey: key-secret, secret: {file: /s}}]}
    recorder: {url: 'wss://h/', auth: forward-api-key}
`,
      { env: { DIRECTORY: '/hidden/place' }, readText: filesOf({ '/s': 'c2VjcmV0' }) },
    ),
  )
  for (const secret of [...secrets, 'c2VjcmV0', '/hidden/place']) t.notMatch(text, secret)
  t.match(parse(text), {
    admin: {
      apiKeys: [
        { name: 'page', key: '***' },
        { name: 'hashed', hash: '***' },
      ],
      mintKeys: [{ secret: '***' }],
      webhooks: [{ secrets: ['***'], call: { key: 'shown-key' } }],
    },
    recordings: { directory: '***' },
    ledger: { copy: { user: 'shown-user', password: '***' } },
    forks: [
      {
        auth: { type: 'twilio-signature', authToken: '***', publicUrl: 'wss://public.example/a' },
        recorder: { url: 'wss://h/x?***', auth: { type: 'bearer', token: '***' } },
        erasure: { url: 'https://h/erase?***', key: '***' },
      },
      { auth: { type: 'basic', username: '***', password: '***' } },
      {
        auth: { type: 'signature', keys: [{ apiKey: '***', secret: '***' }] },
        recorder: { auth: 'forward-api-key' },
      },
    ],
  })
})

t.test('what runs by default has no privileged setting', async (t) => {
  t.same(privilegedSettings(configOf(null)), [])
})

t.test('each setting that weakens the promise is listed with its path', async (t) => {
  const config = configOf(`
listen: {host: 0.0.0.0}
ledger: {enabled: false}
policies:
  open: {detectors: {dtmf: {failOpen: true}}}
  short: {payment: {endAfterExpirySeconds: 60}, starCodes: {codes: {'*1': payment-started, '*2': payment-ended}}}
forks:
  - {path: /a, dialect: twilio, auth: none}
  - {path: /b, dialect: audiohook, auth: none, recorder: {url: 'ws://recorder.example/'}}
  - {path: /c, dialect: twilio, auth: {type: bearer, token: t}, recorder: {url: 'ws://[::1]:9000/'}}
`)
  t.match(privilegedSettings(config), [
    /^ledger\.enabled: false: /,
    /^forks\[0\]\.auth: none: /,
    /^forks\[1\]\.auth: none: /,
    /^forks\[1\]\.recorder\.url: ws:\/\/ to another machine: /,
    /^policies\.open\.detectors\.dtmf\.failOpen: /,
    /^policies\.short\.payment\.endAfterExpirySeconds: /,
    /^policies\.short\.starCodes: .* payment-ended/,
  ])
  t.equal(privilegedSettings(config).length, 7)
})

t.test(
  'a fork with an address of its own is judged by that address, and a recorder by its transport',
  async (t) => {
    const settings = (forks: string): string[] => privilegedSettings(configOf(forks))
    t.match(settings("forks: [{dialect: ringcx, port: 0, host: '::', auth: none}]"), [
      /^forks\[0\]\.auth: none: whoever reaches its host/,
    ])
    t.same(
      settings('listen: {host: 0.0.0.0}\nforks: [{dialect: ringcx, port: 0, host: 127.0.0.1, auth: none}]'),
      [],
    )
    const recorder = (url: string): string => `forks: [{dialect: ringcx, port: 0, recorder: {url: '${url}'}}]`
    t.match(settings(recorder('grpc://10.0.0.1:1')), [/grpc:\/\/ to another machine/])
    for (const url of ['grpc://127.0.0.1:1', 'grpc://[::1]:1', 'grpcs://10.0.0.1:1'])
      t.same(settings(recorder(url)), [], url)
  },
)
