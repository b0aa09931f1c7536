import t from 'tap'
import { answerOf, callsToldOf, callsWantedOf, entryOf, signalOf } from '../../proxy/directory/messages.js'
import { stepSignal } from '../support/signals.js'

const address = { kind: 'call', callId: 'CA1' } as const
const signal = { ...stepSignal('payment', 'started', 'page'), address, tenants: ['acme'] }

t.test('what processes say comes back as it was said', async (t) => {
  t.same(signalOf(JSON.parse(JSON.stringify(signal))), signal)
  const answer = {
    result: 'late',
    streams: [{ callId: 'CA1', streamId: 's', lateMs: 20 }],
    isRepeated: false,
  }
  t.same(answerOf(answer), answer)
  for (const entry of [
    { kind: 'call', ref: { tenant: 'acme', callId: 'CA1' } },
    { kind: 'beat', epochMs: 1 },
    { kind: 'ended-early', by: 'a', end: { ...signal, state: 'ended', issuedAtMs: 2 } },
    {
      kind: 'kept',
      by: 'a',
      record: { kind: 'waits', slot: 'payment:page', signal },
      isOver: false,
      expiresAtEpochMs: 2,
    },
  ])
    t.same(entryOf(entry), entry)
  const wanted = { callId: null, tenants: ['acme'], from: 1000 }
  t.same(callsWantedOf(wanted), wanted)
  const view = {
    callId: 'CA1',
    streamId: 's',
    dialect: 'twilio',
    tenant: 'acme',
    tracks: ['caller'],
    openSeconds: { payment: 3 },
    spans: [{ track: null, startSample: 0, endSample: 160, reason: 'payment' }],
    detectorLagMs: 65,
  }
  t.same(callsToldOf({ views: [view], isLast: true }), { views: [view], isLast: true })
  t.equal(callsToldOf({ views: [{ ...view, spans: null }], isLast: true }), null)
  t.equal(callsWantedOf({ ...wanted, from: -1 }), null)
})

t.test('anything else is nothing', async (t) => {
  for (const other of [
    undefined,
    null,
    1,
    'x',
    [],
    {},
    { ...signal, kind: 'dance' },
    { ...signal, address: null },
  ]) {
    t.equal(signalOf(other), null)
    t.equal(answerOf(other), null)
    t.equal(entryOf(other), null)
  }
})
