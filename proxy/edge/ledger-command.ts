/** `hushfork ledger verify | show | export | key | pseudonym`: reads a ledger file by file, line by line. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import type { Command } from 'commander'
import { RedactError } from '../base/errors.js'
import { open } from '../ledger/chain.js'
import { csvHeader, csvRow } from '../ledger/csv.js'
import { Discretion } from '../ledger/discretion.js'
import type { LedgerRecord } from '../ledger/entry.js'
import { type LedgerFileName, ledgerFilesIn, linesOf, readCheckpoint } from '../ledger/files.io.js'
import { KEY_FILE, keyIn } from '../ledger/ledger-key.io.js'
import { pseudonymSecret, publicKeyOf, publicKeyText } from '../ledger/signing.js'
import { LedgerVerifier, type Verdict, type Witness } from '../ledger/verify.js'
import { wordsOf } from '../ledger/words.js'
import { EXIT_INVALID } from './config-command.js'

/** What the commands touch of the process that runs them. */
export interface LedgerEnv {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
}

/** Where the proxy writes when the configuration names no other folder. */
const DEFAULT_DIRECTORY = './ledger'

export interface VerifyArgs {
  readonly publicKey?: string
  readonly first?: string
  readonly last?: string
  readonly json?: boolean
}

export interface SelectArgs {
  readonly call?: string
  readonly since?: string
  readonly until?: string
}

export interface ExportArgs extends SelectArgs {
  readonly csv?: boolean
}

export interface KeyArgs {
  readonly key?: string
}

/** 0: as it was written; 1: a fault was found, and is named; 2: wrong usage, or no ledger there. */
export const verifyLedger = async (directory: string, args: VerifyArgs, env: LedgerEnv): Promise<number> => {
  const witness = await witnessOf(args)
  if (typeof witness === 'string') return complain(witness, env)
  const files = await ledgerFilesIn(directory)
  if (files.length === 0) return complain(`${directory} holds no ledger`, env)
  const checkpointLine = await readCheckpoint(directory)
  const verifier = new LedgerVerifier(checkpointLine === null ? witness : { ...witness, checkpointLine })
  for (const file of files) {
    if (verifier.isDone) break
    verifier.file(file.name, file.firstSeq)
    for await (const { text, hasEnd } of linesOf(file.path)) verifier.line(text, hasEnd)
  }
  const verdict = verifier.end()
  const facts = { directory, files: files.length, hasCheckpointFile: checkpointLine !== null, ...verdict }
  env.stdout.write(
    args.json === true
      ? `${JSON.stringify(facts)}\n`
      : reportOf(verdict, facts, args).join('\n').concat('\n'),
  )
  return verdict.fault === null ? 0 : 1
}

const witnessOf = async ({ publicKey, first, last }: VerifyArgs): Promise<Witness | string> => {
  const key = publicKey === undefined ? undefined : await publicKeyIn(publicKey)
  if (key === null) return '--public-key takes what `hushfork ledger key` prints, or a file that holds it'
  const bounds = [first, last].map((bound) => (bound === undefined ? undefined : Number(bound)))
  if (bounds.some((bound) => bound !== undefined && (!Number.isSafeInteger(bound) || bound < 1)))
    return '--first and --last take the number of an entry'
  return {
    ...(key === undefined ? {} : { publicKey: key }),
    ...(bounds[0] === undefined ? {} : { first: bounds[0] }),
    ...(bounds[1] === undefined ? {} : { last: bounds[1] }),
  }
}

const publicKeyIn = async (text: string): Promise<string | null> => {
  const key = publicKeyOf(text) ?? publicKeyOf(await readFile(text, 'utf8').catch(() => ''))
  return key === null ? null : publicKeyText(key)
}

