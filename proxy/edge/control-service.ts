/**
 * What the API does, whatever it is spoken over: HTTP and gRPC translate, and everything that is decided is decided here.
 * Who asks is found out first (`identify`), then each method says whether they may, does it, and tells the ledger. Every
 * refusal is counted by its reason.
 */
import type { Credentials } from '../access/authenticator.js'
import { authorize, mayEnd } from '../access/decide.js'
import type { CallName, Principal, Rights } from '../access/principal.js'
import { RateLimit } from '../access/rate-limit.js'
import { type RefusalReason, type Refused, refused } from '../access/refusal.js'
import { tokenScopes } from '../access/scopes.js'
import { mintToken } from '../access/token.js'
import { TokenUse } from '../access/token-use.js'
import type { Untold, UseBooks } from '../access/uses.js'
import type { Clock } from '../base/clock.js'
import { CALLS_MAX } from '../base/limits.js'
import type { CallView } from '../directory/call-view.js'
import type { CallEntries, CallReader } from '../ledger/call-reader.io.js'
import type { Ledger } from '../ledger/ledger.js'
import type { ProxyMetrics } from '../metrics/metrics.js'
import type { ConsentState, SignalOrigin, StepKind } from '../policy/signal.js'
import type { CallAddress } from '../session/call-registry.js'
import { isSilencing } from '../session/control-plane.js'
import type { Signal, SignalAnswer, StreamAnswer } from '../session/signal.js'
import type { Access } from './admin-access.js'
import { randomUuid } from './auth-context.js'
import type { Webhook } from './http/webhooks.js'
import { type CallBook, type SignalRouter, tenantListOf } from './local-calls.js'
import type { ForkTaker, TakeResult } from './pbx-dialer.js'

/** How somebody came, for the ledger. */
export type Source = 'http' | 'grpc' | 'page' | 'webhook'

/** What is asked of a call. */
export type SignalRequest = (
  | { readonly kind: StepKind; readonly state: 'started' | 'ended' }
  | { readonly kind: 'consent'; readonly state: ConsentState }
) & {
  readonly address: CallAddress
  readonly signalId: string
  /** ms; null: the policy's lease. */
  readonly ttlMs: number | null
  /** On whose behalf, in the client's own words; null: its own. */
  readonly actor: string | null
  /** ms since 1970; null: not said. */
  readonly issuedAtMs: number | null
}

/** A token that is wanted. What is left out: a name of our own, fifteen minutes, a payment step, the asker's tenants. */
export interface MintRequest {
  readonly call: CallName
  readonly signalId: string | null
  readonly seconds: number
  readonly rights: { readonly scopes: Rights['scopes']; readonly tenants: Rights['tenants'] | null }
}

export interface Minted {
  readonly kind: 'minted'
  readonly token: string
  readonly signalId: string
  /** ms since 1970. */
  readonly expiresAtMs: number
}

export interface ControlServiceParts {
  /** To begin with: `admit` replaces it. */
  readonly access: Access
  readonly router: SignalRouter
  readonly calls: CallBook
  readonly forks: ForkTaker
  /** Tokens and deliveries that have been used. */
  readonly uses: UseBooks
  readonly clock: Clock
  readonly metrics: ProxyMetrics
  readonly ledger: Ledger
  /** Reads what the ledger holds; null: none is kept. */
  readonly reader: CallReader | null
  /** Sends this process home as SIGTERM does; returns how many calls are still here. */
  drain(): number
}

/** A page beats every few seconds; a browser's token needs no more than this, at once and a second. */
const TOKEN_BURST = 50
const TOKEN_PER_SECOND = 10
/** A back end may speak for every call of the process at once, and for each of them every two seconds. */
const CLIENT_BURST = CALLS_MAX
const CLIENT_PER_SECOND = CALLS_MAX / 2
/** A list of all calls is a megabyte of JSON. */
const LIST_BURST = 20
const LIST_PER_SECOND = 5
/** Clients told apart by a limit: tokens of an hour in which every call has several. */
const CLIENTS_MAX = 20_000

