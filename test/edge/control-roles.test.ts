// Who may do what, as one table: role by action by state of the call, through the service behind every way in.
// Roles prove themselves as they do in use: by key, client certificate, token, signed delivery, or not at all. Whoever is
// refused changes nothing, is counted, and is in the ledger.
import t from 'tap'
import type { CertificateText } from '../../proxy/access/certificate.js'
import type { Principal } from '../../proxy/access/principal.js'
import { type Refused, refusals } from '../../proxy/access/refusal.js'
import type { SignalRequest } from '../../proxy/edge/control-service.js'
import { MINT_SECRET, serviceRoom } from '../support/admin-room.js'
import { stepSignal } from '../support/signals.js'

const keyOf = (name: string): string => `${name}-key-of-thirty-two-characters-or-so`
const holder = (name: string, scopes: string[], tenants: string[] | '*' = ['acme']) => ({
  name,
  scopes,
  tenants,
})
const keys = [
  holder('payment', ['signal:payment', 'read']),
  holder('supervisor', ['signal:payment', 'signal:manual', 'signal:end', 'read']),
  holder('auditor', ['ledger', 'read']),
  holder('dialplan', ['forks:take']),
  holder('operator', ['administer'], '*'),
  holder('elsewhere', ['signal:payment', 'signal:manual', 'signal:end', 'read', 'ledger'], ['other']),
]
const certificates = [
  { ...holder('desktop', ['signal:payment', 'signal:manual']), subject: 'DNS:desk.example' },
  {
    ...holder('mesh', ['signal:payment', 'signal:manual', 'signal:end', 'read']),
    subject: 'URI:spiffe://acme/mesh',
  },
]
const config = {
  apiKeys: keys.map((entry) => ({ ...entry, key: keyOf(entry.name) })),
  certificates,
  tls: { certFile: 'x', keyFile: 'x', clientCaFile: 'x' },
  mintKeys: [{ name: 'mint', secret: MINT_SECRET, scopes: ['signal:payment'], tenants: ['acme'] }],
}
type Room = ReturnType<typeof serviceRoom>
const certificate = (subjectAltName: string): CertificateText => ({ subject: 'O=acme', subjectAltName })

const byKey =
  (name: string) =>
  ({ service }: Room) =>
    service.identify({ bearer: keyOf(name), certificate: null }, 'http')
const byCertificate =
  (names: string) =>
  ({ service }: Room) =>
    service.identify({ bearer: null, certificate: certificate(names) }, 'http')

const callId = 'CA1'
const address = { kind: 'call', callId } as const
/** A token for the step `mine` of the call, which a payment key has had made. */
const byToken = async (room: Room): Promise<Principal | Refused> => {
  const desk = (await byKey('payment')(room)) as Principal
  const rights = { scopes: ['signal:payment'], tenants: null } as const
  const minted = await room.service.mint(
    desk,
    { call: address, signalId: 'mine', seconds: 900, rights },
    'http',
  )
  const bearer = minted.kind === 'minted' ? minted.token : ''
  return room.service.identify({ bearer, certificate: null }, 'page')
}
const byDelivery = async (): Promise<Principal> => ({
  kind: 'webhook',
  name: 'provider',
  scopes: ['signal:payment'],
  tenants: ['acme'],
  deliveryId: `provider:${++delivery}`,
})
let delivery = 0

const roles = {
  payment: byKey('payment'),
  supervisor: byKey('supervisor'),
  auditor: byKey('auditor'),
  dialplan: byKey('dialplan'),
  operator: byKey('operator'),
  elsewhere: byKey('elsewhere'),
  desktop: byCertificate('DNS:desk.example'),
  mesh: byCertificate('URI:spiffe://acme/mesh'),
  page: byToken,
  provider: byDelivery,
  'wrong key': byKey('nobody'),
  'unnamed certificate': byCertificate('DNS:other.example'),
  nobody: ({ service }: Room) => service.identify({ bearer: null, certificate: null }, 'http'),
} as const
type Role = keyof typeof roles

