import { type Config, type ConfigSources, composeConfig } from '../../proxy/config/load.js'
import { ConfigError, lineOf } from '../../proxy/config/problems.js'
import type { ReadText } from '../../proxy/config/references.js'
import type { Dialect } from '../../proxy/dialects/dialect.js'
import { transportOf } from '../../proxy/dialects/transport.js'

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

/** The keys by which the PBX finds a fork of a dialect: a path, or a port where the dialect does not come over WebSocket. */
export const placeFor = (dialect: Dialect): string =>
  transportOf(dialect).kind === 'websocket' ? 'path: /x' : 'port: 0'