export class ControlService {
  readonly #tokens = new RateLimit(TOKEN_BURST, TOKEN_PER_SECOND, CLIENTS_MAX)
  readonly #clients = new RateLimit(CLIENT_BURST, CLIENT_PER_SECOND, CLIENTS_MAX)
  readonly #lists = new RateLimit(LIST_BURST, LIST_PER_SECOND, CLIENTS_MAX)
  readonly #use: TokenUse
  #access: Access

  constructor(private readonly parts: ControlServiceParts) {
    this.#use = new TokenUse(parts.uses.tokens)
    this.#access = parts.access
  }

  /** From now on these are let in, and nobody else: whoever asks next is judged by it, and whoever watches has to ask again. */
  admit(access: Access): void {
    this.#access = access
  }

  /** The provider of this name. */
  webhook(name: string): Webhook | undefined {
    return this.#access.webhooks.find(({ client }) => client.name === name)
  }

  /** Who asks. A refusal has been counted when this returns. */
  async identify(credentials: Credentials, source: Source): Promise<Principal | Refused> {
    const principal = await this.#access.authenticator.identify(credentials, this.parts.clock.epochMs())
    return principal.kind === 'refused' ? this.refuseStranger(principal.reason, source) : principal
  }

  /** A refusal of somebody who has not proved who they are. */
  refuseStranger(reason: RefusalReason, source: Source): Refused {
    this.parts.metrics.requestRefused(reason)
    this.parts.ledger.append({ kind: 'refusal', source, reason })
    return refused(reason)
  }

