import { type ContextSigns, compileContexts } from './contexts.js'
import { type LanguageName, languages } from './languages/index.js'
import { compileNumbers } from './number-lexicon.js'
import { type ReadingRules, readingRulesOf } from './number-reader.js'

/** A language ready to be listened for. Compiled once per process, when it is first asked for. */
export interface CompiledLanguage {
  readonly name: LanguageName
  readonly reading: ReadingRules
  readonly signs: ContextSigns
  readonly idioms: ReadonlySet<string>
}

const compiled = new Map<LanguageName, CompiledLanguage>()

export const compiledLanguage = (name: LanguageName): CompiledLanguage => {
  const known = compiled.get(name)
  if (known !== undefined) return known
  const { numbers, contexts } = languages[name]
  const language = {
    name,
    reading: readingRulesOf(compileNumbers(numbers), contexts),
    signs: compileContexts(contexts),
    idioms: new Set(contexts.idioms),
  }
  compiled.set(name, language)
  return language
}
