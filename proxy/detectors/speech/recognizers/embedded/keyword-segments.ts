/**
 * Words of payment that may have been said: a class need not be the likeliest, it must only not be unlikely for long enough. Voices
 * that the net has not heard say "sort code" with a third of its certainty; one such word means little, two in a row are a phrase.
 */
import type { SpotterModel } from './model.js'
import { type SpotterThresholds, thresholds as thresholdsInForce } from './thresholds.js'

/** Is told of a word that may have been said: its class, and its steps. */
export type SuspicionSink = (word: number, startStep: number, endStep: number) => void

export class KeywordSegments {
  /** Steps in a row in which each class may have been said, `suspectedSteps` at most. */
  readonly #runs: Uint8Array
  #longestPending = 0

  /** @param told as soon as a word may have been said, once while it goes on; it is given `suspectedSteps` steps */
  constructor(
    private readonly model: SpotterModel,
    private readonly told: SuspicionSink,
    private readonly thresholds: SpotterThresholds = thresholdsInForce,
  ) {
    this.#runs = new Uint8Array(model.classes.length)
  }

  /** No word yet to be told starts before this step, given that all steps before `step` have been heard. */
  watermarkStep(step: number): number {
    return step - this.#longestPending
  }

  /** The probabilities of a step, borrowed; steps come in order. Hot. */
  hear(probabilities: Float32Array, step: number): void {
    const { suspected, suspectedSteps } = this.thresholds
    const runs = this.#runs
    this.#longestPending = 0
    for (let word = this.model.numberClasses; word < runs.length; word++) {
      const run = probabilities[word]! >= suspected ? runs[word]! + 1 : 0
      if (run > suspectedSteps) continue
      runs[word] = run
      if (run === suspectedSteps) this.told(word, step + 1 - suspectedSteps, step + 1)
      else if (run > this.#longestPending) this.#longestPending = run
    }
  }

  /** Nothing is being said any more. */
  finish(): void {
    this.#runs.fill(0)
    this.#longestPending = 0
  }
}
