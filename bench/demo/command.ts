import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import cliProgress from 'cli-progress'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { DialectName } from '../../proxy/dialects/index.js'
import { type DemoCall, demoCallPath, readDemoCall, readWav } from './demo-call.js'
import { type Figures, measure } from './measure.js'
import { picture } from './picture.js'
import { playDemoCall, UNFINISHED } from './play.js'
import { figuresTable, LATENCY_NOTE, paymentLines } from './report.js'

/** What the command touches of the process that runs it. */
export interface DemoEnv {
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  /** Where demo-out/ is made. */
  readonly directory: string
}

/** One dialect of each kind: base64 in JSON, binary with signalling, plain binary. Both parties' tracks come apart in all. */
const shown: readonly DialectName[] = ['audiohook', 'mod_audio_fork', 'twilio']
/** What can be asked for: those, and the same over gRPC. */
const playable: readonly DialectName[] = [...shown, 'ringcx', 'webex']

interface DemoArgs {
  readonly dialect?: DialectName
  readonly speed: number
  readonly json?: boolean
}

interface Run {
  readonly figures: Figures
  readonly files: readonly string[]
}

/** 0: the promise holds; 1: it does not, or the call could not be played; 2: the command line is wrong. */
export type DemoExitCode = 0 | 1 | 2

const OUT_FOLDER = 'demo-out'
const ENDINGS = ['wav', 'json', 'svg'] as const
const SPEED = 20
/** Faster than this the player's own timer of 1 ms is the limit. */
const SPEED_MAX = 100
const PROMISE = 'out is in: the same frames, of the same duration; only what is sensitive is silent'

/** `npm run demo`. `args` are the words behind the command. */
export const demoCommand = async (args: readonly string[], env: DemoEnv): Promise<DemoExitCode> => {
  let exitCode: DemoExitCode = 0
  const program = demoProgram().action(async (options: DemoArgs) => {
    exitCode = await demo(options, env)
  })
  program.exitOverride().configureOutput({
    writeOut: (text) => void env.stdout.write(text),
    writeErr: (text) => void env.stderr.write(text),
  })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.code === 'commander.helpDisplayed' ? 0 : 2
    env.stderr.write(`hushfork demo: ${(error as Error).message}\n`)
    return 1
  }
  return exitCode
}

const demoProgram = (): Command =>
  new Command('npm run demo --')
    .description(
      'Plays a call of a good minute, with a card number keyed and card data spoken, through the proxy over real sockets: once for ' +
        `every kind of PBX. Measures in the recordings what can still be heard, and leaves them in ${OUT_FOLDER}/ with a picture. ` +
        'Exit code: 0 the promise holds, 1 it does not, 2 wrong usage.',
    )
    .addOption(new Option('--dialect <name>', 'play this one only').choices(playable))
    .option('--speed <n>', `1 is real time; up to ${SPEED_MAX}`, speedOf, SPEED)
    .option('--json', 'print the figures as JSON, and nothing else')

const speedOf = (text: string): number => {
  const speed = Number(text)
  if (!(speed > 0 && speed <= SPEED_MAX)) throw new InvalidArgumentError(`a number up to ${SPEED_MAX}`)
  return speed
}

const demo = async ({ dialect, speed, json }: DemoArgs, env: DemoEnv): Promise<DemoExitCode> => {
  const call = await readDemoCall()
  const out = join(env.directory, OUT_FOLDER)
  await emptied(out)
  const say = (text: string): void => void (json || env.stdout.write(`${text}\n`))
  say(introduction(call))
  const runs: Run[] = []
  for (const name of dialect === undefined ? shown : [dialect])
    runs.push(await playAndMeasure(name, call, speed, out, env))
  const figures = runs.map((run) => run.figures)
  say(report(runs, env))
  if (json) env.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
  return figures.every(({ broken }) => broken.length === 0) ? 0 : 1
}

/** Removes what an earlier demo left, and nothing else. */
const emptied = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  const names = shown.flatMap((name) => ENDINGS.map((ending) => `${name}.${ending}`))
  const unfinished = (await readdir(folder)).filter((name) => name.startsWith(UNFINISHED))
  for (const name of [...names, ...unfinished]) await rm(join(folder, name), { recursive: true, force: true })
}

const playAndMeasure = async (
  dialect: DialectName,
  call: DemoCall,
  speed: number,
  directory: string,
  env: DemoEnv,
): Promise<Run> => {
  const progress = progressLine(dialect, env)
  try {
    const played = await playDemoCall({ dialect, call, speed, directory, progress: progress.advance })
    const recorded = await readWav(played.wavPath)
    const { answers, sidecar, wavPath, sidecarPath } = played
    const picturePath = join(directory, `${dialect}.svg`)
    await writeFile(picturePath, picture({ dialect, call, recorded, spans: sidecar.spans, answers }))
    const files = [wavPath, sidecarPath, picturePath].map((path) => relative(env.directory, path))
    return { figures: measure(call, recorded, played), files }
  } finally {
    progress.stop()
  }
}

/** A bar on a terminal; elsewhere nothing. On standard error, since standard output is the report. */
const progressLine = (dialect: string, { stderr }: DemoEnv) => {
  if (!stderr.isTTY) return { advance() {}, stop() {} }
  const bar = new cliProgress.SingleBar({
    stream: stderr,
    format: `${dialect.padEnd(16)}{bar} {value} of {total} s`,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    clearOnComplete: true,
    gracefulExit: false,
  })
  bar.start(1, 0)
  return {
    advance(playedMs: number, totalMs: number) {
      bar.setTotal(Math.round(totalMs / 1000))
      bar.update(Math.round(playedMs / 1000))
    },
    stop: () => bar.stop(),
  }
}

const introduction = ({ samples, sampleRateHz, keys, signals, secrets }: DemoCall): string => {
  const spoken = secrets.filter(({ kind }) => !kind.startsWith('echo')).length
  return (
    `A call of ${(samples / sampleRateHz).toFixed(0)} s: ${keys.length} keys, ${spoken} spoken secrets and their echoes, ` +
    `${signals.length} payment signals.\nForked over real sockets to a proxy on 127.0.0.1, recorded by its embedded recorder.`
  )
}

const report = (runs: readonly Run[], { stdout, directory }: DemoEnv): string => {
  const mark = (isOk: boolean): string => verdict(isOk, stdout.isTTY === true)
  const [first] = runs
  return [
    '',
    figuresTable(runs.map(({ figures }) => figures)),
    LATENCY_NOTE,
    '',
    `payment signals, and what the proxy answered (${first!.figures.dialect})`,
    paymentLines(first!.figures.payments),
    '',
    `before  ${relative(directory, demoCallPath())}`,
    'after   the recording, its sidecar (what is silent, and why), the picture',
    ...runs.map(({ files }) => `        ${files.join('  ')}`),
    '',
    PROMISE,
    ...runs.map(
      ({ figures: { dialect, broken } }) =>
        `  ${mark(broken.length === 0)}  ${dialect}${broken.length === 0 ? '' : `: ${broken.join('; ')}`}`,
    ),
  ].join('\n')
}

const verdict = (isOk: boolean, isColoured: boolean): string => {
  const word = isOk ? 'ok    ' : 'FAILED'
  return isColoured ? styleText(isOk ? 'green' : 'red', word) : word
}
