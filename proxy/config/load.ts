/**
 * From what was written to what is in force: file < environment < command line, references to secrets resolved, the
 * schema and the relations checked, all problems at once. No I/O: load.io.ts brings the file.
 */
import type { z } from 'zod'
import type { Dialect } from '../dialects/dialect.js'
import { dialects } from '../dialects/index.js'
import { type PolicyOptions, safePolicy } from '../policy/options.js'
import { type ConfigOverrides, override } from './overrides.js'
import { ConfigError, type Problem, problemsOf } from './problems.js'
import { type Environment, type ReadText, resolveReferences } from './references.js'
import { relationProblems } from './relations.js'
import { configSchema, type ParsedFork, SAFE_POLICY } from './schema.js'
import { parseYaml } from './yaml.js'

/** What a dialect's functions take as their options. */
export interface DialectOptions {
  readonly auth: unknown
  readonly recorderAuth: unknown
  readonly options: unknown
}

/** Where the PBX finds a fork: a path of `listen`'s port, or an address of its own. */
export type ForkPlace = { readonly path: string } | { readonly host: string; readonly port: number }

/** A fork, ready to take calls. */
export type ForkConfig = ForkPlace & {
  readonly dialect: Dialect
  readonly dialectOptions: DialectOptions
  readonly recorder: 'embedded' | { readonly url: URL; readonly redialSeconds: number }
  readonly policyName: string
  readonly policy: PolicyOptions
  readonly tenant: string
}

type Parsed = z.infer<typeof configSchema>

/** The configuration in force, complete and checked. Holds secrets: show it through describe.ts only. */
export interface Config extends Omit<Parsed, 'forks'> {
  readonly forks: readonly ForkConfig[]
  /** Paths whose values came from `{env: …}` or `{file: …}`. */
  readonly hiddenPaths: ReadonlySet<string>
}

export interface ConfigSources {
  /** The YAML file's text; null: no file. */
  readonly text: string | null
  readonly env: Environment
  readonly overrides: ConfigOverrides
  /** Reads secrets and the certificate. */
  readonly readText: ReadText
}

/** @throws ConfigError (REDACT_ERR_CONFIG_INVALID) with every problem */
export const composeConfig = ({ text, env, overrides, readText }: ConfigSources): Config => {
  const { tree, origins } = override(parseYaml(text ?? ''), env, overrides)
  const resolved = resolveReferences(tree, env, readText)
  const unread = new Set(resolved.problems.map(({ path }) => path))
  const problems = [
    ...resolved.problems,
    // A secret that could not be read need not be called missing as well.
    ...problemsOf(configSchema, resolved.tree).filter(({ path }) => !unread.has(path)),
    ...relationProblems(resolved.tree, readText),
  ]
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => withOrigin(problem, origins)))
  const parsed = configSchema.parse(resolved.tree)
  const policies = { [SAFE_POLICY]: safePolicy, ...parsed.policies }
  const forks = parsed.forks.map((fork, i) => forkOf(fork, i, policies, parsed.listen.host))
  return { ...parsed, policies, forks, hiddenPaths: resolved.hidden }
}

const withOrigin = ({ path, message }: Problem, origins: ReadonlyMap<string, string>): Problem => {
  const origin = origins.get(path)
  return { path, message: origin === undefined ? message : `${message} (set by ${origin})` }
}

const forkOf = (
  fork: ParsedFork,
  i: number,
  policies: Readonly<Record<string, PolicyOptions>>,
  listenHost: string,
): ForkConfig => {
  const { path, port, host = listenHost, policy: policyName, tenant, recorder } = fork
  const dialect: Dialect = dialects[fork.dialect]
  return {
    ...(path === undefined ? { host, port: port! } : { path }),
    dialect,
    dialectOptions: dialectOptionsOf(dialect, fork, i),
    recorder:
      recorder === 'embedded'
        ? recorder
        : { url: new URL(recorder.url), redialSeconds: recorder.redialSeconds },
    policyName,
    policy: policies[policyName]!,
    tenant,
  }
}

/** The dialect has the last word: its schema may relate its members to each other. */
const dialectOptionsOf = (dialect: Dialect, fork: ParsedFork, i: number): DialectOptions => {
  const { auth, recorder, options } = fork
  const members = { auth, options, recorderAuth: recorder === 'embedded' ? undefined : recorder.auth }
  const problems = problemsOf(dialect.schema, members, ['forks', i])
  if (problems.length > 0) throw new ConfigError(problems)
  return dialect.schema.parse(members) as DialectOptions
}
