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

/** A recorder elsewhere. */
export interface RecorderConfig {
  readonly url: URL
  readonly redialSeconds: number
  /** Where it is of another dialect than the fork; null: it is of the same. */
  readonly bridge: BridgeConfig | null
}

export interface BridgeConfig {
  readonly dialect: Dialect
  readonly dialectOptions: DialectOptions
  /** One of the dialect's `recording.codecs`. */
  readonly codec: string
}

/** A fork, ready to take calls. */
export type ForkConfig = ForkPlace & {
  readonly dialect: Dialect
  readonly dialectOptions: DialectOptions
  readonly recorder: 'embedded' | RecorderConfig
  readonly policyName: string
  readonly policy: PolicyOptions
  readonly tenant: string
  /** Where the recorder is asked to erase what had left. */
  readonly erasure?: { readonly url: URL; readonly key: string }
  readonly allowFrom?: readonly string[]
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
  const { path, port, host = listenHost, policy: policyName, tenant, recorder, erasure, allowFrom } = fork
  const dialect: Dialect = dialects[fork.dialect]
  return {
    ...(path === undefined ? { host, port: port! } : { path }),
    dialect,
    dialectOptions: dialectOptionsOf(dialect, fork, i),
    recorder: recorder === 'embedded' ? recorder : recorderOf(recorder, i),
    policyName,
    policy: policies[policyName]!,
    tenant,
    ...(erasure !== undefined && { erasure: { url: new URL(erasure.url), key: erasure.key } }),
    ...(allowFrom !== undefined && { allowFrom }),
  }
}

const recorderOf = (recorder: Exclude<ParsedFork['recorder'], 'embedded'>, i: number): RecorderConfig => {
  const { url, redialSeconds, dialect: name, codec, auth } = recorder
  const dialect: Dialect | undefined = name === undefined ? undefined : dialects[name]
  const bridge =
    dialect === undefined
      ? null
      : { dialect, codec: codec!, dialectOptions: membersOf(dialect, { recorderAuth: auth }, i) }
  return { url: new URL(url), redialSeconds, bridge }
}

/** What the recorder is shown belongs to its own dialect. */
const dialectOptionsOf = (
  dialect: Dialect,
  { auth, recorder, options }: ParsedFork,
  i: number,
): DialectOptions => {
  const isOwn = recorder !== 'embedded' && recorder.dialect === undefined
  return membersOf(dialect, { auth, options, recorderAuth: isOwn ? recorder.auth : undefined }, i)
}

/** The dialect has the last word: its schema may relate its members to each other. */
const membersOf = (dialect: Dialect, members: Partial<DialectOptions>, i: number): DialectOptions => {
  const problems = problemsOf(dialect.schema, members, ['forks', i])
  if (problems.length > 0) throw new ConfigError(problems)
  return dialect.schema.parse(members) as DialectOptions
}
