import t from 'tap'
import { LocalUses, localUses } from '../../proxy/access/uses.js'

const take = (uses: LocalUses, name: string) =>
  uses.change(name, (known) => ({ known: 'taken', result: known === null }))

t.test('what is known of a name is what was said of it last', async (t) => {
  const uses = new LocalUses(10)
  t.ok(await take(uses, 'a'))
  t.notOk(await take(uses, 'a'))
  t.ok(await take(uses, 'b'))
})

t.test('where there are too many, the oldest is forgotten', async (t) => {
  const uses = new LocalUses(2)
  for (const name of ['a', 'b', 'a', 'c']) await take(uses, name)
  t.notOk(await take(uses, 'b'))
  t.ok(await take(uses, 'a'))
})

t.test('tokens and deliveries are books of their own', async (t) => {
  const { tokens, deliveries } = localUses()
  t.ok(await take(tokens as LocalUses, 'a'))
  t.ok(await take(deliveries as LocalUses, 'a'))
})
