import t from 'tap'
import { Discretion, LIST_MAX } from '../../proxy/ledger/discretion.js'
import type { LedgerEntry, SignalEntry } from '../../proxy/ledger/entry.js'

const discretion = new Discretion(new Uint8Array(32))
const signal: SignalEntry = { kind: 'signal', signal: 'payment', state: 'started', answer: 'applied' }
const said = (entry: object): Record<string, unknown> =>
  discretion.of(entry as LedgerEntry) as unknown as Record<string, unknown>

t.test('words, names and ids are written as they are', async (t) => {
  const entry = {
    ...signal,
    apiKey: 'payment-page',
    actor: 'jane.doe@example.net',
    callId: '9b8fe5c2-6f0c-4b8f-9d3d-6d4a4a1f5c77',
    signalId: 'step-1',
    lateMs: 12.3456,
  }
  t.same(said(entry), { ...entry, lateMs: 12.346 })
})

t.test('what could be the number of a person is written as a pseudonym, always the same one', async (t) => {
  const pseudonym = discretion.pseudonym('447700900123')
  t.match(pseudonym, /^hmac:[0-9a-f]{24}$/)
  t.same(said({ ...signal, actor: '447700900123', aliasKey: 'extension', aliasValue: '2041' }), {
    ...signal,
    actor: pseudonym,
    aliasKey: 'extension',
    aliasValue: discretion.pseudonym('2041'),
  })
  t.not(new Discretion(new Uint8Array(32).fill(1)).pseudonym('447700900123'), pseudonym)
})

t.test('an id that holds a card number, or is too long or no id, is a pseudonym', async (t) => {
  for (const callId of ['call-4111 1111 1111 1111', '4111111111111111', 'a'.repeat(129), 'two words', ''])
    t.match(said({ ...signal, callId })['callId'], /^hmac:/, callId)
})

t.test(
  'no other text passes: words that are none are "other", fields without a rule are left out',
  async (t) => {
    t.same(said({ ...signal, role: 'my card is 4111', digit: '5', note: { text: 'x' } }), {
      ...signal,
      role: 'other',
    })
    t.same(
      said({ kind: 'key-created', name: 'desk', scopes: ['signal', 'a b'], tenants: ['*', '12345678'] }),
      { kind: 'key-created', name: 'desk', scopes: ['signal', 'other'], tenants: ['*', 'other'] },
    )
    t.same(said({ kind: 'config-changed', configHash: 'x', privileged: ['forks[0].auth', 'a b'] }), {
      kind: 'config-changed',
      configHash: 'other',
      privileged: ['forks[0].auth', 'other'],
    })
  },
)

t.test('numbers are numbers, and lists are bounded', async (t) => {
  const range = { tracks: [0, 1], startSample: 0, endSample: 80 }
  const entry = said({
    kind: 'span-closed',
    startSample: -Infinity,
    endSample: Number.NaN,
    tracks: [0, 'x'],
    ranges: [...Array(LIST_MAX + 1).fill({ ...range, digit: '5' }), null],
  })
  t.same(entry, { kind: 'span-closed', tracks: [0], ranges: Array(LIST_MAX).fill(range) })
  t.same(said({ kind: 'span-closed', ranges: [null] })['ranges'], [
    { tracks: [], startSample: 0, endSample: 0 },
  ])
})
