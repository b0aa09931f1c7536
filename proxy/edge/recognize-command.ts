/** `hushfork recognize`: the spotter built in as a server of recognizer.proto. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Clock } from '../base/clock.js'
import { type LogLevel, logLevels } from '../base/log-levels.js'
import { isLoopback } from '../config/loopback.js'
import { threadsOfHost } from '../detectors/speech/recognizers/embedded/worker-pool.io.js'
import type { TlsFiles } from './certificates.js'
import { EXIT_INVALID } from './config-command.js'
import { createLog, type Log } from './log.js'
import { type RunningRecognizer, startRecognizer } from './recognizer/recognizer-server.js'
import type { TextOutput } from './redact-progress.js'

export interface RecognizeArgs {
  readonly host: string
  readonly port: number
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly clientCa?: string
  readonly tokenFile?: string
  readonly threads?: number
  readonly streams?: number
  readonly streamSeconds: number
  readonly adminHost: string
  readonly adminPort: number
  readonly drainSeconds: number
  readonly logLevel: LogLevel
}

export interface RecognizeEnv {
  readonly stderr: TextOutput
  readonly clock: Clock
  readonly log: Log
}

/** Half of what a thread can listen to (bench/micro/spotter.bench.ts): it is not alone on its core. */
const STREAMS_PER_THREAD = 1_000
/** All threads together: the one that speaks gRPC needs 0.5 ms a second for each stream (docs/recognizers.md), and is one. */
const STREAMS_PER_PROCESS = 1_500
const THREADS_MAX = 128
const STREAMS_MAX = THREADS_MAX * STREAMS_PER_THREAD
const DAY_SECONDS = 86_400
const TOKENS_MAX = 16
const TOKEN_LENGTH_MIN = 16

/** Starts it; null when it cannot be had as asked, and every reason has been told. Rejects as startRecognizer(). */
export const recognizeCommand = async (
  args: RecognizeArgs,
  env: RecognizeEnv,
): Promise<RunningRecognizer | null> => {
  const access = accessOf(args, env)
  if (access === null) return null
  const { log } = env
  const threads = args.threads ?? threadsOfHost()
  const streamsMax = args.streams ?? streamsOf(threads)
  const server = await startRecognizer({
    host: args.host,
    port: args.port,
    ...access,
    threads,
    streamsMax,
    streamMsMax: args.streamSeconds * 1000,
    admin: { host: args.adminHost, port: args.adminPort },
    clock: env.clock,
    log,
  })
  log.info({ host: args.host, port: server.port, threads, streams: streamsMax }, 'listening to speech')
  log.info({ host: args.adminHost, port: server.adminPort }, 'metrics and health')
  return server
}

/** Streams at once that so many threads take, where nothing else is asked for. */
export const streamsOf = (threads: number): number =>
  Math.min(STREAMS_PER_PROCESS, STREAMS_PER_THREAD * threads)

/** Certificates and tokens from the files that are named for them; those in force stay where something is wrong, and that is told. */
export const renewRecognizer = (
  server: Pick<RunningRecognizer, 'renew'>,
  args: RecognizeArgs,
  env: RecognizeEnv,
): void => {
  const access = accessOf(args, env)
  if (access === null) {
    env.log.error({}, 'certificates and tokens were not renewed: those in force stay')
    return
  }
  server.renew(access.tls, access.tokens)
  env.log.info({}, 'certificates and tokens are read anew')
}

interface Access {
  readonly tls: TlsFiles | null
  readonly tokens: readonly string[]
}

/** Null when something is wrong with it; all of it has been told then. */
const accessOf = (args: RecognizeArgs, { stderr }: RecognizeEnv): Access | null => {
  const problems: string[] = []
  const access = { tls: tlsOf(args, problems), tokens: tokensOf(args, problems) }
  checkReach(args, problems)
  for (const problem of problems) stderr.write(`hushfork recognize: ${problem}\n`)
  return problems.length > 0 ? null : access
}

const tlsOf = ({ tlsCert, tlsKey, clientCa }: RecognizeArgs, problems: string[]): TlsFiles | null => {
  const read = (option: string, path: string): Buffer => {
    try {
      return readFileSync(path)
    } catch {
      problems.push(`${option} ${path}: cannot be read`)
      return Buffer.alloc(0)
    }
  }
  if (tlsCert === undefined && tlsKey === undefined) {
    if (clientCa !== undefined) problems.push('--client-ca needs --tls-cert and --tls-key')
    return null
  }
  if (tlsCert === undefined || tlsKey === undefined) {
    problems.push('--tls-cert and --tls-key go together')
    return null
  }
  const files = {
    cert: read('--tls-cert', tlsCert),
    key: read('--tls-key', tlsKey),
    ca: clientCa === undefined ? null : read('--client-ca', clientCa),
  }
  if (problems.length === 0 && !isUsable(files))
    problems.push(
      '--tls-cert, --tls-key: must be a certificate and its key, and --client-ca certificates, in PEM',
    )
  return files
}

