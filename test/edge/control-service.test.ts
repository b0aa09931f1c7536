import t from 'tap'
import type { Principal } from '../../proxy/access/principal.js'
import { GRACE_MS } from '../../proxy/access/token-use.js'
import { adminSchema } from '../../proxy/config/schema.js'
import { accessOf } from '../../proxy/edge/admin-access.js'
import type { ControlService, SignalRequest } from '../../proxy/edge/control-service.js'
import type { CallRead, CallReader } from '../../proxy/ledger/call-reader.io.js'
import { EPOCH_MS, KEY, MINT_SECRET, serviceRoom } from '../support/admin-room.js'
import { isSilent } from '../support/control-room.js'
import { webhookConfig } from '../support/webhook.js'

const mintKeys = [{ name: 'desk', secret: MINT_SECRET, scopes: ['signal:payment', 'signal:manual'] }]
const key = (...scopes: Principal['scopes']): Principal => ({
  kind: 'key',
  name: 'page',
  scopes,
  tenants: '*',
})
const pageKey = key('signal:payment')

const signal = (state: 'started' | 'ended', signalId = 's1', parts: Partial<SignalRequest> = {}) =>
  ({
    kind: 'payment',
    state,
    address: { kind: 'call', callId: 'CA1' },
    signalId,
    ttlMs: null,
    actor: null,
    issuedAtMs: null,
    ...parts,
  }) as SignalRequest

/** What a request came to: the answer's word, or the reason of the refusal. */
const wordOf = (answer: Awaited<ReturnType<ControlService['signal']>>): string =>
  'kind' in answer ? answer.reason : answer.result

const room = (config: object = {}, parts: Parameters<typeof serviceRoom>[1] = {}) => {
  const inner = serviceRoom({ mintKeys, ...config }, parts)
  const { service } = inner
  const tell = async (who: Principal, ...request: Parameters<typeof signal>) =>
    wordOf(await service.signal(who, signal(...request), 'http'))
  /** The bearer of a token for CA1 that has just been minted. */
  const bearer = async (
    id = 'step',
    seconds = 900,
  ): Promise<{ token: string; who(): Promise<Principal> }> => {
    const minted = await service.mint(
      pageKey,
      {
        call: { kind: 'call', callId: 'CA1' },
        signalId: id,
        seconds,
        rights: { scopes: ['signal:payment'], tenants: null },
      },
      'http',
    )
    const token = minted.kind === 'minted' ? minted.token : ''
    return {
      token,
      who: async () => (await service.identify({ bearer: token, certificate: null }, 'page')) as Principal,
    }
  }
  return { ...inner, tell, bearer }
}

t.test(
  'a signal is told to the ledger: who, what, which stream, from which sample, and the answer',
  async (t) => {
    const { tell, ledger, room: calls } = room()
    calls.begin('CA1').hear(0, 5)
    t.equal(await tell(pageKey, 'started', 's1', { actor: 'agent-7' }), 'applied')
    t.equal(await tell(pageKey, 'ended'), 'applied')
    const facts = {
      kind: 'signal',
      apiKey: 'page',
      signal: 'payment',
      answer: 'applied',
      source: 'http',
      signalId: 's1',
    }
    const stream = { callId: 'CA1', streamId: 'stream-1' }
    t.match(ledger.entries, [
      { ...facts, ...stream, actor: 'agent-7', state: 'started', startSample: 480, lateMs: 0 },
      { ...facts, ...stream, state: 'ended', endSample: 960 },
    ])
  },
)

t.test('a signal that reached no stream is told as well, by how it named its call', async (t) => {
  const { tell, ledger } = room()
  t.equal(await tell(pageKey, 'started'), 'pending')
  t.equal(
    await tell(pageKey, 'started', 's2', { address: { kind: 'alias', key: 'agent', value: '7' } }),
    'pending',
  )
  t.match(ledger.entries, [
    { kind: 'signal', answer: 'pending', callId: 'CA1' },
    { kind: 'signal', answer: 'pending', aliasKey: 'agent', aliasValue: '7' },
  ])
})

