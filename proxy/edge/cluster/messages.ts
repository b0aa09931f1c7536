/**
 * What a primary and its workers tell each other, over the channel that Node gives a child. Messages of one side arrive in
 * their order, and both sides are of one version, which a worker checks before it does anything.
 */
import type { Tenants } from '../../access/principal.js'
import type { ConfigOverrides } from '../../config/overrides.js'
import type { CallView } from '../../directory/call-view.js'
import type { HostStream, KeptWord } from '../../directory/host.js'
import type { LedgerEntry } from '../../ledger/entry.js'
import type { MetricPage } from '../../metrics/page.js'
import type { KeptRecord } from '../../session/kept-signals.js'
import type { Signal, SignalAnswer } from '../../session/signal.js'
import type { TakeResult } from '../pbx-dialer.js'

/** What a worker begins with. */
export interface WorkerSetup {
  /** Counts workers, from 1. */
  readonly number: number
  /** How many share this host. */
  readonly processes: number
  /** Of the primary, from package.json. */
  readonly version: string
  /** The configuration file's text; null: there is none. */
  readonly configText: string | null
  readonly overrides: ConfigOverrides
  /** What holds for calls, with its time left, ms. */
  readonly kept: readonly (readonly [KeptRecord, number])[]
  /** Ends that came before their start. */
  readonly earlyEnds: readonly Signal[]
  readonly state: HostState
}

/** What the primary knows and every worker goes by. */
export interface HostState {
  /** Split from other hosts. */
  readonly isSplit: boolean
  readonly isLedgerWritable: boolean
}

/** What a worker is asked, and answers. */
export interface Questions {
  readonly signal: { readonly asked: Signal; readonly answer: SignalAnswer }
  readonly list: { readonly asked: Tenants; readonly answer: readonly CallView[] }
  readonly find: {
    readonly asked: { readonly callId: string; readonly tenants: Tenants }
    readonly answer: readonly CallView[]
  }
  readonly take: {
    readonly asked: { readonly path: string; readonly id: string; readonly tenants: Tenants }
    readonly answer: TakeResult
  }
  readonly page: { readonly asked: null; readonly answer: MetricPage }
}

export type Question = {
  [K in keyof Questions]: { readonly about: K; readonly asked: Questions[K]['asked'] }
}[keyof Questions]

/** A signed request has been taken: whoever shows it again is refused, at any process. */
export interface NonceWord {
  readonly kind: 'nonce'
  readonly nonce: string
  readonly ttlMs: number
}

export type ToWorker =
  | KeptWord
  | NonceWord
  | { readonly kind: 'setup'; readonly setup: WorkerSetup }
  | { readonly kind: 'state'; readonly state: HostState }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  /** Take no new call and end with the live ones, after `waitMs` in any case. `isReplaced`: another one takes what comes. */
  | { readonly kind: 'retire'; readonly waitMs: number; readonly isReplaced: boolean }

export type FromWorker =
  | KeptWord
  | NonceWord
  /** It listens: what was said before it did is lost. It is answered by `setup`. */
  | { readonly kind: 'hello' }
  | { readonly kind: 'announced'; readonly stream: Omit<HostStream, 'worker'> }
  | { readonly kind: 'withdrawn'; readonly key: number }
  | { readonly kind: 'ledger'; readonly entry: LedgerEntry }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  /** It takes calls; each fork's address. */
  | { readonly kind: 'ready'; readonly forkUrls: readonly string[] }
  /** Whether somebody listens for spoken numbers where somebody has to; told when it changes. */
  | { readonly kind: 'listened-to'; readonly isListenedTo: boolean }
  /** Its last figures. */
  | { readonly kind: 'page'; readonly page: MetricPage }
