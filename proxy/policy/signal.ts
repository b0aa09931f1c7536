/**
 * What somebody outside the audio may tell a call: that a payment step, a transfer, a hold begins or ends, that a call is
 * personal, who consents, that a life is at stake. How a signal finds its call, and what it is answered, is session/signal.ts.
 */

/** Steps that keep a call silent while they are open; each is its own reason, and opens and closes on its own (R4). */
export const spanKinds = ['payment', 'hold', 'transfer', 'personal', 'manual'] as const

/** What opens and closes as a step: those, and `emergency`, which lifts what rests on an agreement or a duty of the house. */
export const stepKinds = [...spanKinds, 'emergency'] as const
export type StepKind = (typeof stepKinds)[number]

/** Everything that can be signalled. */
const signalKinds = [...stepKinds, 'consent'] as const
export type SignalKind = (typeof signalKinds)[number]

/**
 * How a signal came. `stream` is the PBX itself: a message of its fork, or the metadata of its start; `star-code` is a code
 * that the agent keyed; `caller-key` is a key of the caller, who may give or refuse consent and nothing else.
 */
export const signalOrigins = ['api', 'payment-page', 'webhook', 'stream', 'star-code', 'caller-key'] as const
export type SignalOrigin = (typeof signalOrigins)[number]

/** `asked` opens the window in which the caller's keys count, once more. */
export const consentStates = ['asked', 'given', 'refused', 'withdrawn'] as const
export type ConsentState = (typeof consentStates)[number]

interface SignalFacts {
  /** Names the step; the signal that ends it carries the same id, or one that no step has. Not empty from outside. */
  readonly signalId: string
  /** Lease of a start, and longest wait for its call, ms; null: the policy's lease, and the control plane's wait. */
  readonly ttlMs: number | null
  /** Who signals; compared, never logged. */
  readonly actor: string | null
  /** When the signal was made, ms since 1970, if its sender says so: what tells an older signal from a newer one. */
  readonly issuedAtMs: number | null
  readonly origin: SignalOrigin
  /** `any`: the sender's credentials allow it to end what others started. `own`: the rule of ending.ts decides. */
  readonly mayEnd: 'own' | 'any'
}

/** A step starts or ends. A start that is repeated while its step is open is its heartbeat. */
export interface StepSignal extends SignalFacts {
  readonly kind: StepKind
  readonly state: 'started' | 'ended'
}

export interface ConsentSignal extends SignalFacts {
  readonly kind: 'consent'
  readonly state: ConsentState
}

/** A signal as one call sees it. */
export type CallSignal = StepSignal | ConsentSignal

/** Reason of what is silent because somebody's health, belief or the like is spoken of. */
export const SPECIAL_CATEGORY = 'special-category'

/**
 * Silences that an emergency lifts: those that rest on an agreement or on the house's own rules, and special categories, where
 * a life is at stake (GDPR, article 9(2)(c)). What protects a number or a secret (keys, payment, spoken card data, what an
 * agent has masked by hand) stays silent whatever happens.
 */
const liftable: readonly string[] = ['hold', 'transfer', 'personal', 'consent', 'schedule', SPECIAL_CATEGORY]

export const isLiftable = (reason: string): boolean => liftable.includes(reason)
