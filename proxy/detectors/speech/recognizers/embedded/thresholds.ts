/**
 * What the net's probabilities mean. They belong to the weights in model/: whoever replaces those chooses these anew, with
 * `npm run bench -- thresholds` over recordings that the weights were not trained on. Those of numbers are of number words, summed.
 */
export interface SpotterThresholds {
  /** From here on a step belongs to a number. Lower finds more of a weak digit, and joins words of noise. */
  readonly number: number
  /** A word whose likeliest 80 ms are of this mean probability counts for nothing yet. */
  readonly sureFrom: number
  /** One of this counts in full; in between, in proportion. */
  readonly sure: number
  /**
   * Of the numbers that a policy asks for (`digitsMin`, and `digitsMinArmed` where a phrase announced them), so many have to be
   * sure. What is needed for three is there with two sure ones, or with four that are half sure: a card number begins to be silent
   * before its first digits must leave.
   */
  readonly sureShare: number
  /**
   * From here on, and for `suspectedSteps` steps in a row (20 ms each), a word of payment may have been said. Chosen together, by how
   * many phrases are found and how many windows open without one: docs/decisions/0033.
   */
  readonly suspected: number
  readonly suspectedSteps: number
}

/** Those in force, for the weights in model/. */
export const thresholds: SpotterThresholds = {
  number: 0.3,
  sureFrom: 0.45,
  sure: 0.97,
  sureShare: 0.6,
  suspected: 0.2,
  suspectedSteps: 8,
}

/** A word is as sure as its likeliest stretch of so many steps, 80 ms: noise rarely sounds like a digit for longer. */
export const SURE_STEPS = 4
