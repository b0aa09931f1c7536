import type { ConsentSignal, ConsentState, StepKind, StepSignal } from '../../proxy/policy/signal.js'

const FACTS = { ttlMs: null, actor: null, issuedAtMs: null, origin: 'api', mayEnd: 'own' } as const

/** A signal from a back end that says no more than it must. */
export const stepSignal = (
  kind: StepKind,
  state: StepSignal['state'],
  signalId: string,
  parts: Partial<StepSignal> = {},
): StepSignal => ({ ...FACTS, kind, state, signalId, ...parts })

export const consentSignal = (
  state: ConsentState,
  signalId: string,
  parts: Partial<ConsentSignal> = {},
): ConsentSignal => ({ ...FACTS, kind: 'consent', state, signalId, ...parts })
