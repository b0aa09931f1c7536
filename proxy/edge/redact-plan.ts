import { mkdir, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { ConfigError, lineOf } from '../config/problems.js'
import { liveOnly } from '../detectors/speech/detector.js'
import type { RecordedInterval } from '../session/recorded-call.js'
import { builtInPolicy, type NamedPolicy, readPolicyFile } from './policy-file.js'
import { isSameFile } from './redact-file.js'
import { nameOf } from './redact-report.js'

/** The command line, as it was typed. */
export interface RedactArgs {
  /** A WAV file, a folder of them, or `-` for standard input. */
  readonly input: string
  /** A file, a folder when the input is one, or `-` for standard output. */
  readonly output: string
  readonly policy?: string
  readonly report?: string
  readonly payment?: readonly string[]
  readonly frameMs?: string
  readonly quiet?: boolean
}

/** One file to redact; names are for people and for the report. */
export interface RedactJob {
  readonly input: string
  readonly output: string
  readonly names: { readonly input: string; readonly output: string }
  /** 0 when unknown. */
  readonly bytes: number
}

export interface RedactPlan {
  readonly policy: NamedPolicy
  readonly payments: readonly RecordedInterval[]
  readonly frameMs: number
  readonly isFolder: boolean
  readonly jobs: readonly RedactJob[]
}

const FRAME_MS_MIN = 10
const FRAME_MS_MAX = 60
export const FRAME_MS = 20

/** What is to be done, or everything that is wrong with the command line, a line each. Creates nothing. */
export const planOf = async (args: RedactArgs): Promise<RedactPlan | readonly string[]> => {
  const problems: string[] = []
  const policy = await policyOf(args.policy, problems)
  const payments = (args.payment ?? []).map((text) => intervalOf(text, problems))
  const frameMs = frameMsOf(args.frameMs, problems)
  const isFolder = (await kindOf(args.input)) === 'folder'
  await checkPaths(args, isFolder, problems)
  if (problems.length > 0) return problems
  const jobs = isFolder ? await folderJobs(args) : [await fileJob(args)]
  if (jobs.length === 0) return [`${args.input}: no .wav file in this folder`]
  return { policy, payments, frameMs, isFolder, jobs }
}

/** Makes room for a job of a folder. */
export const makeFolderOf = async (job: RedactJob): Promise<void> =>
  void (await mkdir(dirname(job.output), { recursive: true }))

/**
 * `FROM-TO`, each in seconds (12.5), minutes and seconds (1:02.5) or hours, minutes and seconds (1:00:02.5), to the
 * microsecond; null when it is none.
 */
export const parseInterval = (text: string): RecordedInterval | null => {
  const [start, end, more] = text.split('-').map(parseTime)
  if (start == null || end == null || more !== undefined || start >= end) return null
  return { startUs: start, endUs: end }
}

/** Microseconds, or null. Decimals are digits and not a float, so that 1.1 s is 1,100,000 and not a little more. */
const parseTime = (text: string): number | null => {
  const match = /^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})(?:\.(\d{1,6}))?$/.exec(text.trim())
  if (match === null) return null
  const [, hours, minutes, seconds, decimals = ''] = match
  const isClock = minutes !== undefined
  if (isClock && Number(seconds) >= 60) return null
  if (hours !== undefined && Number(minutes) >= 60) return null
  const wholeSeconds = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds)
  return wholeSeconds * 1_000_000 + Number(decimals.padEnd(6, '0'))
}

const intervalOf = (text: string, problems: string[]): RecordedInterval => {
  const interval = parseInterval(text)
  if (interval === null)
    problems.push(`--payment ${text}: must be FROM-TO, as in 12.5-31 or 1:02-1:40.5, FROM before TO`)
  return interval ?? { startUs: 0, endUs: 0 }
}

