/**
 * Words that give away what the law calls special categories of personal data (GDPR, articles 9 and 4(13) to 4(15)), and what
 * concerns children (recital 38): as data, one file a language, written as phrases.ts reads them. Words with an everyday meaning
 * stand only in a phrase.
 */
export const categories = [
  'health',
  'religion',
  'politics',
  'union',
  'ethnicity',
  'sex-life',
  'genetic',
  'biometric',
  'children',
] as const
export type Category = (typeof categories)[number]

/** Phrases by category, between commas. */
export type CategoryWords = Readonly<Record<Category, string>>
