/**
 * Words of payment that the spotter knows: its model's classes behind the number words, which a test holds to the model. Phrases of
 * a policy are made of them.
 */
export const spottedWords: readonly string[] = [
  'card',
  'number',
  'long',
  'security',
  'code',
  'expiry',
  'date',
  'sort',
  'account',
  'payment',
  'gone',
  'through',
  'digits',
  'back',
  'last',
  'details',
  'authorised',
  'expire',
  'front',
]
