/**
 * Secrets stay out of the file: any text may be written as `{env: NAME}` or `{file: PATH}`. What they refer to is put in
 * their place before anything is checked, and its paths are remembered, so that it is never shown.
 */
import { type Problem, pathText } from './problems.js'
import { isMapping, type Mapping } from './tree.js'

/** Environment variables by name, as Node has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads a text file; `failure` is a static word or a system error's code, never content. */
export type ReadText = (path: string) => { readonly text: string } | { readonly failure: string }

export interface Resolved {
  readonly tree: unknown
  /** Paths of the values that came from a reference. */
  readonly hidden: ReadonlySet<string>
  readonly problems: readonly Problem[]
}

/** Depth of the deepest key is 5; anchors that contain themselves would go on for ever. */
const DEPTH_MAX = 16

export const resolveReferences = (tree: unknown, env: Environment, readText: ReadText): Resolved => {
  const hidden = new Set<string>()
  const problems: Problem[] = []

  const refer = (path: string, result: ReturnType<ReadText>): string | undefined => {
    hidden.add(path)
    if ('text' in result && result.text !== '') return result.text
    problems.push({ path, message: 'failure' in result ? result.failure : 'what is referred to is empty' })
    return undefined
  }

  const resolve = (value: unknown, path: readonly PropertyKey[]): unknown => {
    if (path.length > DEPTH_MAX) {
      problems.push({ path: pathText(path.slice(0, 4)), message: 'is nested too deeply' })
      return undefined
    }
    if (Array.isArray(value)) return value.map((entry, i) => resolve(entry, [...path, i]))
    if (!isMapping(value)) return value
    const reference = referenceOf(value)
    if (reference !== null) return refer(pathText(path), look(reference, env, readText))
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, resolve(entry, [...path, key])]),
    )
  }

  return { tree: resolve(tree, []), hidden, problems }
}

interface Reference {
  readonly kind: 'env' | 'file'
  readonly name: string
}

const referenceOf = (mapping: Mapping): Reference | null => {
  const [entry, ...others] = Object.entries(mapping)
  if (entry === undefined || others.length > 0) return null
  const [kind, name] = entry
  return (kind === 'env' || kind === 'file') && typeof name === 'string' ? { kind, name } : null
}

/** The names themselves are not repeated: a secret written where its name belongs must not end up in a log. */
const look = ({ kind, name }: Reference, env: Environment, readText: ReadText): ReturnType<ReadText> => {
  if (kind === 'env') {
    const text = env[name]
    return text === undefined ? { failure: 'the environment variable named here is not set' } : { text }
  }
  const read = readText(name)
  if ('failure' in read) return { failure: `the file named here cannot be read (${read.failure})` }
  // Editors and `kubectl create secret` leave a line end that no secret has.
  return { text: read.text.replace(/\r?\n$/, '') }
}
