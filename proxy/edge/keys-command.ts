import { randomBytes } from 'node:crypto'
import { type Command, InvalidArgumentError } from 'commander'
import { HASHED_KEY_LENGTH_MIN, hashOf, KEY_BYTES, keyOf } from '../access/key-hash.js'
import { defaultScopes, type Scope, scopes } from '../access/scopes.js'
import { LABEL_PATTERN } from '../base/label.js'
import { EXIT_INVALID, type Output } from './config-command.js'

/** What the commands touch of the process that runs them. */
export interface KeysEnv {
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly stdout: Output
  readonly stderr: Output
  exitCode?: number | string | null | undefined
}

interface CreateOptions {
  readonly name: string
  readonly scope?: readonly Scope[]
  readonly tenant?: readonly string[]
}

/** `hushfork keys create`: a new key, told once, and the line for the configuration, which holds its hash alone. */
const createKey = ({ name, scope, tenant }: CreateOptions, { stdout, stderr }: KeysEnv): void => {
  const key = keyOf(randomBytes(KEY_BYTES))
  const granted = (scope ?? defaultScopes).join(', ')
  const tenants = tenant === undefined ? '' : `, tenants: [${tenant.join(', ')}]`
  stderr.write('The key, which is shown this once and kept nowhere:\n')
  stdout.write(`${key}\n`)
  stderr.write(
    `Under admin.apiKeys:\n- { name: ${name}, hash: '${hashOf(key)}', scopes: ['${granted.replaceAll(', ', "', '")}']${tenants} }\n`,
  )
}

/** `hushfork keys hash`: the hash of a key on standard input. Returns the exit code. */
const hashKey = async ({ stdin, stdout, stderr }: KeysEnv): Promise<number> => {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  const key = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
  if (key.length < HASHED_KEY_LENGTH_MIN || !/^[\x21-\x7e]+$/.test(key)) {
    stderr.write(
      `the key on standard input must be ${HASHED_KEY_LENGTH_MIN} printable ASCII characters at least, without spaces: ` +
        'a hash hides what nobody can guess\n',
    )
    return EXIT_INVALID
  }
  stdout.write(`${hashOf(key)}\n`)
  return 0
}

/** Adds `keys create` and `keys hash`. */
export const addKeysCommand = (program: Command, env: KeysEnv): void => {
  const keys = program.command('keys').description('API keys, of which the configuration holds hashes')
  keys
    .command('create')
    .description('makes a key, prints it once on standard output, and the line to paste on standard error')
    .requiredOption('--name <name>', 'who will hold it, for the log and the ledger', nameOf)
    .option(
      '--scope <scope>',
      `what it may do; repeatable (${scopes.join(', ')}; default: ${defaultScopes.join(', ')})`,
      scopeOf,
    )
    .option('--tenant <name>', 'whose calls; repeatable (default: every tenant)', tenantOf)
    .action((options: CreateOptions) => createKey(options, env))
  keys
    .command('hash')
    .description('reads a key from standard input and prints what `hash` takes')
    .action(async () => {
      env.exitCode = await hashKey(env)
    })
}

const nameOf = (text: string): string => {
  if (!LABEL_PATTERN.test(text))
    throw new InvalidArgumentError('It must be a name: a letter first, 32 characters at most.')
  return text
}

const tenantOf = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  nameOf(text),
]

const scopeOf = (text: string, before: readonly Scope[] = []): readonly Scope[] => {
  const scope = scopes.find((known) => known === text)
  if (scope === undefined) throw new InvalidArgumentError(`It must be one of ${scopes.join(', ')}.`)
  return [...before, scope]
}
