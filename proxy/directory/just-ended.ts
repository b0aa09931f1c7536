/** For so long what has just ended here is not taken up again from somebody who had not heard, ms. */
const ENDED_MS = 5_000

/** What has just ended here, by the names of records. */
export class JustEnded {
  readonly #atMs = new Map<string, number>()

  note(name: string, nowMs: number): void {
    this.#atMs.set(name, nowMs)
  }

  has(name: string, nowMs: number): boolean {
    return nowMs - (this.#atMs.get(name) ?? -Infinity) <= ENDED_MS
  }

  expire(nowMs: number): void {
    for (const name of this.#atMs.keys()) if (!this.has(name, nowMs)) this.#atMs.delete(name)
  }
}
