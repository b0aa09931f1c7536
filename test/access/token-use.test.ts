import t from 'tap'
import { GRACE_MS, TokenUse, VIEWS_PER_TOKEN_MAX } from '../../proxy/access/token-use.js'
import { TOKENS_REMEMBERED_MAX } from '../../proxy/base/limits.js'

const use = () => {
  const memory = new TokenUse()
  const start = (id: string, nowMs = 0, token = 'step') => memory.start(token, id, nowMs)?.reason ?? null
  const end = (id: string, nowMs = 0, token = 'step') => memory.end(token, id, nowMs)?.reason ?? null
  return { start, end }
}

t.test('a token signals its own step, and views of it', async (t) => {
  const { start, end } = use()
  for (const id of ['step', 'step.a', 'step.b']) t.equal(start(id), null, id)
  for (const id of ['other', 'step2', 'ste', '', 'STEP.a']) {
    t.equal(start(id), 'token-other-step', id)
    t.equal(end(id), 'token-other-step', id)
  }
})

t.test(
  'a start that is repeated while its view is open is a heartbeat, however long it goes on',
  async (t) => {
    const { start } = use()
    for (const nowMs of [0, 5_000, 10 * GRACE_MS]) t.equal(start('step.a', nowMs), null)
  },
)

t.test('a token is spent once its last view has ended, and a look at another page is over', async (t) => {
  const { start, end } = use()
  t.equal(start('step.a', 0), null)
  t.equal(end('step.a', 1_000), null)
  t.equal(start('step.b', 1_000 + GRACE_MS), null, 'a reload')
  t.equal(end('step.b', 200_000), null)
  t.equal(start('step.c', 200_001 + GRACE_MS), 'token-spent')
})

t.test('two tabs are two views: the end of one leaves the other open', async (t) => {
  const { start, end } = use()
  start('step.a', 0)
  start('step.b', 0)
  t.equal(end('step.a', 1_000), null)
  t.equal(start('step.b', 10 * GRACE_MS), null, 'the other beats on')
  t.equal(start('step.c', 10 * GRACE_MS), null, 'and a third may open beside it')
})

t.test('a view that has ended never opens again', async (t) => {
  const { start, end } = use()
  start('step.a')
  end('step.a')
  t.equal(start('step.a', 1), 'token-spent')
  t.equal(end('step.a', 1), null, 'and is ended as often as it says so')
})

t.test('an end that overtook its start lets the start through once, to be judged by the call', async (t) => {
  const { start, end } = use()
  t.equal(end('step.a'), null)
  t.equal(end('step.a'), null)
  t.equal(start('step.a'), null)
  t.equal(start('step.a'), 'token-spent')
})

t.test('an end that is repeated does not make the step last longer', async (t) => {
  const { start, end } = use()
  start('step.a', 0)
  end('step.a', 0)
  end('step.a', GRACE_MS)
  t.equal(start('step.b', GRACE_MS + 1), 'token-spent')
})

t.test('one token has no more views than a person opens', async (t) => {
  const { start, end } = use()
  for (let i = 0; i < VIEWS_PER_TOKEN_MAX; i++) t.equal(start(`step.${i}`), null)
  t.equal(start('step.more'), 'too-many-requests')
  t.equal(end('step.more'), 'too-many-requests')
  t.equal(end('step.0'), null, 'those that are open end')
})

t.test('where too many tokens are remembered, the oldest is forgotten', async (t) => {
  const { start, end } = use()
  start('old.a', 0, 'old')
  end('old.a', 0, 'old')
  for (let i = 1; i < TOKENS_REMEMBERED_MAX; i++) start(`t${i}`, 0, `t${i}`)
  t.equal(start('old.a', 1, 'old'), 'token-spent')
  start('newest', 0, 'newest')
  t.equal(start('old.a', 1, 'old'), null)
})