const reportOf = (
  { fault, entries, firstSeq, lastSeq, vouchedSeq, keys, lostEntries, isClosed }: Verdict,
  { directory, files, hasCheckpointFile }: { directory: string; files: number; hasCheckpointFile: boolean },
  { publicKey }: VerifyArgs,
): string[] => {
  const lines: string[] = []
  if (fault !== null) {
    const place = fault.line === 0 ? fault.file : `${fault.file}:${fault.line}`
    lines.push(
      `FAULT   ${fault.kind}${fault.seq === null ? '' : ` entry ${fault.seq}`} at ${place}: ${fault.detail}`,
    )
    lines.push(
      entries === 0
        ? '        nothing before it'
        : `        entries ${firstSeq} to ${lastSeq} before it are in order`,
    )
  } else
    lines.push(`ok      ${directory}: ${entries} entries, ${firstSeq} to ${lastSeq}, in ${files} file(s)`)
  const word = publicKey === undefined ? "the ledger's own word: give --public-key" : 'as given'
  lines.push(
    vouchedSeq === 0
      ? 'signed  nothing'
      : `signed  up to entry ${vouchedSeq}; ${lastSeq - vouchedSeq} after it are chained only; key ${keys.join(', ')} (${word})`,
  )
  if (lostEntries > 0) lines.push(`lost    ${lostEntries} entries while the ledger was not writable`)
  if (!hasCheckpointFile) lines.push('note    no checkpoint.json: an end that was cut off would not show')
  if (fault === null && !isClosed)
    lines.push('note    not closed: its process runs, or has ended without closing it')
  return lines
}

/** Entries in words, one a line. Exit code 1: a line is not as it was written, and is shown as such. */
export const showLedger = (directory: string, args: SelectArgs, env: LedgerEnv): Promise<number> =>
  tell(directory, args, env, {
    head: '',
    entry: (record) => lineOf(record, args.call !== undefined),
    damaged: (place) => `!! ${place} is not as it was written\n`,
    tail: '',
  })

const lineOf = (record: LedgerRecord, isOfOneCall: boolean): string => {
  const { callId, streamId, seq, at } = record
  const about = [isOfOneCall ? undefined : callId, streamId, wordsOf(record)].filter(
    (part) => part !== undefined,
  )
  return `${String(seq).padStart(8)}  ${at.replace('T', ' ')}  ${about.join('  ')}\n`
}

/** As JSON, one array, or CSV. The same exit codes. */
export const exportLedger = (directory: string, args: ExportArgs, env: LedgerEnv): Promise<number> =>
  tell(
    directory,
    args,
    env,
    args.csv === true
      ? { head: csvHeader(), entry: csvRow, damaged: () => '', tail: '' }
      : {
          head: '[',
          entry: (record, isFirst) => `${isFirst ? '\n' : ',\n'}${JSON.stringify(record)}`,
          damaged: () => '',
          tail: '\n]\n',
        },
  )

interface Telling {
  readonly head: string
  entry(record: LedgerRecord, isFirst: boolean): string
  damaged(place: string): string
  readonly tail: string
}

const tell = async (
  directory: string,
  args: SelectArgs,
  env: LedgerEnv,
  telling: Telling,
): Promise<number> => {
  const selection = selectionOf(args)
  if (typeof selection === 'string') return complain(selection, env)
  const files = await ledgerFilesIn(directory)
  if (files.length === 0) return complain(`${directory} holds no ledger`, env)
  let isFirst = true
  let damaged = 0
  let isUnread = false
  // `| head` has seen enough.
  env.stdout.once('error', () => {
    isUnread = true
  })
  await write(env.stdout, telling.head)
  for (const file of files)
    for await (const { record, place } of recordsOf(file)) {
      if (isUnread) return 0
      if (record === null) {
        damaged++
        await write(env.stdout, telling.damaged(place))
      } else if (selection(record)) {
        await write(env.stdout, telling.entry(record, isFirst))
        isFirst = false
      }
    }
  await write(env.stdout, telling.tail)
  if (damaged === 0) return 0
  env.stderr.write(`${damaged} line(s) are not as they were written: see \`hushfork ledger verify\`\n`)
  return 1
}

/** Every line of a file; null for one that is not an entry as it was written. */
async function* recordsOf({
  path,
  name,
}: LedgerFileName): AsyncGenerator<{ record: LedgerRecord | null; place: string }> {
  let line = 0
  for await (const { text } of linesOf(path)) {
    const opened = open(text)
    yield { record: opened.kind === 'record' ? opened.record : null, place: `${name}:${++line}` }
  }
}

const selectionOf = ({ call, since, until }: SelectArgs): ((record: LedgerRecord) => boolean) | string => {
  const from = since === undefined ? -Infinity : Date.parse(since)
  const to = until === undefined ? Infinity : Date.parse(until)
  if (Number.isNaN(from) || Number.isNaN(to))
    return '--since and --until take an instant: 2026-01-31, or 2026-01-31T10:00:00Z'
  return (record) => {
    const atMs = Date.parse(record.at)
    return atMs >= from && atMs < to && (call === undefined || record['callId'] === call)
  }
}