t.test(
  'every refusal is counted by its reason and is in the ledger, under the name that was proved',
  async (t) => {
    const { tell, service, ledger, metrics } = room({ apiKeys: [{ name: 'a', key: 'k'.repeat(16) }] })
    t.equal(await tell(key('read'), 'started'), 'scope')
    await service.identify({ bearer: 'nobody', certificate: null }, 'http')
    service.drain(key('read'), 'http')
    await service.list(key('administer'), 'http')
    await service.find(key('administer'), 'CA1', 'grpc')
    t.same(ledger.entries, [
      { kind: 'refusal', source: 'http', reason: 'scope', apiKey: 'page', callId: 'CA1' },
      { kind: 'refusal', source: 'http', reason: 'unknown-key' },
      { kind: 'refusal', source: 'http', reason: 'scope', apiKey: 'page' },
      { kind: 'refusal', source: 'http', reason: 'scope', apiKey: 'page' },
      { kind: 'refusal', source: 'grpc', reason: 'scope', apiKey: 'page', callId: 'CA1' },
    ])
    const counted = metrics.counters.hushfork_requests_refused_total
      .read()
      .map(({ labels, value }) => [...labels, value])
    t.same(counted.sort(), [
      ['scope', 4],
      ['unknown-key', 1],
    ])
  },
)

t.test('what the call itself refuses is a refusal like any other', async (t) => {
  const { tell, ledger, room: calls } = room()
  const stream = calls.begin('CA1')
  await tell(pageKey, 'started', 's1')
  t.equal(await tell({ ...pageKey, name: 'other' }, 'ended', 's2'), 'anothers-step')
  t.ok(isSilent(stream))
  t.match(ledger.entries.at(-1), { kind: 'refusal', reason: 'anothers-step', apiKey: 'other' })
  t.equal(await tell(key('signal:payment', 'signal:end'), 'ended', 's2'), 'applied', 'the scope signal:end')
  t.notOk(isSilent(stream))
})

t.test('what was done is read for the tenants of who asks, and a read that is refused is told', async (t) => {
  const asked: unknown[] = []
  const answers: CallRead[] = [
    { entries: [], damaged: 0, isPart: false, isAnothers: false },
    { entries: [], damaged: 0, isPart: false, isAnothers: true },
    'busy',
    'unreadable',
  ]
  const read: CallReader['read'] = async (...of) => {
    asked.push(of)
    return answers.shift()!
  }
  const { service, ledger } = room({}, { reader: { read } as CallReader })
  const auditor: Principal = { ...key('ledger'), tenants: ['acme'] }
  const ask = (who = auditor) => service.history(who, 'CA1', 'http')
  t.match(await ask(key('read', 'administer')), { reason: 'scope' })
  t.same(asked, [])
  t.match(await ask(), { entries: [] })
  t.match(await ask(), { entries: [] })
  t.match(await ask(), { reason: 'too-many-requests' })
  t.equal(await ask(), 'unreadable')
  t.same(asked, Array(4).fill(['CA1', ['acme']]))
  const refusal = { kind: 'refusal', source: 'http', apiKey: 'page', callId: 'CA1' }
  t.same(
    ledger.entries,
    ['scope', 'tenant', 'too-many-requests'].map((reason) => ({ ...refusal, reason })),
  )
  t.equal(await room().service.history(auditor, 'CA1', 'http'), 'no-ledger')
})

t.test('an actor stands behind the name of its key: nobody passes for another', async (t) => {
  const { tell, room: calls } = room()
  const stream = calls.begin('CA1')
  await tell(pageKey, 'started', 's1', { actor: 'agent-7' })
  t.equal(await tell({ ...pageKey, name: 'other' }, 'ended', 's2', { actor: 'agent-7' }), 'anothers-step')
  t.ok(isSilent(stream))
  t.equal(await tell(pageKey, 'ended', 's2', { actor: 'agent-7' }), 'applied')
})

t.test("another tenant's call is as if it were not here, and the ledger says who asked", async (t) => {
  const { tell, service, ledger, room: calls } = room()
  const stream = calls.begin('CA1', [], 0, 'acme')
  const stranger = { ...key('signal:payment', 'read', 'signal:end'), tenants: ['other'] }
  t.equal(await tell(stranger, 'started'), 'pending')
  t.equal(await tell(stranger, 'ended'), 'unknown')
  t.same(await service.find(stranger, 'CA1', 'http'), [])
  t.same(await service.list(stranger, 'http'), [])
  t.notOk(isSilent(stream))
  const refusals = ledger.entries.filter(({ kind }) => kind === 'refusal')
  t.same(
    refusals,
    Array(3).fill({ kind: 'refusal', source: 'http', reason: 'tenant', apiKey: 'page', callId: 'CA1' }),
  )
  const own = { ...stranger, tenants: ['acme'] }
  t.equal(await tell(own, 'started'), 'applied')
  t.match(await service.find(own, 'CA1', 'http'), [{ tenant: 'acme', openSeconds: { payment: 0 } }])
})

