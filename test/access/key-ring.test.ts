import t from 'tap'
import { hashOf } from '../../proxy/access/key-hash.js'
import { KeyRing } from '../../proxy/access/key-ring.js'

const entry = (name: string, key: string) => ({
  name,
  hash: hashOf(key),
  scopes: ['read'] as const,
  tenants: ['acme'],
})

t.test('find() knows each key by its hash, and who holds it', async (t) => {
  const ring = new KeyRing([entry('page', 'key-of-the-page'), entry('desk', 'key-of-the-desk')])
  t.same(ring.find('key-of-the-desk'), { kind: 'key', name: 'desk', scopes: ['read'], tenants: ['acme'] })
  t.equal(ring.find('key-of-the-page')?.name, 'page')
})

t.test('find() knows no other key, and no hash', async (t) => {
  const ring = new KeyRing([entry('page', 'key-of-the-page')])
  for (const key of ['', 'key-of-the-pag', 'key-of-the-page ', hashOf('key-of-the-page')])
    t.equal(ring.find(key), null)
  t.equal(new KeyRing([]).find(''), null)
})

t.test('a ring without keys says so', async (t) => {
  t.ok(new KeyRing([]).isEmpty)
  t.notOk(new KeyRing([entry('page', 'k')]).isEmpty)
})
