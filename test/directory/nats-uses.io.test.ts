// What has been used, as two processes know it that share a real nats-server.
import t, { type Test } from 'tap'
import { GRACE_MS, TokenUse } from '../../proxy/access/token-use.js'
import type { Uses } from '../../proxy/access/uses.js'
import { NatsUses } from '../../proxy/directory/nats-uses.io.js'
import { Seal } from '../../proxy/directory/seal.js'
import { BEAT, member } from '../support/directory-member.js'
import { until } from '../support/live-proxy.js'
import { CutWire, NatsServer, natsMissing } from '../support/nats.js'

const take = (uses: Uses, name: string) =>
  uses.change(name, (known) => ({ known: known ?? 'taken', result: known === null }))

const two = async (t: Test, port: number) => [
  (await member(t, port)).directory,
  (await member(t, port)).directory,
]

t.test('what nobody of the fleet has written counts as used', async (t) => {
  const strange = { used: async () => ({ value: Buffer.from('{}'), revision: 3 }), use: async () => null }
  const uses = new NatsUses('delivery', strange, new Seal('a-secret-of-thirty-two-characters'), () => true)
  t.equal(await take(uses, 'one'), false)
})

t.test('beside a nats-server', { skip: natsMissing }, async (t) => {
  const server = await NatsServer.start(t)

  t.test('a name is taken once in the fleet, and in each book', async (t) => {
    const [a, b] = await two(t, server.port)
    t.equal(await take(a!.uses.deliveries, 'one'), true)
    t.equal(await take(b!.uses.deliveries, 'one'), false)
    t.equal(await take(a!.uses.deliveries, 'one'), false)
    t.equal(await take(b!.uses.tokens, 'one'), true, 'tokens are another book')
    t.equal(await take(b!.uses.deliveries, 'two'), true)
  })

  t.test('of several that are shown it in the same moment one is first', async (t) => {
    const [a, b] = await two(t, server.port)
    const firsts: number[] = []
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(
        [a, b, a, b].map((process) => take(process!.uses.deliveries, `race-${round}`)),
      )
      firsts.push(answers.filter((isFirst) => isFirst === true).length)
    }
    t.same(firsts, Array(20).fill(1))
  })

  t.test('a token that was spent at one process is spent at the other, and its view has ended', async (t) => {
    const [a, b] = (await two(t, server.port)).map(({ uses }) => new TokenUse(uses.tokens))
    t.equal(await a!.start('step', 'step.x', 0), null)
    t.equal(await b!.start('step', 'step.x', 0), null, 'it beats there')
    t.equal(await a!.start('step', 'step.x', 0), null)
    t.equal(await b!.end('step', 'step.x', 1_000), null)
    t.match(await a!.start('step', 'step.x', 1_001), { reason: 'token-spent' })
    t.equal(await a!.start('step', 'step.y', 1_001), null, 'a reload')
    t.equal(await b!.end('step', 'step.y', 2_000), null)
    t.match(await a!.start('step', 'step.z', 2_001 + GRACE_MS), { reason: 'token-spent' })
    t.match(await b!.start('step', 'step.z', 2_001 + GRACE_MS), { reason: 'token-spent' })
  })

  t.test(
    'while a process is cut off, what is new is untold, and what it has refused stays refused',
    async (t) => {
      const wire = await CutWire.to(t, server.port)
      const [a, b] = [(await member(t, wire.port)).directory, (await member(t, server.port)).directory]
      const page = new TokenUse(a.uses.tokens)
      t.equal(await page.start('open', 'open', 0), null)
      t.equal(await take(a.uses.deliveries, 'taken-here'), true)
      t.equal(await take(b.uses.deliveries, 'taken-there'), true)
      wire.cut()
      t.equal(await take(a.uses.deliveries, 'taken-there'), 'untold', 'the split has not been seen yet')
      await until(() => a.state === 'split', 'the split is seen', 10 * BEAT)
      t.equal(await take(a.uses.deliveries, 'new'), 'untold')
      t.equal(await take(a.uses.deliveries, 'taken-here'), false)
      t.equal(await page.start('open', 'open', 1), null, 'a page that was open before beats on')
      t.equal(await page.start('open', 'open.other', 1), 'untold')
      wire.mend()
      await until(() => a.state === 'ok', 'it is back')
      t.equal(await take(a.uses.deliveries, 'taken-there'), false)
    },
  )
})