/** What people check a ledger with: prints the public half of its key. */
export const printLedgerKey = (directory: string, { key }: KeyArgs, env: LedgerEnv): Promise<number> =>
  withKey(directory, key, env, async (signingKey) => publicKeyText(signingKey))

/** Prints what stands in the ledger for the value on standard input, so that it can be looked for. */
export const printPseudonym = (directory: string, { key }: KeyArgs, env: LedgerEnv): Promise<number> =>
  withKey(directory, key, env, async (signingKey) =>
    new Discretion(pseudonymSecret(signingKey)).pseudonym((await textOf(env.stdin)).replace(/\r?\n$/, '')),
  )

const withKey = async (
  directory: string,
  path: string | undefined,
  env: LedgerEnv,
  say: (key: NonNullable<Awaited<ReturnType<typeof keyIn>>>) => Promise<string>,
): Promise<number> => {
  const file = path ?? join(directory, KEY_FILE)
  const key = await keyIn(file).catch((error: unknown) => {
    if (error instanceof RedactError) return error.message
    throw error
  })
  if (key === null) return complain(`there is no signing key at ${file}: name it with --key`, env)
  if (typeof key === 'string') return complain(key, env)
  env.stdout.write(`${await say(key)}\n`)
  return 0
}

const complain = (message: string, { stderr }: LedgerEnv): number => {
  stderr.write(`${message}\n`)
  return EXIT_INVALID
}

/** A reader that is slower than the disk is waited for: a year of entries does not fit into memory. */
const write = async (out: Writable, text: string): Promise<void> => {
  if (text !== '' && !out.write(text)) await once(out, 'drain').catch(() => undefined)
}

/** Adds the subcommands; their exit codes go to `process.exitCode`. */
export const addLedgerCommand = (program: Command, env: LedgerEnv): Command => {
  const ledger = program.command('ledger').description('the record of who silenced what, when and why')
  const exit = (code: number): void => {
    process.exitCode = code
  }
  const directory = ['[directory]', "the ledger's folder", DEFAULT_DIRECTORY] as const
  ledger
    .command('verify')
    .description(
      'Reads every entry and names the first bad one. Exit code: 0 as it was written, 1 a fault, 2 wrong usage or no ledger.',
    )
    .argument(...directory)
    .option(
      '--public-key <key>',
      'the key that must have signed: what `ledger key` prints, or a file with it',
    )
    .option('--first <n>', 'the ledger begins with this entry, because retention has removed what was before')
    .option('--last <n>', 'this entry was there: from the metric hushfork_ledger_sequence, or from a copy')
    .option('--json', 'the verdict as JSON')
    .action(async (path: string, args: VerifyArgs) => exit(await verifyLedger(path, args, env)))
  const selecting = (command: Command): Command =>
    command
      .argument(...directory)
      .option('--call <id>', 'only this call')
      .option('--since <instant>', 'from then on: 2026-01-31, or 2026-01-31T10:00:00Z')
      .option('--until <instant>', 'before then')
  selecting(ledger.command('show').description('entries in words: who, when, why, and which samples')).action(
    async (path: string, args: SelectArgs) => exit(await showLedger(path, args, env)),
  )
  selecting(ledger.command('export').description('entries as JSON, or as CSV'))
    .option('--json', 'one JSON array (the default)')
    .option('--csv', 'CSV with a header (RFC 4180)')
    .action(async (path: string, args: ExportArgs) => exit(await exportLedger(path, args, env)))
  const keyed = (command: Command): Command =>
    command
      .argument(...directory)
      .option('--key <file>', `the signing key (default: ${KEY_FILE} in the folder)`)
  keyed(ledger.command('key').description('prints the public key, for `verify --public-key`')).action(
    async (path: string, args: KeyArgs) => exit(await printLedgerKey(path, args, env)),
  )
  keyed(
    ledger
      .command('pseudonym')
      .description(
        'prints what stands in the ledger for a value (an extension, a number) read from standard input',
      ),
  ).action(async (path: string, args: KeyArgs) => exit(await printPseudonym(path, args, env)))
  return ledger
}
