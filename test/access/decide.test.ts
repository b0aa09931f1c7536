// The whole table, role by action by state: what each may ask for, and what its end does to a step that is open.
import t from 'tap'
import { type Action, authorize, mayEnd } from '../../proxy/access/decide.js'
import { loopbackPrincipal, type Principal } from '../../proxy/access/principal.js'
import type { Scope } from '../../proxy/access/scopes.js'
import { stepToEnd } from '../../proxy/policy/ending.js'
import type { SignalKind, SignalOrigin } from '../../proxy/policy/signal.js'

const address = { kind: 'call', callId: 'CA1' } as const
const client = (kind: 'key' | 'certificate', ...scopes: Scope[]): Principal => ({
  kind,
  name: kind,
  scopes,
  tenants: '*',
})
const token = (...scopes: Scope[]): Principal => ({
  kind: 'token',
  name: 'desk',
  scopes,
  tenants: '*',
  token: { id: 'step-1', call: address },
})

const roles = {
  page: token('signal:payment'),
  button: token('signal:manual'),
  provider: { ...client('key', 'signal:payment'), kind: 'webhook', deliveryId: 'd1' },
  'payment key': client('key', 'signal:payment', 'read'),
  desktop: client('certificate', 'signal:payment', 'signal:manual'),
  supervisor: client('key', 'signal:payment', 'signal:manual', 'signal:end', 'read'),
  auditor: client('key', 'ledger', 'read'),
  'dial plan': client('key', 'forks:take'),
  operator: client('key', 'administer'),
  nothing: client('key'),
  loopback: loopbackPrincipal,
} as const satisfies Record<string, Principal>
type Role = keyof typeof roles

const signal = (kind: SignalKind): Action => ({ kind: 'signal', signal: kind, address })
const manualRoles: readonly Role[] = ['button', 'desktop', 'supervisor', 'loopback']

/** Who may ask for what. Whoever is not named is refused for want of a scope. */
const allowed: readonly (readonly [string, Action, readonly Role[]])[] = [
  ['payment', signal('payment'), ['page', 'provider', 'payment key', 'desktop', 'supervisor', 'loopback']],
  ['hold', signal('hold'), manualRoles],
  ['transfer', signal('transfer'), manualRoles],
  ['personal', signal('personal'), manualRoles],
  ['manual', signal('manual'), manualRoles],
  ['consent', signal('consent'), manualRoles],
  ['emergency', signal('emergency'), ['supervisor', 'loopback']],
  ['read', { kind: 'read' }, ['payment key', 'supervisor', 'auditor', 'loopback']],
  ['ledger', { kind: 'ledger' }, ['auditor', 'loopback']],
  ['drain', { kind: 'drain' }, ['operator', 'loopback']],
  ['take', { kind: 'take' }, ['dial plan', 'loopback']],
  [
    'mint a payment token',
    { kind: 'mint', rights: { scopes: ['signal:payment'], tenants: '*' } },
    ['provider', 'payment key', 'desktop', 'supervisor', 'loopback'],
  ],
  [
    'mint a token of two scopes',
    { kind: 'mint', rights: { scopes: ['signal:payment', 'signal:manual'], tenants: ['acme'] } },
    ['desktop', 'supervisor', 'loopback'],
  ],
  ['mint a token that reads', { kind: 'mint', rights: { scopes: ['read'], tenants: '*' } }, []],
  ['mint a token that ends', { kind: 'mint', rights: { scopes: ['signal:end'], tenants: '*' } }, []],
]

for (const [name, action, who] of allowed)
  t.test(`${name}: ${who.join(', ') || 'nobody'}, and nobody else`, async (t) => {
    for (const role of Object.keys(roles) as Role[])
      t.equal(authorize(roles[role], action)?.reason ?? null, who.includes(role) ? null : 'scope', role)
  })

t.test('a token speaks of its own call alone, however that is named', async (t) => {
  const byAlias = { kind: 'alias', key: 'agent', value: '7' } as const
  const refusalOf = (call: Action & { kind: 'signal' }, principal: Principal) =>
    authorize(principal, call)?.reason
  const pay = (to: typeof address | typeof byAlias | { kind: 'call'; callId: string }) =>
    ({ kind: 'signal', signal: 'payment', address: to }) as const
  t.equal(refusalOf(pay({ kind: 'call', callId: 'CA2' }), roles.page), 'token-other-call')
  t.equal(refusalOf(pay(byAlias), roles.page), 'token-other-call')
  const aliased = { ...roles.page, token: { id: 's', call: byAlias } }
  t.equal(refusalOf(pay(byAlias), aliased), undefined)
  for (const other of [{ ...byAlias, value: '8' }, { ...byAlias, key: 'desk' }, address])
    t.equal(refusalOf(pay(other as typeof byAlias), aliased), 'token-other-call')
})

t.test('nobody mints for tenants that are not theirs', async (t) => {
  const mint = (tenants: '*' | readonly string[], by: '*' | readonly string[]) =>
    authorize(
      { kind: 'key', name: 'desk', scopes: ['signal:payment'], tenants: by },
      { kind: 'mint', rights: { scopes: ['signal:payment'], tenants } },
    )?.reason ?? null
  t.equal(mint(['a'], ['a', 'b']), null)
  t.equal(mint(['a'], '*'), null)
  t.equal(mint(['a', 'c'], ['a', 'b']), 'tenant')
  t.equal(mint('*', ['a', 'b']), 'tenant')
})

t.test('a process is sent home by those whose business every tenant of it is', async (t) => {
  const drain = (tenants: '*' | readonly string[]) =>
    authorize({ kind: 'key', name: 'op', scopes: ['administer'], tenants }, { kind: 'drain' })?.reason ?? null
  t.equal(drain('*'), null)
  t.equal(drain(['acme']), 'tenant')
})

/** An open step, and what an end of each role makes of it. The policy lets no other origin end it. */
const states = {
  'its own step': { actor: 'self', signalId: 's1' },
  "another's step of that name": { actor: 'other', signalId: 's1' },
  "another's step of another name": { actor: 'other', signalId: 's2' },
  "the PBX's own step": { actor: null, signalId: '', origin: 'stream' },
} as const satisfies Record<string, { actor: string | null; signalId: string; origin?: SignalOrigin }>
type State = keyof typeof states

const named: readonly State[] = ['its own step', "another's step of that name"]
const everything = Object.keys(states) as readonly State[]
const endable: Readonly<Partial<Record<Role, readonly State[]>>> = {
  page: named,
  provider: named,
  'payment key': named,
  desktop: named,
  supervisor: everything,
  loopback: everything,
}

for (const [state, { actor, signalId, ...rest }] of Object.entries(states))
  t.test(`${state} is ended by those who may, and by nobody else`, async (t) => {
    for (const role of Object.keys(roles) as Role[]) {
      const origin: SignalOrigin = role === 'page' || role === 'button' ? 'payment-page' : 'api'
      const step = { signalId, actor, issuedAtMs: null, origin, ...rest }
      const ended = stepToEnd(
        [step],
        {
          kind: 'payment',
          state: 'ended',
          signalId: 's1',
          ttlMs: null,
          actor: 'self',
          issuedAtMs: null,
          origin,
          mayEnd: mayEnd(roles[role]),
        },
        [],
      )
      const isEnded = authorize(roles[role], signal('payment')) === null && ended === step
      t.equal(isEnded, endable[role]?.includes(state as State) ?? false, role)
    }
  })
