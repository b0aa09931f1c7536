import t from 'tap'
import { API_KEY_VARIABLE, environmentKeys, override } from '../../proxy/config/overrides.js'

t.test('each variable sets its key and is remembered as its origin; ports become numbers', async (t) => {
  for (const [name, path] of Object.entries(environmentKeys)) {
    const { tree, origins } = override({}, { [name]: '80' }, {})
    const [section, key] = path.split('.') as [string, string]
    t.same(tree, { [section]: { [key]: key === 'port' ? 80 : '80' } }, name)
    t.same([...origins], [[path, name]], name)
  }
})

t.test('an empty variable is not set, and others are none of ours', async (t) => {
  const env = { HUSHFORK_LISTEN_HOST: '', HUSHFORK_PORT: '1', HUSHFORK_API_KEY: '', PORT: '2' }
  t.same(override({ log: { level: 'warn' } }, env, {}).tree, { log: { level: 'warn' } })
})

t.test('text that is no number stays, for the schema to refuse', async (t) => {
  for (const text of ['80a', ' 80', '8e1', '0x50', '-1', 'tcp://10.0.0.1:80'])
    t.same(override({}, { HUSHFORK_LISTEN_PORT: text }, {}).tree, { listen: { port: text } }, text)
})

t.test('the command line wins, where it says something', async (t) => {
  const env = { HUSHFORK_LISTEN_HOST: 'a', HUSHFORK_LOG_LEVEL: 'debug' }
  const { tree, origins } = override({}, env, { listen: { host: 'b', port: undefined }, admin: {} })
  t.same(tree, { listen: { host: 'b' }, log: { level: 'debug' } })
  t.equal(origins.get('listen.host'), 'the command line')
})

t.test('the other keys of a section stay, and the file is not changed', async (t) => {
  const file = { listen: { host: 'a', tls: { certFile: 'c' } } }
  const { tree } = override(file, { HUSHFORK_LISTEN_PORT: '1' }, {})
  t.same(tree, { listen: { host: 'a', tls: { certFile: 'c' }, port: 1 } })
  t.same(file, { listen: { host: 'a', tls: { certFile: 'c' } } })
})

t.test('a section of the wrong kind is left for the schema to refuse', async (t) => {
  const { tree } = override(
    { listen: 3, admin: { apiKeys: 4 } },
    { HUSHFORK_LISTEN_PORT: '1', [API_KEY_VARIABLE]: 'k' },
    {},
  )
  t.same(tree, { listen: 3, admin: { apiKeys: 4 } })
})

t.test("the environment's API key joins the file's", async (t) => {
  const { tree, origins } = override(
    { admin: { apiKeys: [{ name: 'a', key: 'b' }] } },
    { [API_KEY_VARIABLE]: 'k' },
    {},
  )
  t.same(tree, {
    admin: {
      apiKeys: [
        { name: 'a', key: 'b' },
        { name: 'env', key: 'k' },
      ],
    },
  })
  t.equal(origins.get('admin.apiKeys[1].key'), API_KEY_VARIABLE)
})