/** What the call is like when it is asked; null: there is none. Who may not pay has no step of their own. */
const states = {
  'not here': async () => null,
  idle: async ({ room }: Room) => room.begin(callId, [], 0, 'acme'),
  'own step': async ({ room, service }: Room, who: Principal | Refused) => {
    const call = room.begin(callId, [], 0, 'acme')
    if (who.kind !== 'refused' && who.scopes.includes('signal:payment') && who.tenants.includes('acme'))
      await service.signal(who, request('payment', 'started'), 'http')
    return call
  },
  "another's step": async ({ room }: Room) => {
    const call = room.begin(callId, [], 0, 'acme')
    room.control.signal(
      { ...stepSignal('payment', 'started', 'theirs', { actor: 'them' }), address, tenants: null },
      0,
    )
    return call
  },
  "the PBX's step": async ({ room }: Room) => {
    const call = room.begin(callId, [], 0, 'acme')
    const step = stepSignal('payment', 'started', '', { origin: 'stream' })
    room.control.signal({ ...step, address, tenants: null }, 0)
    return call
  },
}
type State = keyof typeof states

const request = (kind: string, state: string): SignalRequest =>
  ({ kind, state, address, signalId: 'mine', ttlMs: null, actor: null, issuedAtMs: null }) as SignalRequest

const wordOf = (answer: unknown): string => {
  if (typeof answer === 'string') return answer
  if (typeof answer === 'number' || Array.isArray(answer)) return 'yes'
  const { kind, reason, result } = answer as { kind?: string; reason?: string; result?: string }
  return reason ?? result ?? kind ?? 'yes'
}
const signal =
  (kind: string, state: string) =>
  ({ service }: Room, who: Principal) =>
    service.signal(who, request(kind, state), 'http')
const actions = {
  'payment starts': signal('payment', 'started'),
  'payment ends': signal('payment', 'ended'),
  'hold starts': signal('hold', 'started'),
  emergency: signal('emergency', 'started'),
  'calls are read': ({ service }: Room, who: Principal) => service.list(who, 'http'),
  'what was done is read': ({ service }: Room, who: Principal) => service.history(who, callId, 'http'),
  'a fork is taken': ({ service }: Room, who: Principal) => service.take(who, '/fork', 'x', 'http'),
  'the process drains': ({ service }: Room, who: Principal) => service.drain(who, 'http'),
  'a token is made': ({ service }: Room, who: Principal) =>
    service.mint(
      who,
      {
        call: address,
        signalId: 'next',
        seconds: 60,
        rights: { scopes: ['signal:payment'], tenants: ['acme'] },
      },
      'http',
    ),
} as const
type Action = keyof typeof actions
const isSignal = (action: Action): boolean => /payment|hold|emergency/.test(action)

const payers: readonly Role[] = ['payment', 'supervisor', 'desktop', 'mesh', 'page', 'provider']
const agents: readonly Role[] = ['supervisor', 'desktop', 'mesh']
const enders: readonly Role[] = ['supervisor', 'mesh']
const others = payers.filter((role) => !enders.includes(role))
/** Another tenant's, with every scope for signals: the call is not here for them, whatever it is like. */
const elsewhere: readonly Role[] = ['elsewhere']

/** What each is answered. Who is not named lacks the scope, or is nobody. */
type Row = Readonly<Record<string, readonly Role[]>>
const everyState = (row: Row) =>
  Object.fromEntries(Object.keys(states).map((state) => [state, row])) as Record<State, Row>
