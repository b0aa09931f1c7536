import t from 'tap'
import { GRACE_MS, TokenUse, VIEWS_PER_TOKEN_MAX } from '../../proxy/access/token-use.js'
import { LocalUses } from '../../proxy/access/uses.js'

const use = () => {
  const memory = new TokenUse(new LocalUses(10))
  const reasonOf = (answer: Awaited<ReturnType<TokenUse['start']>>) =>
    answer === null || answer === 'untold' ? answer : answer.reason
  const start = async (id: string, nowMs = 0) => reasonOf(await memory.start('step', id, nowMs))
  const end = async (id: string, nowMs = 0) => reasonOf(await memory.end('step', id, nowMs))
  return { start, end }
}

t.test('a token signals its own step, and views of it', async (t) => {
  const { start, end } = use()
  for (const id of ['step', 'step.a', 'step.b']) t.equal(await start(id), null, id)
  for (const id of ['other', 'step2', 'ste', '', 'STEP.a']) {
    t.equal(await start(id), 'token-other-step', id)
    t.equal(await end(id), 'token-other-step', id)
  }
})

t.test(
  'a start that is repeated while its view is open is a heartbeat, however long it goes on',
  async (t) => {
    const { start } = use()
    for (const nowMs of [0, 5_000, 10 * GRACE_MS]) t.equal(await start('step.a', nowMs), null)
  },
)

t.test('a token is spent once its last view has ended, and a look at another page is over', async (t) => {
  const { start, end } = use()
  t.equal(await start('step.a', 0), null)
  t.equal(await end('step.a', 1_000), null)
  t.equal(await start('step.b', 1_000 + GRACE_MS), null, 'a reload')
  t.equal(await end('step.b', 200_000), null)
  t.equal(await start('step.c', 200_001 + GRACE_MS), 'token-spent')
})

t.test('two tabs are two views: the end of one leaves the other open', async (t) => {
  const { start, end } = use()
  await start('step.a', 0)
  await start('step.b', 0)
  t.equal(await end('step.a', 1_000), null)
  t.equal(await start('step.b', 10 * GRACE_MS), null, 'the other beats on')
  t.equal(await start('step.c', 10 * GRACE_MS), null, 'and a third may open beside it')
})

t.test('a view that has ended never opens again', async (t) => {
  const { start, end } = use()
  await start('step.a')
  await end('step.a')
  t.equal(await start('step.a', 1), 'token-spent')
  t.equal(await end('step.a', 1), null, 'and is ended as often as it says so')
})

t.test('an end that overtook its start lets the start through once, to be judged by the call', async (t) => {
  const { start, end } = use()
  t.equal(await end('step.a'), null)
  t.equal(await end('step.a'), null)
  t.equal(await start('step.a'), null)
  t.equal(await start('step.a'), 'token-spent')
})

t.test('an end that is repeated does not make the step last longer', async (t) => {
  const { start, end } = use()
  await start('step.a', 0)
  await end('step.a', 0)
  await end('step.a', GRACE_MS)
  t.equal(await start('step.b', GRACE_MS + 1), 'token-spent')
})

t.test('one token has no more views than a person opens', async (t) => {
  const { start, end } = use()
  for (let i = 0; i < VIEWS_PER_TOKEN_MAX; i++) t.equal(await start(`step.${i}`), null)
  t.equal(await start('step.more'), 'too-many-requests')
  t.equal(await end('step.more'), 'too-many-requests')
  t.equal(await end('step.0'), null, 'those that are open end')
})

t.test('what nobody can tell is said to be so, and what nobody understands is spent', async (t) => {
  const cutOff = new TokenUse({ change: async () => 'untold' })
  t.equal(await cutOff.start('step', 'step', 0), 'untold')
  t.match(await cutOff.start('step', 'other', 0), { reason: 'token-other-step' })
  const strange = new TokenUse({ change: async (_, change) => change('unreadable').result })
  t.match(await strange.start('step', 'step', 0), { reason: 'token-spent' })
})
