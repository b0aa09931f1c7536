import t from 'tap'
import type { CallView } from '../../../proxy/directory/call-view.js'
import { CallWatch } from '../../../proxy/edge/grpc/call-watch.js'

const call = (callId: string, parts: Partial<CallView> = {}): CallView => ({
  callId,
  streamId: 's',
  dialect: 'twilio',
  tenant: 'default',
  tracks: ['caller'],
  openSeconds: {},
  spans: [],
  detectorLagMs: 30,
  ...parts,
})
const span = { track: 0, startSample: 0, endSample: 160, reason: 'dtmf' }
const told = (watch: CallWatch, ...calls: CallView[]): string[] =>
  watch.look(calls).map(({ change, call: { callId } }) => `${change} ${callId}`)

t.test('each call is told when it comes and when it goes, and not in between', async (t) => {
  const watch = new CallWatch()
  t.strictSame(told(watch, call('a'), call('b')), ['PRESENT a', 'PRESENT b'])
  t.strictSame(told(watch, call('a', { detectorLagMs: 99 }), call('b')), [])
  t.strictSame(told(watch, call('b')), ['GONE a'])
})

t.test('a step that begins or ends is a change, and that time passes in it is none', async (t) => {
  const watch = new CallWatch()
  told(watch, call('a'))
  t.strictSame(told(watch, call('a', { openSeconds: { payment: 0 } })), ['UPDATED a'])
  t.strictSame(told(watch, call('a', { openSeconds: { payment: 5 } })), [])
  t.strictSame(told(watch, call('a')), ['UPDATED a'])
})

t.test('more silence is a change', async (t) => {
  const watch = new CallWatch()
  told(watch, call('a'))
  t.strictSame(told(watch, call('a', { spans: [span] })), ['UPDATED a'])
  t.strictSame(told(watch, call('a', { spans: [{ ...span, endSample: 320 }] })), ['UPDATED a'])
  t.strictSame(told(watch, call('a', { spans: [{ ...span, endSample: 320 }] })), [])
})
