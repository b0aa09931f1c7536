/**
 * Who may do what: the one table, for HTTP, gRPC, pages and webhooks alike. It says what somebody may ask for; what a call
 * makes of it depends on who started what there, and is policy (policy/ending.ts), told by `mayEnd`.
 */
import type { SignalKind } from '../policy/signal.js'
import { type CallName, hasTenant, type Principal, type Rights } from './principal.js'
import { type Refused, refused } from './refusal.js'
import { type Scope, tokenScopes } from './scopes.js'

/**
 * What can be asked for. `ledger` reads what was done, `drain` sends this process home with the calls of every tenant, `take`
 * fetches a fork, `mint` makes a token of these rights.
 */
export type Action =
  | { readonly kind: 'signal'; readonly signal: SignalKind; readonly address: CallName }
  | { readonly kind: 'read' | 'ledger' | 'drain' | 'take' }
  | { readonly kind: 'mint'; readonly rights: Rights }

/**
 * The scope that a signal takes. An emergency uncovers what others have silenced, so it takes the scope for ending
 * what others started.
 */
const signalScopes: Readonly<Record<SignalKind, Scope>> = {
  payment: 'signal:payment',
  hold: 'signal:manual',
  transfer: 'signal:manual',
  personal: 'signal:manual',
  manual: 'signal:manual',
  consent: 'signal:manual',
  emergency: 'signal:end',
}

/** Null when the principal may. */
export const authorize = (principal: Principal, action: Action): Refused | null => {
  switch (action.kind) {
    case 'signal':
      return mayAddress(principal, action.address) ?? mayUse(principal, signalScopes[action.signal])
    case 'read':
      return mayUse(principal, 'read')
    case 'ledger':
      return mayUse(principal, 'ledger')
    case 'take':
      return mayUse(principal, 'forks:take')
    case 'drain':
      return mayUse(principal, 'administer') ?? (principal.tenants === '*' ? null : refused('tenant'))
    case 'mint':
      return mayMint(principal, action.rights)
  }
}

/** Whose steps the principal's ends reach: its own, or everybody's. */
export const mayEnd = ({ scopes }: Principal): 'own' | 'any' =>
  scopes.includes('signal:end') ? 'any' : 'own'

const mayUse = ({ scopes }: Rights, scope: Scope): Refused | null =>
  scopes.includes(scope) ? null : refused('scope')

const mayAddress = (principal: Principal, address: CallName): Refused | null => {
  if (principal.kind !== 'token') return null
  const { call } = principal.token
  const isIts =
    call.kind === 'call'
      ? address.kind === 'call' && address.callId === call.callId
      : address.kind === 'alias' && address.key === call.key && address.value === call.value
  return isIts ? null : refused('token-other-call')
}

/** Nobody hands on more than they have, and a token makes no tokens. */
const mayMint = (principal: Principal, { scopes, tenants }: Rights): Refused | null => {
  const isTokens = scopes.every((scope) => tokenScopes.some((known) => known === scope))
  if (principal.kind === 'token' || !isTokens) return refused('scope')
  if (!scopes.every((scope) => principal.scopes.includes(scope))) return refused('scope')
  const isWithin = tenants === '*' ? principal.tenants === '*' : tenants.every((t) => hasTenant(principal, t))
  return isWithin ? null : refused('tenant')
}
