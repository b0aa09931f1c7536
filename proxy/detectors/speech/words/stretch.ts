/**
 * What was understood, without a word of it: stretches of a track that are sensitive, and why. This is all that leaves the
 * folder; digits and words stay here until they are forgotten.
 */

/** What a spoken number is taken for. `digits`: it says too little of itself. */
export const numberLabels = [
  'card-number',
  'security-code',
  'expiry-date',
  'sort-code',
  'account-number',
  'national-id',
  'digits',
] as const
export type NumberLabel = (typeof numberLabels)[number]
