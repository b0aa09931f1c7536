/** Who asks, as far as it has been proved. */
import { type Scope, scopes } from './scopes.js'

/** `*`: those of every tenant. */
export type Tenants = '*' | readonly string[]

/** How a signal names its call: by its id, or by a metadata key of its start message. */
export type CallName =
  | { readonly kind: 'call'; readonly callId: string }
  | { readonly kind: 'alias'; readonly key: string; readonly value: string }

export interface Rights {
  readonly scopes: readonly Scope[]
  readonly tenants: Tenants
}

/** A configured client: its name is for the log and the ledger, and holds nothing of a call. */
export interface Client extends Rights {
  readonly name: string
}

/** What a token grants beside its rights: one step of one call. */
export interface TokenGrant {
  /** `jti`: names the step, and the token for as long as it is remembered. */
  readonly id: string
  readonly call: CallName
}

export type Principal =
  | (Client & { readonly kind: 'key' | 'certificate' | 'loopback' })
  /** `deliveryId`: of this very message, which speaks once. */
  | (Client & { readonly kind: 'webhook'; readonly deliveryId: string })
  | (Client & { readonly kind: 'token'; readonly token: TokenGrant })

/** Whoever reaches a port on loopback where no key is configured: this machine's own people. */
export const loopbackPrincipal: Principal = {
  kind: 'loopback',
  name: 'loopback',
  scopes,
  tenants: '*',
}

/** Whether what belongs to `tenant` is the principal's business. */
export const hasTenant = ({ tenants }: Rights, tenant: string): boolean =>
  tenants === '*' || tenants.includes(tenant)

/** The rights that both sides have: what one of them passes on to the other. */
export const commonRights = (a: Rights, b: Rights): Rights => ({
  scopes: a.scopes.filter((scope) => b.scopes.includes(scope)),
  tenants: commonTenants(a.tenants, b.tenants),
})

const commonTenants = (a: Tenants, b: Tenants): Tenants => {
  if (a === '*') return b
  return b === '*' ? a : a.filter((tenant) => b.includes(tenant))
}
