import t from 'tap'
import { commonRights, hasTenant, loopbackPrincipal, type Rights } from '../../proxy/access/principal.js'
import { scopes } from '../../proxy/access/scopes.js'

const rights = (tenants: Rights['tenants'], ...granted: Rights['scopes']): Rights => ({
  scopes: granted,
  tenants,
})

t.test('commonRights() is what both sides have', async (t) => {
  t.same(commonRights(rights('*', 'read', 'signal:payment'), rights(['a'], 'signal:payment', 'ledger')), {
    scopes: ['signal:payment'],
    tenants: ['a'],
  })
  t.same(commonRights(rights(['a', 'b']), rights('*')).tenants, ['a', 'b'])
  t.same(commonRights(rights(['a', 'b']), rights(['b', 'c'])).tenants, ['b'])
  t.same(commonRights(rights(['a']), rights(['b'])).tenants, [], 'strangers share nothing')
  t.equal(commonRights(rights('*'), rights('*')).tenants, '*')
})

t.test('hasTenant() takes a list at its word, and * for everybody', async (t) => {
  t.ok(hasTenant(rights('*'), 'acme'))
  t.ok(hasTenant(rights(['acme']), 'acme'))
  t.notOk(hasTenant(rights(['acme']), 'other'))
  t.notOk(hasTenant(rights([]), 'acme'))
})

t.test("this machine's own people may do everything", async (t) => {
  t.same(loopbackPrincipal.scopes, scopes)
})
