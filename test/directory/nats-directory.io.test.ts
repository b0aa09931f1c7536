// The directory itself beside a real nats-server, at five times its pace: a beat every 400 ms, split after 1,300.
import t from 'tap'
import type { KeptRecord } from '../../proxy/session/kept-signals.js'
import type { Signal } from '../../proxy/session/signal.js'
import { BEAT, member } from '../support/directory-member.js'
import { until } from '../support/live-proxy.js'
import { CutWire, NatsServer, natsMissing } from '../support/nats.js'

const holds = (slot: string, actor: string | null = null): KeptRecord => ({
  kind: 'holds',
  ref: { tenant: 'default', callId: 'CA1' },
  slot,
  signal: {
    kind: 'payment',
    state: 'started',
    signalId: slot,
    ttlMs: null,
    actor,
    issuedAtMs: null,
    origin: 'api',
    mayEnd: 'own',
  },
})

const stream = { callId: 'CA1', streamId: 's1', tenant: 'default', aliases: [] }
const byId = { address: { kind: 'call', callId: 'CA1' }, tenants: null } as const

t.test('beside a nats-server', { skip: natsMissing }, async (t) => {
  const server = await NatsServer.start(t)

  t.test('steps that never cease do not part a process from its directory', async (t) => {
    const [a, b] = [await member(t, server.port), await member(t, server.port)]
    const endMs = performance.now() + 8 * BEAT
    a.directory.kept(holds('0'), 60_000)
    a.directory.tell(stream)
    let foundAtMs = Infinity
    for (let said = 1; performance.now() < endMs; said++) {
      a.directory.kept(holds(`${said % 100}`), 60_000)
      if (b.directory.find(byId).length > 0) foundAtMs = Math.min(foundAtMs, performance.now())
      await new Promise((resolve) => setImmediate(resolve))
    }
    t.same(a.heard, ['ok 0'], 'it was never split')
    t.ok(foundAtMs < endMs, 'nor are its calls kept from the others')
    await until(() => b.heard.length > 100, 'the other hears of the steps')
  })

  t.test('an end that came before its start is known to the others, and to those that begin', async (t) => {
    const [a, b] = [await member(t, server.port), await member(t, server.port)]
    const end = { ...holds('early').signal, state: 'ended', issuedAtMs: 2000, ...byId } as Signal
    a.directory.endedEarly(end)
    await until(() => b.heard.includes('early early'), 'the other hears of it')
    const begun = await member(t, server.port)
    t.ok(begun.heard.includes('early early'), 'before it takes calls')
    t.notOk(a.heard.includes('early early'), 'who has said it knows')
  })

  t.test('what cannot be told parts it, although its beats come back', async (t) => {
    const a = await member(t, server.port)
    a.directory.kept(holds('too-long', 'x'.repeat(20_000)), 60_000)
    t.equal(a.directory.state, 'ok', 'for a while it may still be told')
    await until(() => a.directory.state === 'split', 'nobody can be told', 10 * BEAT)
    const b = await member(t, server.port)
    b.directory.kept(holds('said-once'), 60_000)
    await until(() => a.heard.includes('said-once'), 'it hears all the same')
    await new Promise((resolve) => setTimeout(resolve, 7 * BEAT))
    t.same(
      a.heard.filter((said) => said === 'said-once'),
      ['said-once'],
      'nor is everything read anew for it',
    )
  })

  t.test('NATS stops: split within a few beats, together again with everything that was said', async (t) => {
    const [a, b] = [await member(t, server.port), await member(t, server.port)]
    await server.stop()
    await until(() => a.directory.state === 'split', 'the split is seen', 10 * BEAT)
    for (let said = 0; said < 2_000; said++) a.directory.kept(holds(`${said}`), 60_000)
    a.directory.kept(holds('said-meanwhile'), 60_000)
    await server.start()
    await until(() => a.directory.state === 'ok', 'it is back')
    t.equal(a.heard.at(-1), 'ok 0', 'what waited has been told by then')
    await until(() => b.heard.includes('said-meanwhile'), 'the other hears of it')
  })

  t.test('what could not be told in a split keeps it one, although the beats come back', async (t) => {
    const [a, b] = [await member(t, server.port), await member(t, server.port)]
    await server.stop()
    await until(() => a.directory.state === 'split', 'the split is seen', 10 * BEAT)
    // So that what waits never grows old enough to be a split of its own.
    a.stopClock()
    a.directory.kept(holds('too-long', 'x'.repeat(20_000)), 60_000)
    a.directory.kept(holds('said-meanwhile'), 60_000)
    await server.start()
    await until(() => b.heard.includes('said-meanwhile'), 'the other hears of what can be told')
    await new Promise((resolve) => setTimeout(resolve, 3 * BEAT))
    t.equal(a.directory.state, 'split')
  })

  t.test('a wire is cut, and nothing says so: split all the same', async (t) => {
    const wire = await CutWire.to(t, server.port)
    const a = await member(t, wire.port)
    wire.cut()
    await until(() => a.directory.state === 'split', 'the split is seen', 10 * BEAT)
    wire.mend()
    await until(() => a.directory.state === 'ok', 'it is back')
  })
})
