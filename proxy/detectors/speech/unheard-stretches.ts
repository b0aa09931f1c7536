/** Stretches remembered; a thread that is lost every few seconds makes a dozen in a minute, and what was said a minute ago has left. */
const STRETCHES_MAX = 64

/**
 * Where nobody listened. What lies there is silent as it is; but a number right beside it may be all that was heard of a longer one, and is
 * taken for as much as where a phrase announced one.
 */
export class UnheardStretches {
  #stretches: { readonly startSample: number; readonly endSample: number }[] = []

  /** @param nearSamples what is less than this apart was said close together */
  constructor(private readonly nearSamples: number) {}

  /** Of any track: who loses one hears the others no better. */
  add(startSample: number, endSample: number): void {
    this.#stretches.push({ startSample, endSample })
    if (this.#stretches.length > STRETCHES_MAX) this.#stretches.shift()
  }

  isNear(sample: number): boolean {
    return this.#stretches.some(
      ({ startSample, endSample }) =>
        sample > startSample - this.nearSamples && sample < endSample + this.nearSamples,
    )
  }
}