const frameMsOf = (text: string | undefined, problems: string[]): number => {
  if (text === undefined) return FRAME_MS
  const ms = /^\d+$/.test(text) ? Number(text) : 0
  if (ms < FRAME_MS_MIN || ms > FRAME_MS_MAX)
    problems.push(`--frame-ms ${text}: must be a whole number from ${FRAME_MS_MIN} to ${FRAME_MS_MAX}`)
  return ms
}

const policyOf = async (path: string | undefined, problems: string[]): Promise<NamedPolicy> => {
  if (path === undefined) return builtInPolicy()
  try {
    const policy = await readPolicyFile(path)
    problems.push(...liveOnly(policy.options.detectors.speech).map(notForFiles))
    return policy
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push(...error.problems.map(lineOf))
    return builtInPolicy()
  }
}

const notForFiles = (recognizer: string): string =>
  `detectors.speech.recognizers.${recognizer}: answers at the pace of speech, and a file is judged faster than it is spoken: all of it ` +
  'would be silent. Write null there for `hushfork redact`, and `embedded: {}` to have the spotter built in listen instead; or ' +
  'have `hushfork simulate` play the file through the proxy as a call'

const kindOf = async (path: string): Promise<'folder' | 'other' | 'none'> => {
  if (path === '-') return 'other'
  const found = await stat(path).catch(() => null)
  if (found === null) return 'none'
  return found.isDirectory() ? 'folder' : 'other'
}

const checkPaths = async (args: RedactArgs, isFolder: boolean, problems: string[]): Promise<void> => {
  const { input, output, report } = args
  const outputKind = await kindOf(output)
  if (isFolder) {
    if (outputKind === 'other') problems.push(`${output}: must be a folder, since ${input} is one`)
    if (outputKind !== 'other' && (await isNested(input, output)))
      problems.push(
        `${output}: the folder for the output must lie outside that of the input, and not around it`,
      )
    if ((args.payment ?? []).length > 0)
      problems.push('--payment: names a place in one recording; a folder has many')
  } else {
    if (outputKind === 'folder') problems.push(`${output}: is a folder; name the file in it`)
    if (outputKind === 'none' && (await kindOf(dirname(output))) !== 'folder')
      problems.push(`${output}: the folder for it is not there; make it first`)
    if (await isSameFile(input, output)) problems.push(`${output}: input and output are the same file`)
  }
  if (report === undefined) return
  if ((await kindOf(report)) === 'folder')
    problems.push(`--report ${report}: is a folder; name the file in it`)
  if (
    resolve(report) === resolve(output) ||
    (await isSameFile(report, input)) ||
    (await isSameFile(report, output))
  )
    problems.push(`--report ${report}: would overwrite the audio`)
}

/** Whether either folder is, or lies in, the other: outputs would become inputs. */
const isNested = async (a: string, b: string): Promise<boolean> => {
  const [one, other] = [await realpathOf(a), await realpathOf(b)].map((path) => path.replace(/\/*$/, sep))
  return one!.startsWith(other!) || other!.startsWith(one!)
}

/** The real path of what there is of it. */
const realpathOf = async (path: string): Promise<string> => {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await realpathOf(parent), basename(path))
  }
}

const fileJob = async ({ input, output }: RedactArgs): Promise<RedactJob> => ({
  input,
  output,
  names: { input: nameOf(input), output: nameOf(output) },
  bytes: input === '-' ? 0 : await bytesOf(input),
})

/** Every .wav below the folder, by name; links to files count, links to folders do not. */
const folderJobs = async ({ input, output }: RedactArgs): Promise<readonly RedactJob[]> => {
  const entries = await readdir(input, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => !entry.isDirectory() && /\.wav$/i.test(entry.name))
    .map((entry) => relative(input, join(entry.parentPath, entry.name)))
    .sort()
  return Promise.all(
    names.map(async (name) => ({
      input: join(input, name),
      output: join(output, name),
      names: { input: name, output: name },
      bytes: await bytesOf(join(input, name)),
    })),
  )
}

const bytesOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0
