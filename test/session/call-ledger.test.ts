import t from 'tap'
import type { CallStart } from '../../proxy/media/frame.js'
import type { AuditEvent } from '../../proxy/policy/audit.js'
import { CallLedger } from '../../proxy/session/call-ledger.js'
import type { CallSummary } from '../../proxy/session/call-summary.js'
import { LedgerList } from '../support/ledger-list.js'

const call: CallStart = {
  callId: 'CA1',
  streamId: 'MZ1',
  isProbe: false,
  metadata: {},
  tracks: [
    { index: 0, role: 'caller' },
    { index: 1, role: 'agent' },
  ],
  streams: [{ format: { codec: 'pcmu', clockRateHz: 8000, channelCount: 2 }, tracks: [0, 1] }],
}
const ref = { callId: 'CA1', streamId: 'MZ1', tenant: 'acme' }
const facts = { dialect: 'twilio', tenant: 'acme', policy: 'cards', policyHash: 'ab'.repeat(32) }
const range = { tracks: [0], startSample: 80, endSample: 160 }

const newCall = (start: CallStart = call) => {
  const ledger = new LedgerList()
  const book = new CallLedger(facts, ledger)
  book.opened(start)
  return { ledger, book, rest: () => ledger.entries.slice(2) }
}

t.test('a call begins with who, what and under which policy', async (t) => {
  t.same(newCall().ledger.entries, [
    { kind: 'call-opened', ...ref, dialect: 'twilio', roles: ['caller', 'agent'], sampleRate: 8000 },
    { kind: 'policy-chosen', ...ref, policy: 'cards', policyHash: facts.policyHash },
  ])
})

t.test('a call that only probes leaves nothing', async (t) => {
  const { ledger, book } = newCall({ ...call, isProbe: true })
  book.note({ kind: 'detector-failed', detector: 'dtmf' }, 0)
  t.same(ledger.entries, [])
})

const told: [AuditEvent, object[]][] = [
  [{ kind: 'call-opened', trackCount: 2, isProbe: false }, []],
  [{ kind: 'call-ended', reason: 'hangup' }, []],
  [{ kind: 'unjudged-silenced', ms: 20 }, []],
  [{ kind: 'unjudged-passed', ms: 20 }, []],
  [
    { kind: 'span-opened', reason: 'dtmf', ...range },
    [{ kind: 'span-opened', reason: 'dtmf', ...range, sampleRate: 8000 }],
  ],
  [
    { kind: 'span-closed', reason: 'dtmf', ...range, ranges: [range] },
    [{ kind: 'span-closed', reason: 'dtmf', ...range, ranges: [range], sampleRate: 8000 }],
  ],
  [
    { kind: 'passed-range', span: { kind: 'span-closed', reason: 'unjudged', ...range, ranges: [range] } },
    [{ kind: 'unjudged-passed', ...range, sampleRate: 8000 }],
  ],
  [
    { kind: 'late', reason: 'dtmf', lateMs: 5, ...range },
    [{ kind: 'late', reason: 'dtmf', lateMs: 5, ...range, sampleRate: 8000 }],
  ],
  [
    { kind: 'step-opened', reason: 'payment', origin: 'api', startSample: 80, lateMs: 0 },
    [{ kind: 'step-opened', reason: 'payment', source: 'api', startSample: 80, lateMs: 0, sampleRate: 8000 }],
  ],
  [
    { kind: 'step-closed', reason: 'payment', atSample: 160 },
    [{ kind: 'step-closed', reason: 'payment', endSample: 160, sampleRate: 8000 }],
  ],
  [
    { kind: 'consent', state: 'given', origin: 'caller-key', atSample: 80 },
    [{ kind: 'consent', state: 'given', source: 'caller-key', startSample: 80, sampleRate: 8000 }],
  ],
  [
    { kind: 'lease-expired', reason: 'payment', count: 1 },
    [{ kind: 'lease-expired', reason: 'payment', count: 1 }],
  ],
  [
    { kind: 'leak-suspected', source: 'audio', range },
    [{ kind: 'leak-suspected', source: 'audio', ...range, sampleRate: 8000 }],
  ],
  [
    { kind: 'leak-suspected', source: 'text' },
    [{ kind: 'leak-suspected', source: 'text', sampleRate: 8000 }],
  ],
  [{ kind: 'detector-failed', detector: 'dtmf' }, [{ kind: 'detector-failed', detector: 'dtmf' }]],
  [
    { kind: 'signal-refused', signal: 'payment', state: 'ended', origin: 'caller-key' },
    [{ kind: 'signal', signal: 'payment', state: 'ended', source: 'caller-key', answer: 'forbidden' }],
  ],
  [{ kind: 'signal-refused', signal: 'payment', state: 'ended', origin: 'api' }, []],
]

for (const [event, entries] of told)
  t.test(`${event.kind} is told as ${entries.length} entry, with the call`, async (t) => {
    const { book, rest } = newCall()
    book.note(event, 0)
    t.same(
      rest(),
      entries.map((entry) => ({ ...ref, ...entry })),
    )
  })

t.test('each violation is told once, at most 32 of them', async (t) => {
  const { book, rest } = newCall()
  for (const code of ['a', 'a', ...Array.from({ length: 40 }, (_, i) => `c${i}`)])
    book.note({ kind: 'violation', side: 'pbx', code }, 0)
  t.equal(rest().length, 32)
  t.same(rest()[0], { kind: 'violation', ...ref, side: 'pbx', code: 'a' })
})

const summary = {
  call,
  clockRateHz: 8000,
  endReason: 'hangup',
  samples: [800, 800],
  framesIn: 5,
  framesOut: 5,
  framesRedacted: 1,
  runs: [],
  lateMs: 0,
  unjudgedSilencedMs: 0,
  unjudgedPassedMs: 0,
  violations: 0,
  lostSamples: 320,
  consent: 'given',
} as const satisfies CallSummary

t.test(
  'audio that no recorder got is told at once, then every ten seconds, and the rest at the end',
  async (t) => {
    const { book, rest } = newCall()
    for (const nowMs of [0, 20, 40]) book.note({ kind: 'recorder-gap', ms: 10 }, nowMs)
    book.note({ kind: 'recorder-gap', ms: 10 }, 10_000)
    book.note({ kind: 'recorder-gap', ms: 10 }, 10_020)
    book.closed(summary)
    t.same(
      rest().map((entry) => ('lostSamples' in entry ? entry.lostSamples : 0)),
      [80, 240, 80, 320],
    )
  },
)

t.test('a call ends with its sums', async (t) => {
  const { book, rest } = newCall()
  book.closed(summary)
  const { call: _, clockRateHz, endReason, runs: __, consent: ___, ...sums } = summary
  t.same(rest(), [{ kind: 'call-closed', ...ref, reason: endReason, sampleRate: clockRateHz, ...sums }])
})
