import type { CallSession } from './call-session.js'

/** A stream of a call, by what signals may address it. */
export interface CallStream {
  readonly callId: string
  readonly streamId: string
  readonly tenant: string
  /** `key=value` of the start message's metadata that the policy lists in payment.addressBy. */
  readonly aliases: readonly string[]
}

/** One live stream of this process. */
export interface LiveStream extends CallStream {
  readonly session: CallSession
  readonly dialect: string
}

/** How a signal names its call: by its id, or by a metadata key of its start message. */
export type CallAddress =
  | { readonly kind: 'call'; readonly callId: string }
  | { readonly kind: 'alias'; readonly key: string; readonly value: string }

export const aliasOf = (key: string, value: string): string => `${key}=${value}`

/**
 * Calls found by id or alias: those of this process, unless another kind of stream is said. A call may have several streams:
 * a fork that was stopped and resumed.
 */
export class CallRegistry<S extends CallStream = LiveStream> {
  readonly #streams = new Set<S>()
  readonly #byCallId = new Map<string, Set<S>>()
  readonly #byAlias = new Map<string, Set<S>>()

  get streams(): ReadonlySet<S> {
    return this.#streams
  }

  add(stream: S): void {
    this.#streams.add(stream)
    put(this.#byCallId, stream.callId, stream)
    for (const alias of stream.aliases) put(this.#byAlias, alias, stream)
  }

  remove(stream: S): void {
    this.#streams.delete(stream)
    take(this.#byCallId, stream.callId, stream)
    for (const alias of stream.aliases) take(this.#byAlias, alias, stream)
  }

  /** Every live stream that the address means, perhaps of several calls, among those of these tenants; null: of every one. */
  find(address: CallAddress, tenants: readonly string[] | null): readonly S[] {
    const found =
      address.kind === 'call'
        ? this.#byCallId.get(address.callId)
        : this.#byAlias.get(aliasOf(address.key, address.value))
    return [...(found ?? [])].filter(({ tenant }) => tenants === null || tenants.includes(tenant))
  }
}

const put = <S>(map: Map<string, Set<S>>, key: string, stream: S): void => {
  const set = map.get(key)
  if (set === undefined) map.set(key, new Set([stream]))
  else set.add(stream)
}

const take = <S>(map: Map<string, Set<S>>, key: string, stream: S): void => {
  const set = map.get(key)
  set?.delete(stream)
  if (set?.size === 0) map.delete(key)
}
