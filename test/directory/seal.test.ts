import t from 'tap'
import { Seal } from '../../proxy/directory/seal.js'

const SECRET = 'a-secret-of-thirty-two-characters'

t.test('a name is the same in all processes of the fleet, and says nothing to anybody else', async (t) => {
  const name = new Seal(SECRET).name('address', 'alias:agent=7')
  t.equal(new Seal(SECRET).name('address', 'alias:agent=7'), name)
  t.match(name, /^[0-9a-f]{32}$/)
  t.not(new Seal(`${SECRET}2`).name('address', 'alias:agent=7'), name)
  t.not(new Seal(SECRET).name('address:alias', 'agent=7'), name)
})

t.test('a payload opens at its place, under its secret, whole, and nowhere else', async (t) => {
  const seal = new Seal(SECRET)
  const sealed = seal.close({ callId: 'CA1' }, 'steps.a')
  t.same(seal.open(sealed, 'steps.a'), { callId: 'CA1' })
  t.notOk(sealed.includes('CA1'))
  t.equal(seal.open(sealed, 'steps.b'), undefined)
  t.equal(new Seal(`${SECRET}2`).open(sealed, 'steps.a'), undefined)
  for (let length = 0; length < sealed.length; length++)
    t.equal(seal.open(sealed.subarray(0, length), 'steps.a'), undefined)
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed)
    changed[i]! ^= 1
    t.equal(seal.open(changed, 'steps.a'), undefined)
  }
})
