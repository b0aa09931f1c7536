import type { LanguageName } from '../languages/index.js'
import type { CategoryWords } from './category.js'
import { welshCategories } from './cy.js'
import { germanCategories } from './de.js'
import { englishCategories } from './en.js'
import { spanishCategories } from './es.js'
import { frenchCategories } from './fr.js'
import { dutchCategories } from './nl.js'

/** The words of every language that is understood. */
export const categoryWords: Readonly<Record<LanguageName, CategoryWords>> = {
  en: englishCategories,
  fr: frenchCategories,
  nl: dutchCategories,
  de: germanCategories,
  es: spanishCategories,
  cy: welshCategories,
}