const isUsable = ({ cert, key, ca }: TlsFiles): boolean => {
  try {
    createSecureContext({ cert, key })
    if (ca != null) new X509Certificate(ca)
    return true
  } catch {
    return false
  }
}

const tokensOf = ({ tokenFile }: RecognizeArgs, problems: string[]): readonly string[] => {
  if (tokenFile === undefined) return []
  const tokens = textOf(tokenFile)
    .split(/\r?\n/)
    .filter((line) => line !== '')
  const isFit = (token: string): boolean => token.length >= TOKEN_LENGTH_MIN && /^[\x21-\x7e]+$/.test(token)
  if (tokens.length === 0 || tokens.length > TOKENS_MAX || !tokens.every(isFit))
    problems.push(
      `--token-file ${tokenFile}: must have 1 to ${TOKENS_MAX} lines, each ${TOKEN_LENGTH_MIN} printable ASCII characters at least ` +
        'without spaces',
    )
  return tokens
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** What other machines can reach is encrypted, and asks who they are: audio of calls comes in, and words go out. */
const checkReach = ({ host, tlsCert, clientCa, tokenFile }: RecognizeArgs, problems: string[]): void => {
  if (isLoopback(host)) return
  if (tlsCert === undefined)
    problems.push(
      `--host ${host} can be reached from other machines, and audio would travel unencrypted: give --tls-cert and --tls-key, ` +
        'or listen on 127.0.0.1 behind what ends TLS',
    )
  if (tokenFile === undefined && clientCa === undefined)
    problems.push(
      `--host ${host} can be reached from other machines: give --token-file or --client-ca, so that not everybody is listened to`,
    )
}

const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < min || number > max)
      throw new InvalidArgumentError(`It must be ${min} to ${max}.`)
    return number
  }

/** Adds the subcommand; `started` has it drained when the process is told to end. */
export const addRecognizeCommand = (
  program: Command,
  env: Omit<RecognizeEnv, 'log'>,
  started: (server: RunningRecognizer, drainMs: number, log: Log) => void,
): Command =>
  program
    .command('recognize')
    .summary('listens to speech for proxies on other machines')
    .description(
      'The spotter that is built in, as a recogniser for proxies elsewhere (detectors.speech.recognizers.grpc; ' +
        'docs/recognizers.md): audio comes in over gRPC, numbers that are said go back, and nothing is kept. A proxy whose recogniser ' +
        'stops or falls behind silences what was said meanwhile. With the standard gRPC health service.',
    )
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .addOption(
      new Option('--port <port>', '0: any free one').default(50_051).argParser(wholeNumber(0, 65_535)),
    )
    .option('--tls-cert <file>', 'certificate chain, PEM; needed where other machines can reach the host')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--client-ca <file>', 'clients must show a certificate that one of these has signed, PEM')
    .option(
      '--token-file <file>',
      'clients must show one of these tokens (authorization: Bearer TOKEN), a line each',
    )
    .addOption(
      new Option(
        '--threads <count>',
        'threads that listen (default: one fewer than there are cores)',
      ).argParser(wholeNumber(1, THREADS_MAX)),
    )
    .addOption(
      new Option(
        '--streams <count>',
        `streams at once, one for each party of a call; more are refused (default: ${STREAMS_PER_THREAD} a thread, ${STREAMS_PER_PROCESS} at most)`,
      ).argParser(wholeNumber(1, STREAMS_MAX)),
    )
    .addOption(
      new Option('--stream-seconds <seconds>', 'longest life of a stream; proxies follow it by another')
        .default(7_500)
        .argParser(wholeNumber(10, DAY_SECONDS)),
    )
    .option('--admin-host <host>', 'address for /metrics, /healthz and /readyz', '127.0.0.1')
    .addOption(
      new Option('--admin-port <port>', 'their port; 0: any free one')
        .default(9_465)
        .argParser(wholeNumber(0, 65_535)),
    )
    .addOption(
      new Option(
        '--drain-seconds <seconds>',
        'after SIGTERM: how long live streams may go on; new ones are refused',
      )
        .default(300)
        .argParser(wholeNumber(0, DAY_SECONDS)),
    )
    .addOption(new Option('--log-level <level>').choices(logLevels).default('info'))
    .action(async (args: RecognizeArgs) => {
      const log = createLog(args.logLevel)
      const server = await recognizeCommand(args, { ...env, log })
      if (server === null) {
        process.exitCode = EXIT_INVALID
        return
      }
      process.on('SIGHUP', () => renewRecognizer(server, args, { ...env, log }))
      started(server, args.drainSeconds * 1000, log)
    })
