/**
 * Ids that may be used once, remembered for as long as somebody who repeats them could be believed. Where there are too
 * many, the oldest are forgotten: to refuse what is new would leave the calls heard that it speaks of.
 */
export class ReplayMemory {
  readonly #untilMs = new Map<string, number>()

  constructor(private readonly idsMax: number) {}

  /** True when the id is new; it is remembered until `untilMs`. */
  take(id: string, nowMs: number, untilMs: number): boolean {
    const known = this.#untilMs.get(id)
    if (known !== undefined && known > nowMs) return false
    this.#untilMs.delete(id)
    this.#untilMs.set(id, untilMs)
    if (this.#untilMs.size > this.idsMax) this.#forget(nowMs)
    return true
  }

  #forget(nowMs: number): void {
    for (const [id, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(id)
    if (this.#untilMs.size > this.idsMax) this.#untilMs.delete(this.#untilMs.keys().next().value!)
  }
}
