import type { CallSession } from './call-session.js'

/** One live stream of a call, and by what signals may address it. */
export interface LiveStream {
  readonly session: CallSession
  readonly callId: string
  readonly streamId: string
  readonly dialect: string
  readonly tenant: string
  /** `key=value` of the start message's metadata that the policy lists in payment.addressBy. */
  readonly aliases: readonly string[]
}

/** How a signal names its call: by its id, or by a metadata key of its start message. */
export type CallAddress =
  | { readonly kind: 'call'; readonly callId: string }
  | { readonly kind: 'alias'; readonly key: string; readonly value: string }

export const aliasOf = (key: string, value: string): string => `${key}=${value}`

/** The calls of this process, found by id or alias. A call may have several streams: a fork that was stopped and resumed. */
export class CallRegistry {
  readonly #streams = new Set<LiveStream>()
  readonly #byCallId = new Map<string, Set<LiveStream>>()
  readonly #byAlias = new Map<string, Set<LiveStream>>()

  get streams(): ReadonlySet<LiveStream> {
    return this.#streams
  }

  add(stream: LiveStream): void {
    this.#streams.add(stream)
    put(this.#byCallId, stream.callId, stream)
    for (const alias of stream.aliases) put(this.#byAlias, alias, stream)
  }

  remove(stream: LiveStream): void {
    this.#streams.delete(stream)
    take(this.#byCallId, stream.callId, stream)
    for (const alias of stream.aliases) take(this.#byAlias, alias, stream)
  }

  /** Every live stream that the address means, perhaps of several calls, among those of these tenants; null: of every one. */
  find(address: CallAddress, tenants: readonly string[] | null): readonly LiveStream[] {
    const found =
      address.kind === 'call'
        ? this.#byCallId.get(address.callId)
        : this.#byAlias.get(aliasOf(address.key, address.value))
    return [...(found ?? [])].filter(({ tenant }) => tenants === null || tenants.includes(tenant))
  }
}

const put = (map: Map<string, Set<LiveStream>>, key: string, stream: LiveStream): void => {
  const set = map.get(key)
  if (set === undefined) map.set(key, new Set([stream]))
  else set.add(stream)
}

const take = (map: Map<string, Set<LiveStream>>, key: string, stream: LiveStream): void => {
  const set = map.get(key)
  set?.delete(stream)
  if (set?.size === 0) map.delete(key)
}
