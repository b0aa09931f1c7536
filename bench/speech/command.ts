import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { holdBackNeeds } from '../../proxy/config/hold-back.js'
import { readPolicyFile } from '../../proxy/edge/policy-file.js'
import { type PolicyOptions, safePolicy } from '../../proxy/policy/options.js'
import { barsOf } from './bars.js'
import { readCorpus, type SpeechFile } from './corpus.js'
import { type Cost, costOf } from './cost.js'
import { byTheDetector, type PlayedFile, paymentIn, rowsOfFiles, rowsOfKinds } from './figures.js'
import { lagsOf, play, played } from './measure.js'
import { scorePhrases } from './phrases.js'
import { markdownOf, type Result, textOf } from './report.js'

interface SpeechOptions {
  readonly corpus: string
  readonly policy?: string
  readonly holdBack?: number
  readonly redacted?: string
  readonly cost: boolean
  readonly json?: string
  readonly markdown?: string
}

/** The hold-back that the bars are of, ms. */
const HOLD_BACK_MS = 2500

const wholeNumber = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number')
  return Number(text)
}

export const addSpeechCommand = (program: Command): void => {
  program
    .command('speech')
    .description(
      'Plays labelled speech (docs/speech.md) as calls through the whole path, and says how much of what must not be stored was ' +
        'silenced, what was silenced beside it, how soon, and at what cost. Exit code: 0 no bar is missed, 1 one is.',
    )
    .requiredOption('--corpus <directory>', 'where manifest.json lies')
    .option('--policy <file>', "a YAML file with one policy's keys (default: the built-in safe policy)")
    .option('--hold-back <ms>', `instead of the policy's (without --policy: ${HOLD_BACK_MS})`, wholeNumber)
    .option(
      '--redacted <directory>',
      'judge recordings made before, by `hushfork redact CORPUS DIRECTORY`, instead of playing',
    )
    .option('--no-cost', 'do not measure processor time and memory (12 s)')
    .option('--json <file>', 'write everything that was measured')
    .option('--markdown <file>', 'write the tables as a page')
    .action(async (options: SpeechOptions) => {
      const result = await measure(options)
      process.stdout.write(textOf(result))
      if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`)
      if (options.markdown !== undefined) writeFileSync(options.markdown, markdownOf(result))
      if (result.bars.some(({ isMet }) => !isMet)) process.exitCode = 1
    })
}

const measure = async (options: SpeechOptions): Promise<Result> => {
  const files = readCorpus(options.corpus)
  const policy = await policyOf(options)
  const { redacted } = options
  const calm = files.map((file, i): PlayedFile => {
    progress(`${i + 1} of ${files.length}: ${file.name}`)
    const call =
      redacted === undefined
        ? play(file, policy)
        : played(file.bytes, readFileSync(join(redacted, file.name)))
    return redacted === undefined
      ? { file, call, phrases: scorePhrases([file], policy.detectors.speech) }
      : { file, call }
  })
  const armed = redacted === undefined ? playArmed(files, policy) : []
  progress('how soon')
  const lags = redacted === undefined ? files.flatMap((file) => lagsOf(file, policy)) : []
  const cost = options.cost && redacted === undefined ? await measureCost(files) : null
  progress('')
  const rows = [
    ...rowsOfFiles(calm, policy),
    ...rowsOfKinds(calm),
    ...rowsOfKinds(armed, ', in a payment step'),
    ...rowsOfKinds(armed, ', in a payment step, by what is heard alone', byTheDetector),
  ]
  return {
    corpus: options.corpus,
    played: redacted ?? 'hushfork',
    holdBackMs: policy.holdBackMs,
    rows,
    bars: barsOf(rows, cost),
    lagMs: lags.length === 0 ? null : percentilesOf(lags),
    cost,
  }
}

/** @throws Error when nothing could be judged in time */
const policyOf = async ({ policy: path, holdBack }: SpeechOptions): Promise<PolicyOptions> => {
  const told =
    path === undefined ? { ...safePolicy, holdBackMs: HOLD_BACK_MS } : (await readPolicyFile(path)).options
  const policy = { ...told, holdBackMs: holdBack ?? told.holdBackMs }
  const need = holdBackNeeds(policy).find(
    ({ ms, isExceeded }) => policy.holdBackMs < (isExceeded ? ms + 1 : ms),
  )
  if (need !== undefined) throw new Error(`a hold-back of ${policy.holdBackMs} ms is too short: ${need.why}`)
  return policy
}

/** Security codes, in a payment step that a signal opens. */
const playArmed = (files: readonly SpeechFile[], policy: PolicyOptions): readonly PlayedFile[] =>
  files
    .map((file) => ({ ...file, secrets: file.secrets.filter(({ kind }) => kind === 'cvv') }))
    .filter(({ secrets }) => secrets.length > 0)
    .map((file, i) => {
      progress(`${i + 1} security codes in a payment step: ${file.name}`)
      return { file, call: play(file, policy, [paymentIn(file)]) }
    })

const measureCost = (files: readonly SpeechFile[]): Promise<Cost> => {
  progress('300 tracks in real time: 12 s')
  return costOf(files)
}

const percentilesOf = (lags: readonly number[]): Result['lagMs'] => {
  const sorted = [...lags].sort((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))]!)
  return { p50: at(0.5), p95: at(0.95), max: at(1), found: lags.length }
}

/** On a terminal one line that is written over; elsewhere nothing but the result. */
const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, 78)}`)
}
