import t from 'tap'
import { webexSchema } from '../../../proxy/dialects/webex/options.js'
import { webexIssuers } from '../../../proxy/dialects/webex/token.js'

t.test('nothing need be said', async (t) => {
  t.same(webexSchema.parse({}), { auth: 'none', recorderAuth: 'none', options: { tracks: 2, text: 'scrub' } })
})

t.test('tokens of Webex need keys that are some, and a URL; the rest is known', async (t) => {
  const keys = '{"keys":[{"kty":"RSA","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri","e":"AQAB"}]}'
  const auth = { type: 'webex-token', keys, publicUrl: 'https://fork.example.net:443' }
  t.match(webexSchema.parse({ auth }), { auth: { issuers: [...webexIssuers] } })
  const takes = (change: object): boolean => webexSchema.safeParse({ auth: { ...auth, ...change } }).success
  for (const change of [
    { keys: '{}' },
    { publicUrl: 'fork' },
    { issuers: [] },
    { schemaId: 'x' },
    { more: 1 },
  ])
    t.notOk(takes(change), JSON.stringify(change))
})
