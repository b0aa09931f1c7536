import t from 'tap'
import { hashOf } from '../../proxy/access/key-hash.js'
import { adminSchema } from '../../proxy/config/schema.js'
import { accessOf } from '../../proxy/edge/admin-access.js'
import { webhookConfig } from '../support/webhook.js'

const identify = async (config: object, bearer: string | null) => {
  const { authenticator } = accessOf(adminSchema.parse(config))
  const who = await authenticator.identify({ bearer, certificate: null }, 0)
  return who.kind === 'refused' ? who.reason : who
}

t.test(
  'a key is known whether it is written itself or as its hash, with its scopes and tenants',
  async (t) => {
    const apiKeys = [
      { name: 'plain', key: 'k'.repeat(16), tenants: ['acme'] },
      { name: 'hashed', hash: hashOf('h'.repeat(32)), scopes: ['read'] },
    ]
    t.same(await identify({ apiKeys }, 'k'.repeat(16)), {
      kind: 'key',
      name: 'plain',
      scopes: ['signal:payment', 'read'],
      tenants: ['acme'],
    })
    t.match(await identify({ apiKeys }, 'h'.repeat(32)), { name: 'hashed', scopes: ['read'], tenants: '*' })
  },
)

t.test('what is let in without a key depends on the address', async (t) => {
  t.match(await identify({}, null), { kind: 'loopback' })
  t.equal(await identify({ host: '10.0.0.1' }, null), 'no-keys')
})

t.test('a webhook may signal what it is configured for, and nothing else', async (t) => {
  const scopesOf = (signal: string) =>
    accessOf(adminSchema.parse({ webhooks: [{ ...webhookConfig, signal }] })).webhooks[0]!.client.scopes
  t.same(scopesOf('payment'), ['signal:payment'])
  t.same(scopesOf('hold'), ['signal:manual'])
})
