import { LineCounter, parseDocument } from 'yaml'
import { ConfigError } from './problems.js'
import { isMapping, type Mapping } from './tree.js'

/** A billion laughs is stopped at this many uses of anchors; a configuration shares a policy among its forks at most. */
const ALIAS_COUNT_MAX = 256

/**
 * The mapping that a YAML 1.2 file holds. A section that is empty counts as absent.
 * @throws ConfigError with the lines at fault, and nothing of what stands there
 */
export const parseYaml = (text: string): Mapping => {
  const value = readDocument(text) ?? {}
  if (!isMapping(value)) throw new ConfigError([{ path: 'line 1', message: 'must be a mapping of keys' }])
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null))
}

const readDocument = (text: string): unknown => {
  const faults = new Map<number, string>()
  try {
    const lines = new LineCounter()
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
    for (const { code, pos } of [...document.errors, ...document.warnings]) {
      const { line } = lines.linePos(pos[0])
      // What follows on the same line is mostly the consequence of what came first.
      if (!faults.has(line)) faults.set(line, messageOf(code))
    }
    if (faults.size === 0) return document.toJS({ maxAliasCount: ALIAS_COUNT_MAX })
  } catch {
    // The parser tells neither which alias nor where.
    faults.set(1, 'an alias has no anchor, or there are too many')
  }
  throw new ConfigError([...faults].map(([line, message]) => ({ path: `line ${line}`, message })))
}

/** The parser's own texts quote the file; these do not. */
const messageOf = (code: string): string => {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'a key is written twice in one mapping'
    case 'TAB_AS_INDENT':
      return 'a tab is used to indent: YAML takes spaces only'
    case 'MULTIPLE_DOCS':
      return 'a second document begins: one file holds one configuration'
    case 'TAG_RESOLVE_FAILED':
      return 'an unknown tag: write secrets as {env: NAME} or {file: PATH}'
    default:
      return `is not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`
  }
}
