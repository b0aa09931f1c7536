import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { type Config, composeConfig } from './load.js'
import type { ConfigOverrides } from './overrides.js'
import { ConfigError } from './problems.js'
import type { Environment, ReadText } from './references.js'

/** Largest file read: 256 forks with all their options are some 200 kB. */
const FILE_BYTES_MAX = 1 << 20

export interface ConfigRequest {
  /** The YAML file; undefined: what runs when nothing is configured. */
  readonly path?: string | undefined
  readonly env: Environment
  readonly overrides?: ConfigOverrides
}

/**
 * The configuration in force: command line over environment over file. Reads the file and what it refers to, once.
 * @throws ConfigError (REDACT_ERR_CONFIG_INVALID) with every problem
 */
export const loadConfig = ({ path, env, overrides = {} }: ConfigRequest): Config =>
  configOfText(readConfigText(path), env, overrides)

/** The same for a text that has been read; null: there is no file. */
export const configOfText = (text: string | null, env: Environment, overrides: ConfigOverrides): Config =>
  composeConfig({ text, env, overrides, readText })

/** Null where there is no file. @throws ConfigError when it cannot be read */
export const readConfigText = (path: string | undefined): string | null => {
  if (path === undefined) return null
  const read = readText(path)
  if ('text' in read) return read.text
  throw new ConfigError([{ path: '--config', message: `the file cannot be read (${read.failure})` }])
}

const readText: ReadText = (path) => {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > FILE_BYTES_MAX) return { failure: 'larger than 1 MiB' }
    return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { failure: 'not UTF-8' }
  } catch (error) {
    return { failure: (error as NodeJS.ErrnoException).code ?? 'unreadable' }
  }
}