const table: Readonly<Record<Action, Readonly<Record<State, Row>>>> = {
  'payment starts': {
    ...everyState({ applied: payers, pending: elsewhere }),
    'not here': { pending: [...payers, ...elsewhere] },
  },
  'payment ends': {
    'not here': { unknown: [...payers, ...elsewhere] },
    idle: { unknown: [...payers, ...elsewhere] },
    'own step': { applied: payers, unknown: elsewhere },
    "another's step": { applied: enders, 'anothers-step': others, unknown: elsewhere },
    "the PBX's step": { applied: enders, 'anothers-step': others, unknown: elsewhere },
  },
  'hold starts': {
    ...everyState({ applied: agents, pending: elsewhere }),
    'not here': { pending: [...agents, ...elsewhere] },
  },
  emergency: {
    ...everyState({ applied: enders, pending: elsewhere }),
    'not here': { pending: [...enders, ...elsewhere] },
  },
  'calls are read': everyState({ yes: ['payment', 'supervisor', 'auditor', 'mesh', 'elsewhere'] }),
  'what was done is read': everyState({ 'no-ledger': ['auditor', 'elsewhere'] }),
  'a fork is taken': everyState({ unknown: ['dialplan'] }),
  'the process drains': everyState({ yes: ['operator'] }),
  'a token is made': everyState({
    minted: ['payment', 'supervisor', 'desktop', 'mesh', 'provider'],
    tenant: elsewhere,
  }),
}
const strangers: Readonly<Partial<Record<Role, string>>> = {
  'wrong key': 'unknown-key',
  'unnamed certificate': 'unknown-certificate',
  nobody: 'no-credentials',
}
const expectedOf = (row: Row, role: Role): string =>
  strangers[role] ?? Object.keys(row).find((word) => row[word]!.includes(role)) ?? 'scope'

/** Refusals that were counted, by reason, and those in the ledger. */
const refusedIn = ({ metrics, ledger }: Room) => {
  const counted = metrics.counters.hushfork_requests_refused_total.read()
  return {
    counted: counted.flatMap(({ labels, value }) => (value > 0 ? [`${labels[0]} ${value}`] : [])),
    told: ledger.entries.flatMap((entry) =>
      entry.kind === 'refusal' ? [`${entry.reason} ${entry.apiKey ?? 'nobody'}`] : [],
    ),
  }
}

const nameOf = (who: Principal | Refused): string => (who.kind === 'refused' ? 'nobody' : who.name)

/** What becomes of the call's payment step, whatever it was like. */
const isOpenAfter = (wasOpen: boolean, action: Action, word: string): boolean => {
  if (word !== 'applied') return wasOpen
  return action === 'payment starts' || (wasOpen && action !== 'payment ends')
}

for (const action of Object.keys(actions) as Action[])
  t.test(`${action}: who may, in every state of the call, and nobody else`, async (t) => {
    for (const state of Object.keys(states) as State[])
      for (const role of Object.keys(roles) as Role[]) {
        const room = serviceRoom(config)
        const cell = `${role}, ${state}`
        const expected = expectedOf(table[action][state], role)
        const first = await roles[role](room)
        const call = await states[state](room, first)
        const isOpen = (): boolean => call !== null && call.session.openSinceMs('payment') !== Infinity
        const wasOpen = isOpen()
        // A delivery speaks once: what it says next is another one.
        const who = role === 'provider' ? await byDelivery() : first
        const word = who.kind === 'refused' ? who.reason : wordOf(await actions[action](room, who))
        t.equal(word, expected, cell)
        if (call !== null) t.equal(isOpen(), isOpenAfter(wasOpen, action, word), `${cell}: what is closed`)

        const isRefused = Object.hasOwn(refusals, word)
        const isStranger = role === 'elsewhere' && call !== null && isSignal(action)
        const reasons = isRefused ? [word] : isStranger ? ['tenant'] : []
        t.same(
          refusedIn(room),
          {
            counted: reasons.map((reason) => `${reason} 1`),
            told: reasons.map((reason) => `${reason} ${nameOf(who)}`),
          },
          `${cell}: refusals are counted and told`,
        )
      }
  })
