import t, { type Test } from 'tap'
import type { Signal, SignalAnswer } from '../../../proxy/session/signal.js'
import { adminRoom, EPOCH_MS } from '../../support/admin-room.js'
import { isSilent } from '../../support/control-room.js'
import { signedDelivery, webhookConfig } from '../../support/webhook.js'

const hook = (t: Test, parts: object = {}, service: Parameters<typeof adminRoom>[2] = {}) => {
  const inner = adminRoom(t, { webhooks: [{ ...webhookConfig, ...parts }] }, service)
  const deliver = ({ body, headers }: ReturnType<typeof signedDelivery>, name = 'psp') =>
    inner.app.inject({ method: 'POST', url: `/v1/webhooks/${name}`, payload: body, headers })
  return { ...inner, deliver }
}
const message = (type: string, call = 'CA1') => ({ type, id: 'pay-1', call })

t.test("a provider's messages start and end the step that they name", async (t) => {
  const { room, deliver, ledger } = hook(t)
  const stream = room.begin('CA1')
  t.match((await deliver(signedDelivery(message('created')))).json(), {
    result: 'applied',
    signalId: 'pay-1',
  })
  t.ok(isSilent(stream))
  t.match((await deliver(signedDelivery(message('completed')))).json(), { result: 'applied' })
  t.notOk(isSilent(stream))
  t.match(ledger.entries, [
    { kind: 'signal', source: 'webhook', apiKey: 'psp', state: 'started' },
    { kind: 'signal', source: 'webhook', apiKey: 'psp', state: 'ended' },
  ])
})

t.test(
  'what was understood is answered 200 whatever came of it, so that nobody repeats it for days',
  async (t) => {
    const { deliver } = hook(t)
    t.match(await deliver(signedDelivery(message('created'))), { statusCode: 200, body: /"pending"/ })
    t.match(await deliver(signedDelivery(message('completed', 'CA9'))), {
      statusCode: 200,
      body: /"unknown"/,
    })
    t.match(await deliver(signedDelivery(message('refunded'))), {
      statusCode: 200,
      body: '{"result":"ignored"}',
    })
  },
)

t.test('a delivery that is forged, old, repeated or for nobody is refused, counted and told', async (t) => {
  const { room, deliver, ledger, metrics } = hook(t)
  const stream = room.begin('CA1')
  const good = signedDelivery(message('created'))
  t.equal((await deliver({ ...good, body: good.body.replace('CA1', 'CA2') })).statusCode, 401)
  t.equal((await deliver(signedDelivery(message('created'), EPOCH_MS - 301_000))).statusCode, 401)
  t.equal((await deliver(good, 'other')).statusCode, 401)
  t.notOk(isSilent(stream))
  t.equal((await deliver(good)).statusCode, 200)
  t.equal((await deliver(good)).statusCode, 409)
  const reasons = ['webhook-signature', 'webhook-clock', 'webhook-unknown', 'webhook-replayed']
  t.same(
    ledger.entries.flatMap((entry) => (entry.kind === 'refusal' ? [entry.reason] : [])),
    reasons,
  )
  const counted = metrics.counters.hushfork_requests_refused_total.read().map(({ labels }) => labels[0])
  t.same(counted, reasons)
})

t.test('a provider ends its own step alone, even when the start of the other was lost', async (t) => {
  const { room, deliver } = hook(t)
  const stream = room.begin('CA1')
  await deliver(signedDelivery(message('created')))
  t.match(await deliver(signedDelivery({ ...message('completed'), id: 'pay-2' })), { statusCode: 403 })
  t.ok(isSilent(stream))
})

t.test('a delivery says when it was made: its way is not taken out of the look-back', async (t) => {
  const passedOn: Signal[] = []
  const signal = async (passed: Signal): Promise<SignalAnswer> => {
    passedOn.push(passed)
    return { result: 'pending', streams: [], isRepeated: false }
  }
  const { deliver } = hook(t, {}, { router: { signal } })
  await deliver(signedDelivery(message('created'), EPOCH_MS - 2_000))
  t.match(passedOn, [{ kind: 'payment', state: 'started', issuedAtMs: EPOCH_MS - 1_001 }])
})

t.test('a provider speaks for its tenants, and signals what it is configured for', async (t) => {
  const { room, deliver } = hook(t, { tenants: ['other'], signal: 'hold' })
  const stream = room.begin('CA1')
  t.match((await deliver(signedDelivery(message('created')))).json(), { result: 'pending' })
  t.notOk(isSilent(stream))
  const own = room.begin('CA1', [], 0, 'other')
  t.not(own.session.openSinceMs('hold'), Infinity)
})

t.test(
  'what is signed and no JSON, or lacks its call, is said to be so, and nothing of it comes back',
  async (t) => {
    const { deliver } = hook(t)
    t.match(await deliver(signedDelivery('{')), { statusCode: 400, body: '{"error":"INVALID_BODY"}' })
    t.match(await deliver(signedDelivery({ type: 'created', id: '4111111111111111' })), {
      statusCode: 422,
      body: /INCOMPLETE_EVENT(?!.*4111)/,
    })
    t.equal((await deliver(signedDelivery(`"${'x'.repeat(300_000)}"`))).statusCode, 413)
  },
)
