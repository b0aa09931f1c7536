/**
 * What is wrong with a configuration, as a list. Paths and messages name keys, bounds and choices; they never quote a
 * value, since any value may be a secret that went astray.
 */
import { z } from 'zod'
import { RedactError } from '../base/errors.js'
import { closestOf } from './closest.js'

export interface Problem {
  /** `forks[1].policy`, or where nothing has a path yet: `line 7`, `--config`. */
  readonly path: string
  /** What to write instead, without the value that is there. */
  readonly message: string
}

/** REDACT_ERR_CONFIG_INVALID with everything that is wrong, in the order of the checks. */
export class ConfigError extends RedactError {
  constructor(readonly problems: readonly Problem[]) {
    super('REDACT_ERR_CONFIG_INVALID', problems.map(lineOf).join('\n'))
  }
}

export const lineOf = ({ path, message }: Problem): string => `${path}: ${message}`

/** `['forks', 1, 'policy']` as `forks[1].policy`. Names that are not plain words are quoted and cut to 64 characters. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${word(step)}`))
    .join('')

const word = (key: PropertyKey): string => {
  const name = String(key)
  return /^[\w-]{1,64}$/.test(name) ? name : JSON.stringify(name.slice(0, 64))
}

/** Checks a value against a schema and lists what is wrong with it, each problem at its own path below `base`. */
export const problemsOf = (
  schema: z.ZodType,
  value: unknown,
  base: readonly PropertyKey[] = [],
): Problem[] => {
  const { error } = schema.safeParse(value, { error: messageOf })
  return (error?.issues ?? []).flatMap((issue) => problemsOfIssue(issue, base))
}

const problemsOfIssue = (issue: z.core.$ZodIssue, base: readonly PropertyKey[]): Problem[] => {
  const path = [...base, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n')
    return issue.keys.map((key, i) => ({ path: pathText([...path, key]), message: messages[i]! }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return problemsOfUnion(issue.errors, path)
  return [{ path: pathText(path), message: issue.message }]
}

/** Of the ways in which a value may be written, the one that it comes closest to; all of them when it resembles none. */
const problemsOfUnion = (
  branches: readonly z.core.$ZodIssue[][],
  path: readonly PropertyKey[],
): Problem[] => {
  const resembling = branches.filter((issues) => !issues.some(isOfOtherKind))
  const [closest] = resembling.sort((a, b) => a.length - b.length)
  if (closest !== undefined) return closest.flatMap((issue) => problemsOfIssue(issue, path))
  const choices = branches.map(([issue]) => problemsOfIssue(issue!, [])[0]!.message.replace(/^must be /, ''))
  return [{ path: pathText(path), message: `must be ${[...new Set(choices)].join(' or ')}` }]
}

const isOfOtherKind = ({ code, path, ...issue }: z.core.$ZodIssue): boolean =>
  path.length === 0 &&
  (code === 'invalid_type' ||
    code === 'invalid_value' ||
    (code === 'invalid_union' &&
      (issue as z.core.$ZodIssueInvalidUnion).errors.every((branch) => branch.some(isOfOtherKind))))

/** Words for what zod found. For unknown keys: one line each, in the order of `issue.keys`. */
const messageOf: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${typeWords[issue.expected] ?? 'of another type'}`
    case 'too_small':
      return `must ${boundWords(issue.origin, 'at least')} ${counted(issue.minimum, issue.origin)}`
    case 'too_big':
      return `must ${boundWords(issue.origin, 'at most')} ${counted(issue.maximum, issue.origin)}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_value':
      return `must be ${listed(issue.values.map(String))}`
    case 'invalid_format':
      return formatWords[issue.format] ?? `must match ${issue.pattern ?? issue.format}`
    case 'invalid_union':
      return discriminatorWords(issue)
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is not a name'
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownWords(key, issue.inst)).join('\n')
    default:
      return undefined
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

const countWords: Readonly<Record<string, readonly [one: string, more: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
}

const formatWords: Readonly<Record<string, string>> = { url: 'must be a URL', base64: 'must be base64' }

const boundWords = (origin: string, bound: string): string =>
  origin in countWords ? `have ${bound}` : `be ${bound}`

const counted = (bound: number | bigint, origin: string): string => {
  const [one, more] = countWords[origin] ?? []
  return one === undefined ? `${bound}` : `${bound} ${bound === 1 ? one : more}`
}

/** `a`, `a or b`, `one of a, b, c`. */
export const listed = (names: readonly string[]): string => {
  const words = names.map((name) => `\`${name}\``)
  return words.length > 2 ? `one of ${words.join(', ')}` : words.join(' or ')
}

const discriminatorWords = (issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string => {
  const { input, discriminator, options } = issue as {
    input?: unknown
    discriminator?: string
    options?: readonly unknown[]
  }
  if (discriminator === undefined || options === undefined) return 'must be written in another way'
  const names = options.map(String)
  const written = (input as Readonly<Record<string, unknown>>)[discriminator]
  if (written === undefined) return `is missing: ${listed(names)}`
  return `must be ${listed(names)}${hint(written, names)}`
}

const unknownWords = (key: string, schema: unknown): string =>
  `is not a known key${schema instanceof z.ZodObject ? hint(key, Object.keys(schema.shape)) : ''}`

/** `; did you mean X?` when one of the names is close to what was written, else nothing. */
export const hint = (written: unknown, names: readonly string[]): string => {
  const close = typeof written === 'string' ? closestOf(written, names) : undefined
  return close === undefined ? '' : `; did you mean \`${close}\`?`
}
