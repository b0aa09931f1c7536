/** What a key, a certificate, a token or a webhook may do. The names are public: docs/access.md has the table. */
export const scopes = [
  'signal:payment',
  'signal:manual',
  'signal:end',
  'read',
  'ledger',
  'forks:take',
  'administer',
] as const

export type Scope = (typeof scopes)[number]

/** What a key may do whose entry does not say: signal payment steps, and see what is here. */
export const defaultScopes: readonly Scope[] = ['signal:payment', 'read']

/**
 * What a token may carry. A token lies in a browser, so it signals and does nothing else: it lists no calls, ends nobody
 * else's step, mints no further token.
 */
export const tokenScopes = ['signal:payment', 'signal:manual'] as const satisfies readonly Scope[]
