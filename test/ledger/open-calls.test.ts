import t from 'tap'
import { OpenCalls } from '../../proxy/ledger/open-calls.js'

const stream = { callId: 'CA1', streamId: 'MZ1', tenant: 'acme' }
const opened = { kind: 'call-opened', ...stream }

t.test(
  'a call that nobody has closed is lost: until when it was told of, and what was open then',
  async (t) => {
    const calls = new OpenCalls()
    calls.note(opened, 1000)
    calls.note({ kind: 'step-opened', ...stream, reason: 'payment' }, 2000)
    calls.note({ kind: 'step-opened', ...stream, reason: 'payment' }, 2100)
    calls.note({ kind: 'span-opened', ...stream, reason: 'dtmf' }, 2200)
    calls.note({ kind: 'step-closed', ...stream, reason: 'payment' }, 2300)
    calls.note({ kind: 'span-opened', ...stream, reason: 'hold' }, 2400)
    calls.note({ kind: 'span-closed', ...stream, reason: 'hold' }, 2500)
    calls.note({ kind: 'violation', ...stream }, 3000)
    t.same(calls.lost('process-hung'), [
      {
        kind: 'call-lost',
        ...stream,
        reason: 'process-hung',
        toldAtMs: 3000,
        openReasons: ['dtmf', 'payment'],
      },
    ])
    t.same(calls.lost('process-hung'), [], 'once')
  },
)

t.test('a call that was closed is not lost, nor is one that somebody has said to be', async (t) => {
  for (const kind of ['call-closed', 'call-lost']) {
    const calls = new OpenCalls()
    calls.note(opened, 1000)
    calls.note({ kind, ...stream }, 2000)
    t.same(calls.lost('proxy-crashed'), [], kind)
  }
})

t.test('calls are told apart by tenant, call and stream', async (t) => {
  const calls = new OpenCalls()
  const others = [{ tenant: 'other' }, { callId: 'CA2' }, { streamId: 'MZ2' }]
  for (const other of others) calls.note({ ...opened, ...other }, 1000)
  calls.note({ kind: 'call-closed', ...stream }, 2000)
  t.match(calls.lost('proxy-crashed'), others)
})

t.test('a call that came back under its names before it was known to be lost is one more', async (t) => {
  const calls = new OpenCalls()
  calls.note(opened, 1000)
  calls.note(opened, 2000)
  calls.note({ kind: 'call-lost', ...stream }, 3000)
  t.match(calls.lost('proxy-crashed'), [{ callId: 'CA1' }])
})

t.test('what is of no stream, or of one that was never opened, opens nothing', async (t) => {
  const calls = new OpenCalls()
  calls.note({ kind: 'refusal' }, 1000)
  calls.note({ kind: 'signal', callId: 'CA1', tenant: 'acme' }, 1000)
  calls.note({ kind: 'step-opened', ...stream, reason: 'payment' }, 1000)
  t.same(calls.lost('proxy-crashed'), [])
})
