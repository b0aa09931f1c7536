import t from 'tap'
import { type StepOrigin, stepToEnd } from '../../proxy/policy/ending.js'
import { type SignalOrigin, signalOrigins } from '../../proxy/policy/signal.js'
import { stepSignal } from '../support/signals.js'

const step = (signalId: string, parts: Partial<StepOrigin> = {}): StepOrigin => ({
  signalId,
  origin: 'api',
  actor: null,
  issuedAtMs: null,
  ...parts,
})

/** What an end with these parts ends among the steps: its id, or why it ends none. */
const ending = (
  steps: readonly StepOrigin[],
  signalId: string,
  parts: Parameters<typeof stepSignal>[3] = {},
  endedBy: readonly SignalOrigin[] = [],
): string => {
  const result = stepToEnd(steps, stepSignal('payment', 'ended', signalId, parts), endedBy)
  return typeof result === 'string' ? result : `${result.origin}:${result.signalId}`
}

t.test(
  'an end means the step of its id, else the only one of its origin, else none of several',
  async (t) => {
    t.equal(ending([], 'x'), 'nothing-open')
    t.equal(ending([step('a'), step('b')], 'b'), 'api:b')
    t.equal(ending([step('a')], 'x'), 'api:a')
    t.equal(ending([step('a'), step('b')], 'x'), 'several-open')
    t.equal(ending([step('a'), step('b', { origin: 'webhook' })], 'x'), 'api:a')
    t.equal(ending([step('a', { origin: 'webhook' }), step('a')], 'a'), 'api:a', 'its own first')
  },
)

t.test("an id that another origin's step has means that step, and no other", async (t) => {
  const steps = [step('a', { origin: 'payment-page' }), step('b')]
  t.equal(ending(steps, 'a'), 'forbidden')
  t.equal(ending(steps, 'a', {}, ['api']), 'payment-page:a')
})

t.test('what came another way is ended by whom the policy lists, and by nobody else', async (t) => {
  for (const started of signalOrigins)
    for (const ends of signalOrigins.filter((origin) => origin !== started && origin !== 'caller-key')) {
      t.equal(ending([step('a', { origin: started })], 'x', { origin: ends }), 'forbidden')
      t.equal(ending([step('a', { origin: started })], 'x', { origin: ends }, [ends]), `${started}:a`)
    }
})

t.test(
  'credentials that may end anything end what came another way, and what another actor started',
  async (t) => {
    t.equal(ending([step('', { origin: 'stream' })], 'x', { mayEnd: 'any' }), 'stream:')
    t.equal(ending([step('a', { actor: 'page' })], 'x', { mayEnd: 'any', actor: 'desktop' }), 'api:a')
  },
)

t.test("another actor's step is ended by its id alone", async (t) => {
  const steps = [step('a', { actor: 'page' })]
  t.equal(ending(steps, 'x', { actor: 'desktop' }), 'forbidden')
  t.equal(ending(steps, 'a', { actor: 'desktop' }), 'api:a')
  t.equal(ending(steps, 'x', { actor: 'page' }), 'api:a')
  t.equal(ending(steps, 'x'), 'api:a', 'one that names no actor')
})

t.test('an end that was signalled before the step started ends nothing', async (t) => {
  const steps = [step('a', { issuedAtMs: 2_000 })]
  t.equal(ending(steps, 'a', { issuedAtMs: 1_999 }), 'newer')
  t.equal(ending(steps, 'a', { issuedAtMs: 2_000 }), 'api:a')
  t.equal(ending(steps, 'a'), 'api:a')
})

t.test("a caller's keys end nothing, whatever the policy and the credentials say", async (t) => {
  const key = { origin: 'caller-key', mayEnd: 'any' } as const
  for (const origin of signalOrigins)
    t.equal(ending([step('a', { origin })], 'a', key, [...signalOrigins]), 'forbidden', origin)
})
