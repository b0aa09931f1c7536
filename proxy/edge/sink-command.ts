/** `hushfork sink`: a recorder for tests. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Clock } from '../base/clock.js'
import { RedactError } from '../base/errors.js'
import type { Dialect } from '../dialects/dialect.js'
import { dialects } from '../dialects/index.js'
import { createLog } from './log.js'
import type { TextOutput } from './redact-progress.js'
import { type RunningSink, type SinkCall, startSink } from './sink.js'

export interface SinkArgs {
  readonly dialect: string
  readonly host: string
  readonly port: number
  readonly out: string
}

export interface SinkEnv {
  readonly stdout: TextOutput
  readonly stderr: TextOutput
  readonly clock: Clock
}

/** Starts it and tells of every call; null when it cannot be had, and the reason has been told. */
export const sinkCommand = async (args: SinkArgs, env: SinkEnv): Promise<RunningSink | null> => {
  const tell = (line: string): void => void env.stdout.write(`${line}\n`)
  const dialect = (dialects as Readonly<Record<string, Dialect>>)[args.dialect]
  if (dialect === undefined) {
    env.stderr.write(`hushfork sink: no dialect is called that: ${Object.keys(dialects).join(', ')}\n`)
    return null
  }
  try {
    const sink = await startSink({
      dialect,
      host: args.host,
      port: args.port,
      directory: args.out,
      clock: env.clock,
      log: createLog('silent'),
      began: (call) => tell(`call begins: ${call.tracks.map(({ role }) => role).join(' and ')}`),
      ended: (call) => tell(sentenceOf(call)),
      violated: (code) => tell(`violation: ${code}`),
    })
    tell(`recorder of ${args.dialect} at ${sink.url.href}, recordings in ${args.out}`)
    return sink
  } catch (error) {
    if (!(error instanceof RedactError)) throw error
    env.stderr.write(`hushfork sink: ${error.message}\n`)
    return null
  }
}

const sentenceOf = ({
  path,
  samples,
  silentSamples,
  sampleRateHz,
  trackCount,
  violations,
}: SinkCall): string => {
  const seconds = (count: number): string => `${(count / sampleRateHz).toFixed(1)} s`
  const kept = path === null ? 'not kept' : path
  const faults = violations === 0 ? '' : `, ${violations} violations`
  return `call ended: ${seconds(samples)}, ${trackCount} track(s) at ${sampleRateHz} Hz, ${seconds(silentSamples)} silent${faults}: ${kept}`
}

const portOf = (text: string): number => {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('It must be 0 to 65535.')
  return port
}

/** Adds the subcommand; it runs until it is interrupted. */
export const addSinkCommand = (program: Command, env: SinkEnv): Command =>
  program
    .command('sink')
    .summary('a recorder of a dialect, for trying what a fork sends')
    .description(
      'Listens as a recorder of the dialect, answers as one, keeps every call as WAV, and says how much of it was silent. ' +
        `For tests: it asks nobody who they are. Dialects: ${Object.keys(dialects).join(', ')}.`,
    )
    .argument('<dialect>', 'what the recorder speaks')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .addOption(new Option('--port <port>', '0: any free one').default(9000).argParser(portOf))
    .option('--out <folder>', 'where the recordings go', './sink')
    .action(async (dialect: string, options: Omit<SinkArgs, 'dialect'>) => {
      const sink = await sinkCommand({ dialect, ...options }, env)
      if (sink === null) {
        process.exitCode = 2
        return
      }
      const stop = (): void => void sink.close().then(() => process.exit(0))
      process.once('SIGINT', stop).once('SIGTERM', stop)
    })
