/**
 * Why somebody is not let do something. The words are labels of a metric and stand in the ledger; the details say what to
 * do about it, and are static: nothing that was sent comes back.
 */
interface RefusalText {
  /** HTTP status: 401 when who asks is not proved, 403 when it is and may not, 409 and 429 as HTTP has them. */
  readonly status: 401 | 403 | 409 | 429
  readonly detail: string
}

export const refusals = {
  'no-keys': {
    status: 401,
    detail: 'no API key is configured and this port is not on loopback: set admin.apiKeys',
  },
  'no-credentials': {
    status: 401,
    detail: 'send a configured key or a token as "Authorization: Bearer ..."',
  },
  'unknown-key': {
    status: 401,
    detail: 'this is no configured key: send one as "Authorization: Bearer KEY"',
  },
  'unknown-certificate': {
    status: 401,
    detail: 'no entry of admin.certificates names the subject of this client certificate',
  },
  'foreign-page': {
    status: 403,
    detail: 'without API keys the API is for this machine: a page of another origin is not answered',
  },
  'token-invalid': {
    status: 401,
    detail: 'this token is not signed with a key of admin.mintKeys, or lacks a claim: mint a new one',
  },
  'token-expired': { status: 401, detail: 'this token has expired: mint a new one' },
  'token-other-call': { status: 403, detail: 'this token speaks of another call' },
  'token-other-step': {
    status: 403,
    detail: 'the signalId is not the token\'s "jti", or "jti" with a suffix',
  },
  'token-spent': { status: 403, detail: 'the step of this token has ended: mint a new one for a new step' },
  'webhook-unknown': { status: 401, detail: 'no webhook of this name is configured: see admin.webhooks' },
  'webhook-signature': {
    status: 401,
    detail: 'the signature does not fit the body and the configured secret',
  },
  'webhook-clock': { status: 401, detail: 'the signature was made too long ago, or in the future' },
  'webhook-replayed': { status: 409, detail: 'this very delivery has been taken before' },
  scope: { status: 403, detail: 'the credentials are good, and lack the scope for this' },
  tenant: { status: 403, detail: "the credentials are good, and not for another tenant's calls" },
  'anothers-step': {
    status: 403,
    detail: 'somebody else has started this: ending it takes the scope signal:end, or the policy endedBy',
  },
  'mint-key': {
    status: 403,
    detail: 'no key of admin.mintKeys may sign a token of these scopes and tenants',
  },
  'too-many-requests': { status: 429, detail: 'more requests than one client makes: slow down' },
} as const satisfies Record<string, RefusalText>

export type RefusalReason = keyof typeof refusals

/** The answer to somebody who may not. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: RefusalReason
}

export const refused = (reason: RefusalReason): Refused => ({ kind: 'refused', reason })
