import { type Config, type ConfigSources, composeConfig } from '../../proxy/config/load.js'
import { ConfigError, lineOf } from '../../proxy/config/problems.js'
import type { ReadText } from '../../proxy/config/references.js'

/** Files that exist, by path. */
export const filesOf =
  (files: Readonly<Record<string, string>>): ReadText =>
  (path) => {
    const text = files[path]
    return text === undefined ? { failure: 'ENOENT' } : { text }
  }

/** What is in force for a file's text, with nothing in the environment unless given. */
export const configOf = (text: string | null, sources: Partial<ConfigSources> = {}): Config =>
  composeConfig({ text, env: {}, overrides: {}, readText: filesOf({}), ...sources })

/** The problems that a file's text has, as they are printed; none when it is in order. */
export const problemLines = (text: string | null, sources: Partial<ConfigSources> = {}): string[] => {
  try {
    configOf(text, sources)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(lineOf)
    throw error
  }
}
