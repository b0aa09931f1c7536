import t from 'tap'
import { authContext, learnNonce, randomUuid, shareNonces } from '../../proxy/edge/auth-context.js'

t.test(
  'a nonce is accepted once while it could be valid, also by another connection, and again later',
  async (t) => {
    let nowMs = 0
    const clock = { nowMs: () => nowMs, epochMs: () => 1_767_225_600_000 }
    t.ok(authContext(clock).rememberNonce('n1', 10_000))
    nowMs = 9_999
    t.notOk(authContext(clock).rememberNonce('n1', 10_000))
    t.ok(authContext(clock).rememberNonce('n2', 10_000))
    nowMs = 10_000
    t.ok(authContext(clock).rememberNonce('n1', 10_000))
  },
)

t.test('a nonce that is taken is told once, and one that another process has taken is refused', async (t) => {
  const clock = { nowMs: () => 20_000, epochMs: () => 0 }
  const told: [string, number][] = []
  shareNonces((...word) => told.push(word))
  const { rememberNonce } = authContext(clock)
  t.ok(rememberNonce('ours', 10_000))
  t.notOk(rememberNonce('ours', 10_000))
  learnNonce(clock, 'theirs', 10_000)
  t.notOk(rememberNonce('theirs', 10_000))
  t.same(told, [['ours', 10_000]])
  shareNonces(() => {})
})

t.test('when no more nonces can be remembered, requests are refused until some have aged', async (t) => {
  let nowMs = 1_000_000
  const { rememberNonce } = authContext({ nowMs: () => nowMs, epochMs: () => 0 })
  let taken = 0
  while (rememberNonce(`full-${taken}`, 10_000)) taken++
  t.equal(taken, 50_000)
  nowMs += 10_000
  t.ok(rememberNonce('later', 10_000))
})

t.test('chance is fresh each time', async (t) => {
  const { randomBytes, epochMs } = authContext({ nowMs: () => 0, epochMs: () => 7 })
  t.equal(epochMs, 7)
  t.equal(randomBytes(16).length, 16)
  t.notSame(randomBytes(16), randomBytes(16))
  t.not(randomUuid(), randomUuid())
})
