import t from 'tap'
import type { RefusalEntry } from '../../proxy/ledger/entry.js'
import { REFUSALS_TOLD_MAX, Refusals } from '../../proxy/ledger/refusals.js'

const refusal = (parts: Partial<RefusalEntry> = {}): RefusalEntry => ({
  kind: 'refusal',
  source: 'http',
  reason: 'unknown-key',
  ...parts,
})

const told = () => {
  const entries: RefusalEntry[] = []
  return { entries, refusals: new Refusals((entry) => void entries.push(entry)) }
}

t.test('the first of a kind are told as they come, the rest as one entry with their number', async (t) => {
  const { entries, refusals } = told()
  for (let i = 0; i < 1_000; i++) refusals.add(refusal({ callId: `CA${i}` }))
  t.strictSame(
    entries,
    Array.from({ length: REFUSALS_TOLD_MAX }, (_, i) => refusal({ callId: `CA${i}` })),
  )
  refusals.sum()
  t.strictSame(entries.slice(REFUSALS_TOLD_MAX), [refusal({ count: 1_000 - REFUSALS_TOLD_MAX })])
})

t.test('an interval begins anew, and says nothing when there is no more to say', async (t) => {
  const { entries, refusals } = told()
  for (let minute = 0; minute < 2; minute++) {
    for (let i = 0; i < REFUSALS_TOLD_MAX; i++) refusals.add(refusal())
    refusals.sum()
    refusals.sum()
  }
  t.strictSame(
    entries,
    Array.from({ length: 2 * REFUSALS_TOLD_MAX }, () => refusal()),
  )
})

t.test(
  "one kind's flood hides no other: where, why, whose key and which tenant tell them apart",
  async (t) => {
    const { entries, refusals } = told()
    for (let i = 0; i < 100; i++) refusals.add(refusal())
    entries.length = 0
    const others: Partial<RefusalEntry>[] = [
      { source: 'fork' },
      { reason: 'no-credentials' },
      { apiKey: 'desk' },
      { tenant: 'acme' },
    ]
    for (const other of others) refusals.add(refusal(other))
    t.strictSame(
      entries,
      others.map((other) => refusal(other)),
    )
  },
)

t.test(
  'names without end are no way to the disk: beyond a bound they are told apart no longer',
  async (t) => {
    const { entries, refusals } = told()
    for (let i = 0; i < 10_000; i++) refusals.add(refusal({ apiKey: `key-${i}` }))
    refusals.sum()
    t.equal(entries.length, 1_000 + REFUSALS_TOLD_MAX + 1)
    t.strictSame(entries.at(-1), refusal({ count: 9_000 - REFUSALS_TOLD_MAX }))
  },
)