t.test('a token starts, beats and ends its step, and is refused for another call or step', async (t) => {
  const { tell, bearer, room: calls } = room()
  const stream = calls.begin('CA1')
  const who = await (await bearer()).who()
  t.equal(await tell(who, 'started', 'step.a'), 'applied')
  t.equal(await tell(who, 'started', 'step.a'), 'applied', 'a heartbeat')
  t.equal(await tell(who, 'started', 'other'), 'token-other-step')
  t.equal(
    await tell(who, 'started', 'step.a', { address: { kind: 'call', callId: 'CA2' } }),
    'token-other-call',
  )
  t.equal(await tell(who, 'started', 'step.a', { kind: 'manual' } as never), 'scope')
  t.equal(await tell(who, 'ended', 'step.a'), 'applied')
  t.notOk(isSilent(stream))
})

t.test('a replayed token opens nothing once its step has ended', async (t) => {
  const { tell, bearer, wait, room: calls } = room()
  const stream = calls.begin('CA1')
  const who = await (await bearer()).who()
  await tell(who, 'started', 'step.a')
  await tell(who, 'ended', 'step.a')
  t.equal(await tell(who, 'started', 'step.a'), 'token-spent')
  wait(GRACE_MS + 1)
  t.equal(await tell(who, 'started', 'step.b'), 'token-spent')
  t.notOk(isSilent(stream))
})

t.test('an expired token is refused, and what it has closed stays closed', async (t) => {
  const { tell, bearer, wait, ledger, room: calls } = room()
  const stream = calls.begin('CA1')
  const { who } = await bearer('step', 60)
  await tell(await who(), 'started', 'step.a')
  wait(66_000)
  t.match(await who(), { kind: 'refused', reason: 'token-expired' })
  t.ok(isSilent(stream))
  t.match(ledger.entries.at(-1), { kind: 'refusal', source: 'page', reason: 'token-expired' })
})

t.test('the end of one tab opens no other, not even when its own start was lost', async (t) => {
  const { tell, bearer, room: calls } = room()
  const stream = calls.begin('CA1')
  const who = await (await bearer()).who()
  await tell(who, 'started', 'step.a')
  t.not(await tell(who, 'ended', 'step.b'), 'applied')
  t.ok(isSilent(stream))
  const other = await (await bearer('step2')).who()
  t.not(await tell(other, 'ended', 'step2.a'), 'applied', "another token's")
  t.ok(isSilent(stream))
  t.equal(await tell(who, 'ended', 'step.a'), 'applied')
  t.notOk(isSilent(stream))
})

t.test('a token is minted for no more than its maker has, and than the mint key may sign', async (t) => {
  const { service } = room({ mintKeys: [{ name: 'desk', secret: MINT_SECRET, tenants: ['acme'] }] })
  const call = { kind: 'call', callId: 'CA1' } as const
  const mint = async (
    who: Principal,
    scopes: Principal['scopes'],
    tenants: readonly string[] | null = null,
  ) => {
    const minted = await service.mint(
      who,
      { call, signalId: null, seconds: 60, rights: { scopes, tenants } },
      'http',
    )
    return minted.kind === 'refused' ? minted.reason : minted.kind
  }
  const acme = { ...pageKey, tenants: ['acme'] }
  t.equal(await mint(acme, ['signal:payment']), 'minted')
  t.equal(await mint(acme, ['signal:manual']), 'scope')
  t.equal(await mint(acme, ['signal:payment'], ['other']), 'tenant')
  t.equal(await mint(pageKey, ['signal:payment'], ['acme']), 'minted')
  t.equal(await mint(pageKey, ['signal:payment']), 'mint-key', 'the mint key is for one tenant')
  t.equal(await mint(key('signal:manual'), ['signal:manual'], ['acme']), 'mint-key')
  t.equal(await mint(key('read'), ['signal:payment']), 'scope')
})

t.test('a minted token says when it expires, and which step it is for', async (t) => {
  const { service } = room()
  const rights = { scopes: ['signal:payment'], tenants: null } as const
  const call = { kind: 'call', callId: 'CA1' } as const
  t.match(await service.mint(pageKey, { call, signalId: null, seconds: 60, rights }, 'http'), {
    kind: 'minted',
    signalId: /^[0-9a-f-]{36}$/,
    expiresAtMs: EPOCH_MS + 60_000,
  })
  const without = serviceRoom().service
  t.same(await without.mint(pageKey, { call, signalId: null, seconds: 60, rights }, 'http'), {
    kind: 'unavailable',
  })
})

