import { describeConfig, omissions, privilegedSettings } from '../config/describe.js'
import { loadConfig } from '../config/load.io.js'
import { ConfigError, lineOf } from '../config/problems.js'
import type { Environment } from '../config/references.js'
import { configJsonSchema } from '../config/schema.js'

/** Exit code of every command that was given a configuration or arguments that it cannot use (docs/errors.md). */
export const EXIT_INVALID = 2

/** Where a command writes: `process.stdout`, or a test's list. */
export interface Output {
  write(text: string): unknown
}

/**
 * `hushfork config check`: "ok", the configuration in force without its secrets, its privileged settings and what it leaves out; or every
 * problem, one a line. Returns the exit code: 0, or EXIT_INVALID.
 */
export const checkConfig = (path: string | undefined, env: Environment, out: Output): number => {
  try {
    const config = loadConfig({ path, env })
    const privileged = privilegedSettings(config).map((setting) => `# privileged: ${setting}\n`)
    const omitted = omissions(config).map((omission) => `# note: ${omission}\n`)
    out.write(`ok\n${privileged.join('')}${omitted.join('')}---\n${describeConfig(config)}`)
    return 0
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const problem of error.problems) out.write(`${lineOf(problem)}\n`)
    return EXIT_INVALID
  }
}

/** `hushfork config schema`: the file's JSON Schema, for editors. Returns the exit code 0. */
export const printConfigSchema = (out: Output): number => {
  out.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
  return 0
}
