/** The phrases that a policy listens for, ready to be found: what opens and closes a payment, what gives a category away. */
import { type Category, categories } from './categories/category.js'
import { categoryWords } from './categories/index.js'
import { languages } from './languages/index.js'
import { list } from './languages/language.js'
import type { WordsOptions } from './options.js'
import { compilePhrase, type PhraseBook, phraseBookOf } from './phrases.js'
import { plainText } from './text.js'

export type Sign = 'payment-open' | 'payment-close' | Category

const books = new WeakMap<WordsOptions, PhraseBook<Sign>>()

/** Compiled once for each policy. */
export const signsOf = (options: WordsOptions): PhraseBook<Sign> => {
  const known = books.get(options)
  if (known !== undefined) return known
  const phrases: (readonly [text: string, sign: Sign])[] = []
  const add = (texts: readonly string[], sign: Sign): void => {
    for (const text of texts) phrases.push([plainText(text), sign])
  }
  for (const name of options.languages) {
    const { payment } = languages[name]
    if (options.payment.window !== 'off') {
      add(payment.open, 'payment-open')
      add(payment.close, 'payment-close')
    }
    for (const category of categories)
      if (options.categories[category] !== 'off') add(list(categoryWords[name][category]), category)
  }
  if (options.payment.window !== 'off') {
    add(options.payment.open, 'payment-open')
    add(options.payment.close, 'payment-close')
  }
  for (const category of categories)
    if (options.categories[category] !== 'off') add(options.categoryWords[category] ?? [], category)
  const book = phraseBookOf(phrases.map(([text, sign]) => compilePhrase(text, sign)))
  books.set(options, book)
  return book
}
