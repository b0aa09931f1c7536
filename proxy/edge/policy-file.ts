import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { parseDocument } from 'yaml'
import { RedactError } from '../base/errors.js'
import { type PolicyOptions, policySchema, safePolicy } from '../policy/options.js'
import { detectorsOf } from '../session/policy-detectors.js'

/** A policy, and what a report calls it. */
export interface NamedPolicy {
  /** The file's name without folder and extension; `safe` for the built-in one. */
  readonly name: string
  /** SHA-256 of what is in force, defaults filled in, in hex: equal hashes redact alike. */
  readonly hash: string
  readonly options: PolicyOptions
}

/** What runs when no policy is named. */
export const builtInPolicy = (): NamedPolicy => named('safe', safePolicy)

/**
 * Reads one policy's keys from a YAML file.
 * @throws RedactError REDACT_ERR_CONFIG_INVALID whose message has one line for every problem
 */
export const readPolicyFile = async (path: string): Promise<NamedPolicy> => {
  const document = parseDocument(await textOf(path))
  if (document.errors.length > 0) throw invalid(path, document.errors.map(yamlProblem))
  const parsed = policySchema.safeParse(document.toJS() ?? {})
  if (!parsed.success)
    throw invalid(
      path,
      parsed.error.issues.map((issue) => `${issue.path.join('.') || 'policy'}: ${issue.message}`),
    )
  const { holdBackMs, dtmf } = parsed.data
  const neededMs = detectorsOf(parsed.data).detectorLagMs + dtmf.padBeforeMs
  if (holdBackMs < neededMs)
    throw invalid(path, [
      `holdBackMs: must be ${neededMs} at least, the detectors' lag and dtmf.padBeforeMs; ` +
        'with less, all audio would be silenced unjudged',
    ])
  return named(basename(path, extname(path)), parsed.data)
}

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw invalid(path, [`cannot be read: ${(error as NodeJS.ErrnoException).code}`])
  }
}

const named = (name: string, options: PolicyOptions): NamedPolicy => ({
  name,
  hash: createHash('sha256').update(JSON.stringify(options)).digest('hex'),
  options,
})

/** The parser's message less the excerpt of the file that it appends. */
const yamlProblem = ({ message }: Error): string => message.split('\n')[0]!.replace(/:$/, '')

const invalid = (path: string, problems: readonly string[]): RedactError =>
  new RedactError('REDACT_ERR_CONFIG_INVALID', problems.map((problem) => `${path}: ${problem}`).join('\n'))
