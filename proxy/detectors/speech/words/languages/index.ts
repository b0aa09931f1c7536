import { welsh } from './cy.js'
import { german } from './de.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { french } from './fr.js'
import type { Language } from './language.js'
import { dutch } from './nl.js'

/** Every language that is understood, by its name in the configuration (ISO 639-1). */
export const languages = {
  en: english,
  fr: french,
  nl: dutch,
  de: german,
  es: spanish,
  cy: welsh,
} as const satisfies Record<string, Language>

export type LanguageName = keyof typeof languages

export const languageNames = Object.keys(languages) as LanguageName[]
