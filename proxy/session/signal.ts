/** Signals as the control plane takes them: for a call that it has to find, with an answer that is the truth. */
import type { CallSignal } from '../policy/signal.js'
import type { CallAddress } from './call-registry.js'

export type Signal = CallSignal & {
  readonly address: CallAddress
  /** Whose calls it may find, or wait for; null: every tenant's. */
  readonly tenants: readonly string[] | null
}

/** `forbidden` is also what the edge answers without valid credentials, `unavailable` when it cannot ask. */
export const signalResults = [
  'applied',
  'pending',
  'late',
  'ambiguous',
  'unknown',
  'forbidden',
  'unavailable',
] as const
export type SignalResult = (typeof signalResults)[number]

/** What one stream made of a signal. Samples are positions at the call's clock rate. */
export interface StreamAnswer {
  readonly callId: string
  readonly streamId: string
  readonly firstSilentSample?: number
  /** Instant of that sample, ms since 1970. */
  readonly firstSilentEpochMs?: number
  readonly lateMs?: number
  /** From here on the call is heard again, unless something else keeps it silent. */
  readonly clearFromSample?: number
  /** True when an emergency is open, which lifts this silence until it ends. */
  readonly isLifted?: boolean
}

export interface SignalAnswer {
  readonly result: SignalResult
  /** Static words that say what happened and what to do, where the result alone does not. */
  readonly detail?: string
  readonly streams: readonly StreamAnswer[]
  /** True when this id had been answered before, and this is that answer or a renewed lease. */
  readonly isRepeated: boolean
}