  /** Passes a signal on to its call, on the authority of `principal`. */
  async signal(
    principal: Principal,
    request: SignalRequest,
    source: Source,
  ): Promise<SignalAnswer | Refused> {
    const { clock, metrics } = this.parts
    const startedMs = clock.nowMs()
    const { kind, address } = request
    const use =
      authorize(principal, { kind: 'signal', signal: kind, address }) ??
      this.#limit(principal) ??
      (await this.#used(principal, request))
    if (use !== null && use !== 'untold') return this.#refuseSignal(principal, use.reason, address, source)
    const answer = await this.#passOn(signalOf(principal, request), use)
    if (answer.result === 'forbidden')
      return this.#refuseSignal(principal, 'anothers-step', request.address, source)
    metrics.signal(answer.result, clock.nowMs() - startedMs)
    this.#note(principal, request, answer, source)
    if (answer.streams.length === 0) await this.#noteStranger(principal, request.address, source)
    return answer
  }

  async list(principal: Principal, source: Source): Promise<readonly CallView[] | Refused> {
    const refusal = authorize(principal, { kind: 'read' })
    if (refusal !== null) return this.#refuse(principal, refusal.reason, null, source)
    if (!this.#lists.take(principal.name, this.parts.clock.nowMs()))
      return this.#refuse(principal, 'too-many-requests', null, source)
    return this.parts.calls.list(principal.tenants)
  }

  /** The streams of one call; none when it is not here, or not theirs. */
  async find(principal: Principal, callId: string, source: Source): Promise<readonly CallView[] | Refused> {
    const address = { kind: 'call', callId } as const
    const refusal = authorize(principal, { kind: 'read' }) ?? this.#limit(principal)
    if (refusal !== null) return this.#refuse(principal, refusal.reason, address, source)
    const streams = await this.parts.calls.find(callId, principal.tenants)
    if (streams.length === 0) await this.#noteStranger(principal, address, source)
    return streams
  }

  /**
   * What the ledger of this host says of one call, whether it is here or has long ended. `no-ledger`: none is kept; `unreadable`: its
   * disk says so. Reading takes the process time that its calls need: one reads at a time, and whoever else asks is refused.
   */
  async history(
    principal: Principal,
    callId: string,
    source: Source,
  ): Promise<CallEntries | Refused | 'no-ledger' | 'unreadable'> {
    const address = { kind: 'call', callId } as const
    const refusal = authorize(principal, { kind: 'ledger' }) ?? this.#limit(principal)
    if (refusal !== null) return this.#refuse(principal, refusal.reason, address, source)
    const { reader } = this.parts
    if (reader === null) return 'no-ledger'
    const told = await reader.read(callId, principal.tenants)
    if (told === 'busy') return this.#refuse(principal, 'too-many-requests', address, source)
    if (told !== 'unreadable' && told.isAnothers) this.#refuse(principal, 'tenant', address, source)
    return told
  }

  /**
   * For somebody who looks again and again: who asks is judged once. `callId` null: every call that they may see. A look is null
   * once others are let in than then: who watches has to prove again who they are.
   */
  watch(
    principal: Principal,
    callId: string | null,
    source: Source,
  ): (() => Promise<readonly CallView[] | null>) | Refused {
    const { calls } = this.parts
    const access = this.#access
    const refusal = authorize(principal, { kind: 'read' }) ?? this.#limit(principal)
    if (refusal !== null) return this.#refuse(principal, refusal.reason, null, source)
    return async () => {
      if (this.#access !== access) return null
      return callId === null ? calls.list(principal.tenants) : calls.find(callId, principal.tenants)
    }
  }

  /** A token for one step of one call; `unavailable` when no mint key is configured. */
  async mint(
    principal: Principal,
    { call, signalId, seconds, rights }: MintRequest,
    source: Source,
  ): Promise<Minted | Refused | { readonly kind: 'unavailable' }> {
    const { clock } = this.parts
    const { mintKeys } = this.#access
    if (mintKeys.length === 0) return { kind: 'unavailable' }
    const wanted = { scopes: rights.scopes, tenants: rights.tenants ?? principal.tenants }
    const action = { kind: 'mint', rights: wanted } as const
    const refusal = authorize(principal, action) ?? this.#limit(principal)
    if (refusal !== null) return this.#refuse(principal, refusal.reason, call, source)
    const key = mintKeys.find((candidate) => authorize({ kind: 'key', ...candidate }, action) === null)
    if (key === undefined) return this.#refuse(principal, 'mint-key', call, source)
    const id = signalId ?? randomUuid()
    const epochMs = clock.epochMs()
    const token = await mintToken(key, { id, call, ...wanted, seconds }, epochMs)
    return { kind: 'minted', token, signalId: id, expiresAtMs: epochMs + seconds * 1000 }
  }

  /** Dials a PBX for the fork that it calls `id`, on behalf of whoever made it wait. */
  async take(principal: Principal, path: string, id: string, source: Source): Promise<TakeResult | Refused> {
    const refusal = authorize(principal, { kind: 'take' }) ?? this.#limit(principal)
    if (refusal !== null) return this.#refuse(principal, refusal.reason, null, source)
    return this.parts.forks.take(path, id, principal.tenants)
  }

  /** Takes no further call, and ends when the live ones have; answers how many those are. */
  drain(principal: Principal, source: Source): number | Refused {
    const refusal = authorize(principal, { kind: 'drain' })
    return refusal === null ? this.parts.drain() : this.#refuse(principal, refusal.reason, null, source)
  }

  /** What is good once is used: a delivery, a view of a token's step. */
  async #used(principal: Principal, { state, signalId }: SignalRequest): Promise<Refused | null | Untold> {
    const epochMs = this.parts.clock.epochMs()
    switch (principal.kind) {
      case 'webhook':
        return this.parts.uses.deliveries.change(principal.deliveryId, (known) => ({
          known: known ?? 'taken',
          result: known === null ? null : refused('webhook-replayed'),
        }))
      case 'token':
        if (state !== 'ended') return this.#use.start(principal.token.id, signalId, epochMs)
        // It ends no more than it has started, as often as it says so: there is nothing to wait for.
        return noneOf(await this.#use.end(principal.token.id, signalId, epochMs))
      default:
        return null
    }
  }

  /** Where nobody can tell whether it has been used before, silence is all that comes of it, and the answer says so. */
  async #passOn(signal: Signal, use: null | Untold): Promise<SignalAnswer> {
    const { router } = this.parts
    if (use === null) return router.signal(signal)
    if (!isSilencing(signal)) return untold
    const answer = await router.signal(signal)
    return answer.result === 'forbidden' ? answer : { ...answer, ...untold, streams: answer.streams }
  }

  #limit(principal: Principal): Refused | null {
    const nowMs = this.parts.clock.nowMs()
    const isWithin =
      principal.kind === 'token'
        ? this.#tokens.take(principal.token.id, nowMs)
        : this.#clients.take(principal.name, nowMs)
    return isWithin ? null : refused('too-many-requests')
  }

  #refuseSignal(principal: Principal, reason: RefusalReason, address: CallAddress, source: Source): Refused {
    this.parts.metrics.signal('forbidden', 0)
    return this.#refuse(principal, reason, address, source)
  }

