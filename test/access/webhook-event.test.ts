import t from 'tap'
import { type WebhookMapping, webhookEvent } from '../../proxy/access/webhook-event.js'

const mapping: WebhookMapping = {
  kind: 'payment',
  call: { callId: '/data/object/metadata/call_id' },
  signalId: '/data/object/id',
  state: '/type',
  started: ['checkout.created'],
  ended: ['checkout.completed', 'checkout.expired'],
}
const message = (type: unknown, object: object = {}) => ({
  type,
  data: { object: { id: 'cs_1', metadata: { call_id: 'CA1' }, ...object } },
})

t.test('a message says which call, which step, and whether it starts or ends', async (t) => {
  t.same(webhookEvent(mapping, message('checkout.created')), {
    kind: 'signal',
    signal: 'payment',
    state: 'started',
    address: { kind: 'call', callId: 'CA1' },
    signalId: 'cs_1',
  })
  t.match(webhookEvent(mapping, message('checkout.expired')), { state: 'ended' })
})

t.test('a call may be named by its metadata, and an id may be a number', async (t) => {
  const byAgent = { ...mapping, call: { key: 'agentId', value: '/data/object/agent' } }
  t.match(webhookEvent(byAgent, message('checkout.created', { agent: 7, id: 12 })), {
    address: { kind: 'alias', key: 'agentId', value: '7' },
    signalId: '12',
  })
})

t.test('what is about something else is ignored', async (t) => {
  for (const type of ['invoice.paid', '', 7, null, undefined, ['checkout.created']])
    t.same(webhookEvent(mapping, message(type)), { kind: 'ignored' })
  for (const document of [null, [], 'checkout.created', 7])
    t.same(webhookEvent(mapping, document), { kind: 'ignored' })
})

t.test('a message whose call or step is not there is incomplete', async (t) => {
  for (const object of [
    { metadata: {} },
    { metadata: null },
    { id: '' },
    { id: 'x'.repeat(201) },
    { id: 1.5 },
    { id: {} },
  ])
    t.same(webhookEvent(mapping, message('checkout.created', object)), { kind: 'incomplete' })
})