t.test('drain is for those who administer', async (t) => {
  const { service, drained, room: calls } = room()
  calls.begin('CA1')
  t.match(service.drain(pageKey, 'http'), { reason: 'scope' })
  t.equal(drained.length, 0)
  t.equal(service.drain(key('administer'), 'http'), 1)
})

t.test('a token in a loop is slowed down; another is not', async (t) => {
  const { tell, bearer, wait } = room()
  const [one, other] = [await (await bearer('a')).who(), await (await bearer('b')).who()]
  const answers: string[] = []
  for (let i = 0; i < 51; i++) answers.push(await tell(one, 'started', 'a'))
  t.same(answers.slice(49), ['pending', 'too-many-requests'])
  t.equal(await tell(other, 'started', 'b'), 'pending')
  wait(100)
  t.equal(await tell(one, 'started', 'a'), 'pending')
})

t.test('strangers are counted and told, all of them', async (t) => {
  const { service, ledger, metrics } = room({ apiKeys: [{ name: 'a', key: 'k'.repeat(16) }] })
  for (let i = 0; i < 1500; i++) await service.identify({ bearer: null, certificate: null }, 'http')
  t.equal(ledger.entries.length, 1500, 'the ledger sums them up: test/ledger/refusals.test.ts')
  const [counter] = metrics.counters.hushfork_requests_refused_total.read()
  t.same(counter, { labels: ['no-credentials'], value: 1500 })
})

t.test('lists of all calls are for people, not for loops', async (t) => {
  const { service } = room()
  for (let i = 0; i < 20; i++) await service.list(key('read'), 'http')
  t.match(await service.list(key('read'), 'http'), { reason: 'too-many-requests' })
})

t.test(
  'while nobody can tell what has been used, silence is all that tokens and deliveries get',
  async (t) => {
    const untold = { change: async () => 'untold' as const }
    const inner = room({}, { uses: { tokens: untold, deliveries: untold } })
    const { tell, bearer, room: calls } = inner
    const stream = calls.begin('CA1')
    const who = await (await bearer()).who()
    t.equal(await tell(who, 'started', 'step.a'), 'unavailable')
    t.ok(isSilent(stream), 'the call is silent all the same')
    t.equal(await tell(who, 'ended', 'step.a'), 'applied', 'a page ends what it has started')
    t.notOk(isSilent(stream))
    const provider: Principal = { ...pageKey, kind: 'webhook', deliveryId: 'd1' }
    t.equal(await tell(provider, 'started', 'pay-1'), 'unavailable')
    t.ok(isSilent(stream))
    t.equal(await tell(provider, 'ended', 'pay-1'), 'unavailable')
    t.ok(isSilent(stream), 'nothing has ended: the message may be an old one')
    t.equal(await tell(pageKey, 'started', 's1'), 'applied', 'keys are good as often as they are used')
  },
)

t.test(
  'who is taken out of the configuration is nobody from then on, whatever they had proved before',
  async (t) => {
    const apiKeys = [{ name: 'desk', key: KEY, scopes: ['read'] }]
    const { service, room: calls, admin } = room({ apiKeys })
    calls.begin('CA1')
    const identify = async (bearer: string) => {
      const who = await service.identify({ bearer, certificate: null }, 'http')
      return who.kind === 'refused' ? who.reason : who
    }
    const minted = await service.mint(
      pageKey,
      {
        call: { kind: 'call', callId: 'CA1' },
        signalId: 'step',
        seconds: 900,
        rights: { scopes: ['signal:payment'], tenants: null },
      },
      'http',
    )
    const token = minted.kind === 'minted' ? minted.token : ''
    const desk = await identify(KEY)
    t.match(desk, { name: 'desk' })
    t.match(await identify(token), { kind: 'token' })
    const look = service.watch(desk as Principal, null, 'grpc') as () => Promise<unknown>
    t.match(await look(), [{ callId: 'CA1' }])

    service.admit(accessOf({ ...admin, apiKeys: [], mintKeys: [] }))
    t.equal(await identify(KEY), 'unknown-key')
    t.equal(await identify(token), 'token-invalid')
    t.equal(await look(), null)
    t.equal(service.webhook('psp'), undefined)
    service.admit(accessOf(adminSchema.parse({ webhooks: [webhookConfig] })))
    t.match(service.webhook(webhookConfig.name), { client: { name: webhookConfig.name } })
  },
)
