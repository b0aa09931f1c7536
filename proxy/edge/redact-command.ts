import { writeFile } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import type { Command } from 'commander'
import type { Clock } from '../base/clock.js'
import type { WavSummary } from '../session/wav-redaction.js'
import { redactFile } from './redact-file.js'
import {
  FRAME_MS,
  makeFolderOf,
  planOf,
  type RedactArgs,
  type RedactJob,
  type RedactPlan,
} from './redact-plan.js'
import { barProgress, plainProgress, type RedactProgress, type TextOutput } from './redact-progress.js'
import { type FileReport, type FolderReport, fileReport } from './redact-report.js'

/** What the command touches of the process that runs it. */
export interface RedactEnv {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: TextOutput
  readonly clock: Clock
  /** Gives up: the file in work is removed, the rest is not begun. */
  readonly signal?: AbortSignal
}

/** 0: done; 1: a file failed; 2: the command line or the policy is wrong, and nothing was done. */
export type RedactExitCode = 0 | 1 | 2

/** `hushfork redact`: the proxy's judgement over stored files. Tells people on standard error, and nobody else. */
export const redactCommand = async (args: RedactArgs, env: RedactEnv): Promise<RedactExitCode> => {
  const plan = await planOf(args)
  if (!('jobs' in plan)) {
    for (const problem of plan) plainProgress(env.stderr, true).complain(problem)
    return 2
  }
  const progress = progressOf(plan, args, env)
  try {
    const run = await redactAll(plan, env, progress)
    const isReported = await writeReport(plan, args, run, progress)
    return isReported && run.failed.length === 0 && !env.signal?.aborted ? 0 : 1
  } finally {
    progress.stop()
  }
}

/** Adds the subcommand; its exit code goes to `process.exitCode`, and an interrupt removes what is half written. */
export const addRedactCommand = (program: Command, env: RedactEnv): Command =>
  program
    .command('redact')
    .summary('redact stored WAV files')
    .description(
      'Silences in a stored recording what the proxy silences in a live call. Everything else stays as it is, byte for byte. ' +
        'Takes WAV (16-bit PCM, A-law, mu-law), mono or stereo. Exit code: 0 done, 1 a file failed, 2 wrong usage.',
    )
    .argument('<input>', 'a WAV file, a folder (every .wav below it), or - for standard input')
    .argument('<output>', 'a file, a folder when <input> is one, or - for standard output')
    .option('--policy <file>', "a YAML file with one policy's keys (default: the built-in safe policy)")
    .option('--report <file>', 'write what was silenced, and why, as JSON')
    .option(
      '--payment <from-to>',
      'silence a payment step; repeatable. In seconds, mm:ss or hh:mm:ss, with decimals: 12.5-31, 1:02-1:40.5. ' +
        "Silence begins at FROM to the sample: a live call's look-back (payment.lookBackMs) makes up for a late signal, " +
        'and there is none here. It lasts until payment.padAfterMs after TO',
      (text: string, before: string[] = []) => [...before, text],
    )
    .option(
      '--frame-ms <ms>',
      'frames in which audio is fed, 10 to 60; the result is the same',
      `${FRAME_MS}`,
    )
    .option('-q, --quiet', 'say nothing unless something fails')
    .action(async (input: string, output: string, options: Omit<RedactArgs, 'input' | 'output'>) => {
      const interrupt = new AbortController()
      const stop = (): void => interrupt.abort()
      process.once('SIGINT', stop).once('SIGTERM', stop)
      process.exitCode = await redactCommand(
        { input, output, ...options },
        { ...env, signal: interrupt.signal },
      )
      process.off('SIGINT', stop).off('SIGTERM', stop)
    })

const redactAll = async (
  plan: RedactPlan,
  env: RedactEnv,
  progress: RedactProgress,
): Promise<FolderReport> => {
  const files: FileReport[] = []
  const failed: { input: string; problem: string }[] = []
  const startedAtMs = env.clock.nowMs()
  for (const job of plan.jobs) {
    if (env.signal?.aborted) break
    try {
      files.push(await redactOne(job, plan, env, progress))
    } catch (error) {
      const problem = env.signal?.aborted ? 'interrupted' : (error as Error).message
      failed.push({ input: job.names.input, problem })
      progress.complain(`${job.names.input}: ${problem}`)
    }
  }
  if (plan.isFolder) progress.tell(totalLine(files, failed.length, env.clock.nowMs() - startedAtMs))
  return { files, failed }
}

const redactOne = async (
  job: RedactJob,
  plan: RedactPlan,
  env: RedactEnv,
  progress: RedactProgress,
): Promise<FileReport> => {
  const startedAtMs = env.clock.nowMs()
  if (plan.isFolder) await makeFolderOf(job)
  const summary = await redactFile(
    job.input === '-' ? env.stdin : job.input,
    job.output === '-' ? env.stdout : job.output,
    {
      policy: plan.policy.options,
      payments: plan.payments,
      frameMs: plan.frameMs,
      onProgress: progress.advance,
      ...(env.signal && { signal: env.signal }),
    },
  )
  const report = fileReport(job.names, plan.policy, summary)
  progress.tell(`${job.names.input}: ${summaryOf([report], env.clock.nowMs() - startedAtMs)}`)
  warn(job, summary, progress)
  return report
}

const progressOf = (plan: RedactPlan, args: RedactArgs, env: RedactEnv): RedactProgress => {
  const totalBytes = plan.jobs.reduce((sum, job) => sum + job.bytes, 0)
  const isBar = env.stderr.isTTY && !args.quiet && totalBytes > 0
  return isBar ? barProgress(env.stderr, totalBytes) : plainProgress(env.stderr, args.quiet === true)
}

/** What a person should look at, quiet or not. */
const warn = (
  { names }: RedactJob,
  { unjudgedSilencedMs, strayBytes }: WavSummary,
  { complain }: RedactProgress,
): void => {
  if (unjudgedSilencedMs > 0)
    complain(`${names.input}: ${(unjudgedSilencedMs / 1000).toFixed(1)} s silenced unjudged`)
  if (strayBytes > 0)
    complain(`${names.input}: ${strayBytes} bytes behind the last chunk were copied unjudged`)
}

const totalLine = (files: readonly FileReport[], failedCount: number, elapsedMs: number): string =>
  `${files.length} files: ${summaryOf(files, elapsedMs)}${failedCount > 0 ? `, ${failedCount} failed` : ''}`

const summaryOf = (files: readonly FileReport[], elapsedMs: number): string => {
  const sum = (of: (file: FileReport) => number): number => files.reduce((total, file) => total + of(file), 0)
  const seconds = sum((file) => file.durationSeconds)
  const speed = (seconds * 1000) / Math.max(1, elapsedMs)
  const silenced = sum((file) => file.silencedSecondsTotal)
  const spans = sum((file) => file.spans.length)
  return `${seconds.toFixed(1)} s, ${speed.toFixed(0)} x real time, ${spans} spans, ${silenced.toFixed(2)} s silenced`
}

/** A file's report is that file's alone, a folder's has all of them. False when it cannot be written. */
const writeReport = async (
  plan: RedactPlan,
  { report }: RedactArgs,
  run: FolderReport,
  progress: RedactProgress,
): Promise<boolean> => {
  const content = plan.isFolder ? run : run.files[0]
  if (report === undefined || content === undefined) return true
  try {
    await writeFile(report, `${JSON.stringify(content, null, 2)}\n`)
    return true
  } catch (error) {
    progress.complain(`--report ${report}: ${(error as Error).message}`)
    return false
  }
}
