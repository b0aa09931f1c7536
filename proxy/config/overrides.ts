/** What wins over the file: the environment, and the command line over that. */
import type { Environment } from './references.js'
import { changedAt, type Mapping } from './tree.js'

/** What the command line may set. Undefined: not given. */
export interface ConfigOverrides {
  readonly listen?: { readonly host?: string | undefined; readonly port?: number | undefined }
  readonly admin?: { readonly host?: string | undefined; readonly port?: number | undefined }
  readonly recordings?: { readonly directory?: string | undefined }
  readonly log?: { readonly level?: string | undefined }
}

/** Environment variables and the keys that they set; `docs/config.md` lists them. */
export const environmentKeys = {
  HUSHFORK_LISTEN_HOST: 'listen.host',
  HUSHFORK_LISTEN_PORT: 'listen.port',
  HUSHFORK_ADMIN_HOST: 'admin.host',
  HUSHFORK_ADMIN_PORT: 'admin.port',
  HUSHFORK_RECORDINGS_DIRECTORY: 'recordings.directory',
  HUSHFORK_LEDGER_DIRECTORY: 'ledger.directory',
  HUSHFORK_LOG_LEVEL: 'log.level',
} as const

/** Adds an API key of the name `env` to those of the file. */
export const API_KEY_VARIABLE = 'HUSHFORK_API_KEY'

export interface Overridden {
  readonly tree: unknown
  /** Who set a key, by its path, where it was not the file. */
  readonly origins: ReadonlyMap<string, string>
}

export const override = (file: Mapping, env: Environment, commandLine: ConfigOverrides): Overridden => {
  const origins = new Map<string, string>()
  let tree: unknown = file
  const set = (path: string, value: unknown, origin: string): void => {
    tree = changedAt(tree, path.split('.'), () => value)
    origins.set(path, origin)
  }
  for (const [name, path] of Object.entries(environmentKeys)) {
    const text = env[name]
    // An empty variable is how container tools spell "not set".
    if (text) set(path, path.endsWith('.port') ? portOf(text) : text, name)
  }
  for (const [section, keys] of Object.entries(commandLine))
    for (const [key, value] of Object.entries(keys ?? {}))
      if (value !== undefined) set(`${section}.${key}`, value, 'the command line')
  const key = env[API_KEY_VARIABLE]
  if (key)
    tree = changedAt(tree, ['admin', 'apiKeys'], (keys = []) => {
      if (!Array.isArray(keys)) return keys
      origins.set(`admin.apiKeys[${keys.length}].key`, API_KEY_VARIABLE)
      return [...keys, { name: 'env', key }]
    })
  return { tree, origins }
}

/** Text that is no number stays what it is, for the schema to refuse. */
const portOf = (text: string): number | string => (/^\d{1,5}$/.test(text) ? Number(text) : text)
