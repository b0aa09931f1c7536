import t from 'tap'
import type { CallPlace } from '../../proxy/directory/call-map.js'
import { DirectoryRouter } from '../../proxy/directory/router.js'
import { CallRegistry } from '../../proxy/session/call-registry.js'
import { ControlPlane } from '../../proxy/session/control-plane.js'
import type { Signal, SignalAnswer } from '../../proxy/session/signal.js'
import { consentSignal, stepSignal } from '../support/signals.js'

const byAgent = { address: { kind: 'alias', key: 'agent', value: '7' }, tenants: null } as const
const start: Signal = { ...stepSignal('payment', 'started', 'page'), ...byAgent }
const end: Signal = { ...stepSignal('payment', 'ended', 'page'), ...byAgent }
const place = (instance: string, callId: string): CallPlace => ({ instance, ref: { tenant: 'acme', callId } })
const applied: SignalAnswer = {
  result: 'applied',
  streams: [{ callId: 'one', streamId: 's' }],
  isRepeated: false,
}

const room = (parts: {
  state?: 'ok' | 'split'
  places?: CallPlace[]
  answers?: Record<string, SignalAnswer | null>
}) => {
  const registry = new CallRegistry()
  const control = new ControlPlane(registry)
  const asked: [string, Signal][] = []
  const router = new DirectoryRouter({
    registry,
    control,
    peers: {
      state: parts.state ?? 'ok',
      find: () => parts.places ?? [],
      async ask(instance, signal) {
        asked.push([instance, signal])
        return parts.answers?.[instance] ?? null
      },
    },
    nowMs: () => 0,
  })
  return { router, control, asked }
}

t.test('what is nowhere else is answered here', async (t) => {
  const { router, control, asked } = room({})
  t.match(await router.signal(start), { result: 'pending' })
  t.equal(control.pendingCount, 1)
  t.same(asked, [])
})

t.test(
  'a process is asked once, however many of its calls are meant, and its answer is the answer',
  async (t) => {
    const { router, asked, control } = room({
      places: [place('a', 'one'), place('a', 'two')],
      answers: { a: applied },
    })
    t.same(await router.signal(start), applied)
    t.same(asked, [['a', start]])
    t.equal(control.pendingCount, 0)
  },
)

t.test(
  'when a process does not answer, a start is kept, its end takes it back, and neither is claimed',
  async (t) => {
    const { router, control } = room({ places: [place('a', 'one')] })
    t.match(await router.signal(start), { result: 'unavailable' })
    t.equal(control.pendingCount, 1)
    t.match(await router.signal(end), { result: 'unavailable' })
    t.equal(control.pendingCount, 0)
    t.match(await router.signal({ ...stepSignal('emergency', 'started', 'e'), ...byAgent }), {
      result: 'unavailable',
    })
    t.match(await router.signal({ ...consentSignal('given', 'c'), ...byAgent }), { result: 'unavailable' })
    t.equal(control.pendingCount, 0, 'what opens is not kept')
  },
)

t.test('what opens is said to one call alone', async (t) => {
  const { router, asked } = room({
    places: [place('a', 'one'), place('b', 'two')],
    answers: { a: applied, b: applied },
  })
  for (const signal of [
    { ...stepSignal('emergency', 'started', 'e'), ...byAgent },
    { ...consentSignal('given', 'c'), ...byAgent },
    end,
  ])
    t.match(await router.signal(signal), { result: 'ambiguous', streams: [] })
  t.same(asked, [])
})

t.test('an end that means several calls ends in those that have its step, each by its name', async (t) => {
  const { router, asked, control } = room({
    places: [place('a', 'one'), place('b', 'two')],
    answers: { a: applied },
  })
  const { kind, state, ...facts } = stepSignal('payment', 'started', 'page')
  const record = { kind: 'holds', ref: { tenant: 'acme', callId: 'one' }, slot: 'payment:api/page' } as const
  control.adopt({ ...record, signal: { ...facts, kind, state } }, 1000, 0)
  t.match(await router.signal(end), { result: 'applied' })
  t.same(asked, [['a', { ...end, address: { kind: 'call', callId: 'one' }, tenants: ['acme'] }]])
})

t.test('while split, nobody is asked, and what is elsewhere is unavailable', async (t) => {
  const { router, control, asked } = room({
    state: 'split',
    places: [place('a', 'one')],
    answers: { a: applied },
  })
  t.match(await router.signal(end), { result: 'unavailable', streams: [] })
  t.match(await router.signal(start), { result: 'unavailable', streams: [] })
  t.equal(control.pendingCount, 1)
  t.same(asked, [])
})
