/** Which other process has which calls, as their entries say. */
import type { CallRef } from '../session/kept-signals.js'

/** A call at a process. */
export interface CallPlace {
  readonly instance: string
  readonly ref: CallRef
}

export class CallMap {
  /** By the address's name, then the entry's key. */
  readonly #places = new Map<string, Map<string, CallPlace>>()
  readonly #beatsMs = new Map<string, number>()

  /** @param silentMsMax how long after its last beat a process is thought gone, ms */
  constructor(private readonly silentMsMax: number) {}

  put(address: string, key: string, place: CallPlace): void {
    const places = this.#places.get(address) ?? new Map<string, CallPlace>()
    this.#places.set(address, places.set(key, place))
  }

  delete(address: string, key: string): void {
    const places = this.#places.get(address)
    places?.delete(key)
    if (places?.size === 0) this.#places.delete(address)
  }

  /** A process was there at this time, ms on the clock that `find` is asked by. */
  beat(instance: string, atMs: number): void {
    this.#beatsMs.set(instance, Math.max(atMs, this.#beatsMs.get(instance) ?? -Infinity))
  }

  /** Where calls of these tenants are that the address means; null: of every tenant. Processes that are gone have none. */
  find(address: string, tenants: readonly string[] | null, nowMs: number): readonly CallPlace[] {
    return [...(this.#places.get(address)?.values() ?? [])].filter(
      ({ instance, ref: { tenant } }) =>
        (tenants === null || tenants.includes(tenant)) && this.#isThere(instance, nowMs),
    )
  }

  /** Processes that are there. */
  instances(nowMs: number): readonly string[] {
    return [...this.#beatsMs.keys()].filter((instance) => this.#isThere(instance, nowMs))
  }

  /** Forgets processes that have been gone for ten times as long: if they come back, they say again what they have. */
  expire(nowMs: number): void {
    for (const [instance, atMs] of this.#beatsMs) {
      if (nowMs - atMs < 10 * this.silentMsMax) continue
      this.#beatsMs.delete(instance)
      for (const [address, places] of this.#places)
        for (const [key, place] of places) if (place.instance === instance) this.delete(address, key)
    }
  }

  #isThere(instance: string, nowMs: number): boolean {
    return nowMs - (this.#beatsMs.get(instance) ?? -Infinity) < this.silentMsMax
  }
}
