/**
 * What the net's probabilities mean. They belong to the weights in model/: whoever replaces those chooses these anew, with
 * `npm run bench -- speech` over recordings that neither were trained on. All of them are of number words, summed.
 */

/** From here on a step belongs to a number. Lower finds more of a weak digit, and joins words of noise. */
export const NUMBER_PROBABILITY = 0.45
/** A word is as sure as its likeliest stretch of so many steps, 80 ms: noise rarely sounds like a digit for longer. */
export const SURE_STEPS = 4
/** A word of this mean probability counts for nothing yet. */
export const SURE_FROM_PROBABILITY = 0.5
/** One of this counts in full; in between, in proportion. */
export const SURE_PROBABILITY = 0.8
/**
 * Of the numbers that a policy asks for (`digitsMin`), so many have to be sure. What is needed for three is there with two sure
 * ones, or with four that are half sure: a card number begins to be silent before its first digits must leave.
 */
export const SURE_SHARE = 0.55