  #refuse(principal: Principal, reason: RefusalReason, address: CallAddress | null, source: Source): Refused {
    this.parts.metrics.requestRefused(reason)
    this.parts.ledger.append({
      kind: 'refusal',
      source,
      reason,
      apiKey: principal.name,
      ...(address?.kind === 'call' && { callId: address.callId }),
    })
    return refused(reason)
  }

  /**
   * Whoever names another tenant's call learns nothing of it: it is answered as if it were not here, for in their own
   * world it is not. The ledger knows better.
   */
  async #noteStranger(principal: Principal, address: CallAddress, source: Source): Promise<void> {
    if (await this.parts.calls.isAnothers(address, principal.tenants))
      this.#refuse(principal, 'tenant', address, source)
  }

  #note(principal: Principal, request: SignalRequest, answer: SignalAnswer, source: Source): void {
    // A page beats every few seconds: the ledger has been told when its step began.
    if (answer.isRepeated) return
    const { kind, state, address, signalId, actor } = request
    const entry = {
      kind: 'signal',
      apiKey: principal.name,
      ...(actor !== null && { actor }),
      signal: kind,
      state,
      answer: answer.result,
      source,
      signalId,
      ...(address.kind === 'call'
        ? { callId: address.callId }
        : { aliasKey: address.key, aliasValue: address.value }),
    } as const
    if (answer.streams.length === 0) this.parts.ledger.append(entry)
    for (const stream of answer.streams) this.parts.ledger.append({ ...entry, ...streamFacts(stream) })
  }
}

const untold: SignalAnswer = {
  result: 'unavailable',
  detail:
    'nobody can tell now whether this has been used before: what silences is silent, nothing has ended; repeat it',
  streams: [],
  isRepeated: false,
}

const noneOf = (use: Refused | null | Untold): Refused | null => (use === 'untold' ? null : use)

const streamFacts = ({ callId, streamId, firstSilentSample, clearFromSample, lateMs }: StreamAnswer) => ({
  callId,
  streamId,
  ...(firstSilentSample !== undefined && { startSample: firstSilentSample }),
  ...(clearFromSample !== undefined && { endSample: clearFromSample }),
  ...(lateMs !== undefined && { lateMs }),
})

const signalOf = (principal: Principal, request: SignalRequest): Signal => ({
  ...request,
  actor: actorOf(principal, request),
  tenants: tenantListOf(principal.tenants),
  origin: originOf(principal),
  mayEnd: mayEnd(principal),
})

/**
 * Whatever a client says of itself stands behind the name that it has proved: nobody passes for another. Pages and
 * providers are another actor for each step, so that an end whose start was lost never ends the step of another tab.
 */
const actorOf = ({ kind, name }: Principal, { actor, signalId }: SignalRequest): string => {
  if (kind === 'token' || kind === 'webhook') return `${name}/${signalId}`
  return actor === null ? name : `${name}/${actor}`
}

const originOf = ({ kind }: Principal): SignalOrigin =>
  kind === 'token' ? 'payment-page' : kind === 'webhook' ? 'webhook' : 'api'

/** What a token may do when nobody says. */
export const defaultTokenScopes = [tokenScopes[0]] as const
