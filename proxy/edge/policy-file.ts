import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { ConfigError, type Problem, problemsOf } from '../config/problems.js'
import { relationProblems } from '../config/relations.js'
import { SAFE_POLICY } from '../config/schema.js'
import type { Mapping } from '../config/tree.js'
import { parseYaml } from '../config/yaml.js'
import { type PolicyOptions, policySchema, safePolicy } from '../policy/options.js'

/** A policy, and what a report calls it. */
export interface NamedPolicy {
  /** The file's name without folder and extension; `safe` for the built-in one. */
  readonly name: string
  /** SHA-256 of what is in force, defaults filled in, in hex: equal hashes redact alike. */
  readonly hash: string
  readonly options: PolicyOptions
}

/** What runs when no policy is named. */
export const builtInPolicy = (): NamedPolicy => named(SAFE_POLICY, safePolicy)

/**
 * Reads one policy's keys, those below a name of the configuration's `policies`, from a YAML file of their own.
 * @throws ConfigError (REDACT_ERR_CONFIG_INVALID) with every problem; nothing of the file is quoted
 */
export const readPolicyFile = async (path: string): Promise<NamedPolicy> => {
  const keys = parseYaml(await textOf(path))
  const problems = [...problemsOf(policySchema, keys), ...problemsBetween(keys)]
  if (problems.length > 0) throw new ConfigError(problems)
  return named(basename(path, extname(path)), policySchema.parse(keys))
}

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new ConfigError([{ path: '--policy', message: `the file cannot be read (${code})` }])
  }
}

/** What the proxy would refuse in a policy of its configuration is refused here: it is the same judgement. */
const problemsBetween = (keys: Mapping): Problem[] => {
  const place = 'policies.file.'
  const found = relationProblems({ policies: { file: keys } }, () => ({ failure: 'not read' }))
  return found.map(({ path, message }) => ({ path: path.replace(place, ''), message }))
}

const named = (name: string, options: PolicyOptions): NamedPolicy => ({
  name,
  hash: createHash('sha256').update(JSON.stringify(options)).digest('hex'),
  options,
})
