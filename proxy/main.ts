#!/usr/bin/env node
/** Builds the parts, listens, drains: the only file that knows everything. */
import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Command, CommanderError } from 'commander'
import { RedactError } from './base/errors.js'
import { describeConfig, omissions, privilegedSettings } from './config/describe.js'
import { configOfText, readConfigText } from './config/load.io.js'
import type { Config } from './config/load.js'
import type { ConfigOverrides } from './config/overrides.js'
import { ConfigError, lineOf } from './config/problems.js'
import { threadsOfHost } from './detectors/speech/recognizers/embedded/worker-pool.io.js'
import { keysInForce } from './edge/admin-access.js'
import type { AdminTls } from './edge/admin-server.js'
import type { CarrierOptions } from './edge/call-carrier.js'
import { renewTls, type TlsFiles } from './edge/certificates.js'
import { WorkerFailed } from './edge/cluster/crew.js'
import { pinning } from './edge/cluster/pinning.js'
import { type RunningFleet, startFleet, type WorkerSource } from './edge/cluster/primary.js'
import { startWorker } from './edge/cluster/worker.js'
import { checkConfig, EXIT_INVALID, printConfigSchema } from './edge/config-command.js'
import { addKeysCommand } from './edge/keys-command.js'
import { addLedgerCommand } from './edge/ledger-command.js'
import { createLog, errorCodeOf, type Log } from './edge/log.js'
import { type RunningProxy, startProxy, version } from './edge/proxy.js'
import type { ConfigInForce } from './edge/proxy-ledger.js'
import { addRecognizeCommand } from './edge/recognize-command.js'
import type { RunningRecognizer } from './edge/recognizer/recognizer-server.js'
import { addRedactCommand } from './edge/redact-command.js'
import { addSimulateCommand } from './edge/simulate-command.js'
import { addSinkCommand } from './edge/sink-command.js'
import { systemClock } from './edge/system-clock.js'
import { canonicalHash } from './ledger/chain.js'

interface ServeOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: string
  readonly adminPort?: string
}

const serve = async (options: ServeOptions): Promise<void> => {
  if (cluster.isWorker) return carryCalls()
  const source = sourceOf(options)
  const config = configOf(source)
  const log = createLog(config.log.level)
  let drain = (): void => {}
  const adminTls = adminTlsOf(config)
  const own = {
    admin: config.admin,
    adminTls,
    ledger: { ...config.ledger, ...inForceOf(config) },
    nats: config.directory.nats,
    log,
    onDrainRequested: () => drain(),
  }
  const size = config.processes === 'auto' ? availableParallelism() : config.processes
  const forkTls = size === 1 ? tlsOf(config) : null
  let reload = (): void => {}
  process.on('SIGHUP', () => reload())
  const proxy =
    size === 1
      ? await startProxy({ ...own, ...carrierOptionsOf(config, 1, forkTls) })
      : await startFleet({ ...own, size, source, started: config.pinProcesses ? pinning(log) : () => {} })
  warnOfPrivileged(config, log)
  for (const omission of omissions(config)) log.info({ omission }, 'left out')
  config.forks.forEach(({ dialect, policyName }, i) => {
    log.info({ url: proxy.forkUrls[i]!.href, dialect: dialect.name, policy: policyName }, 'taking forks')
  })
  log.info({ host: config.admin.host, port: proxy.adminPort }, 'metrics, health and signal API')
  if (proxy.grpcPort > 0) log.info({ port: proxy.grpcPort }, 'the API over gRPC')
  drain = drainOnSignal(proxy, config.drainSeconds * 1000, log)
  reload = () => {
    if (forkTls !== null || adminTls !== null)
      renewCertificates([forkTls, adminTls], () => [tlsOf(config), adminTlsOf(config)], log)
    readAnew(proxy, config, options, log)
  }
}

/** What the configuration is read from. @throws ConfigError when it cannot be read */
const sourceOf = (options: ServeOptions): WorkerSource => ({
  configText: readConfigText(options.config),
  overrides: overridesOf(options),
})

/** What the ledger says of a configuration in force. */
const inForceOf = (config: Config): ConfigInForce => ({
  configHash: canonicalHash(describeConfig(config)),
  privileged: privilegedSettings(config).map((setting) => setting.split(': ', 1)[0]!),
  keys: keysInForce(config.admin),
})

const warnOfPrivileged = (config: Config, log: Log): void => {
  for (const setting of privilegedSettings(config)) log.warn({ setting }, 'privileged setting in force')
}

const configOf = ({ configText, overrides }: WorkerSource): Config =>
  configOfText(configText, process.env, overrides)

/** @param processes that share this host */
const carrierOptionsOf = (config: Config, processes: number, tls = tlsOf(config)): CarrierOptions => ({
  listen: { ...config.listen, tls },
  forks: config.forks,
  callsMax: config.limits.calls,
  speechThreads: threadsPerProcess(config.speechThreads, processes),
  recordingsDirectory: config.recordings.directory,
  refusesWithoutLedger: config.ledger.enabled && config.ledger.onUnwritable === 'refuse-calls',
  leakCheck: config.leakCheck,
})

const threadsPerProcess = (asked: Config['speechThreads'], processes: number): number =>
  Math.max(1, Math.floor((asked === 'auto' ? threadsOfHost() : asked) / processes))

/**
 * What the file says by now of who may use the API holds at once, whatever becomes of the rest: a key that is taken away is good for
 * nothing more. Several processes are replaced one after the other by those that go by it; one goes on as it began.
 *
 * @param began the configuration of the start, by which everything goes that changes with a restart alone
 */
const readAnew = (
  proxy: Omit<RunningProxy, 'metrics'> | RunningFleet,
  began: Config,
  options: ServeOptions,
  log: Log,
): void => {
  try {
    const source = sourceOf(options)
    const next = configOf(source)
    const admin = { ...began.admin, ...clientsOf(next) }
    proxy.admit(admin, inForceOf({ ...began, admin }))
    log.info({}, 'who may use the API is read anew')
    if ('replaceAll' in proxy) {
      const { ledger, directory, processes } = began
      replaceAll(proxy, source, { ...next, admin, ledger, directory, processes }, log)
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const problem of error.problems) process.stderr.write(`${lineOf(problem)}\n`)
    log.error({ code: error.code }, 'the configuration was not read anew: what is in force stays')
  }
}

const clientsOf = ({ admin: { apiKeys, mintKeys, certificates, webhooks } }: Config) => ({
  apiKeys,
  mintKeys,
  certificates,
  webhooks,
})

const replaceAll = (fleet: RunningFleet, source: WorkerSource, config: Config, log: Log): void => {
  log.info({}, 'replacing every process')
  warnOfPrivileged(config, log)
  void fleet.replaceAll(source, config.drainSeconds * 1000).then((isDone) => {
    if (!isDone) return log.error({}, 'processes were not replaced: those that run go on')
    fleet.noteConfig(inForceOf(config))
    log.info({}, 'every process is replaced')
  })
}

/** One of several processes. Signals are for the primary, which says what becomes of this one. */
const carryCalls = async (): Promise<void> => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
  try {
    await startWorker((setup) => {
      const config = configOf(setup)
      return {
        ...carrierOptionsOf(config, setup.processes),
        log: createLog(config.log.level, { worker: setup.number }),
      }
    })
  } catch (error) {
    complain(error)
    process.exit()
  }
}

/** Certificates of this process's ports, from the files that are named for them: whoever connects from now on sees the new ones. */
const renewCertificates = (
  inForce: readonly (TlsFiles | null)[],
  read: () => readonly (TlsFiles | null)[],
  log: Log,
): void => {
  try {
    const renewed = read()
    for (const [i, files] of inForce.entries()) if (files !== null) renewTls(files, renewed[i]!)
    log.info({}, 'certificates are read anew')
  } catch (error) {
    log.error({ code: errorCodeOf(error) }, 'certificates were not renewed: those in force stay')
  }
}

/** Text that is no number is left for the schema to refuse. */
const portOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text)

const overridesOf = ({ host, port, adminPort }: ServeOptions): ConfigOverrides => ({
  listen: { host, port: portOf(port) },
  admin: { port: portOf(adminPort) },
})

const tlsOf = ({ listen: { tls } }: Config): TlsFiles | null =>
  tls === undefined ? null : { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile), paths: tls }

const adminTlsOf = ({ admin: { tls } }: Config): AdminTls | null =>
  tls === undefined
    ? null
    : {
        cert: readFileSync(tls.certFile),
        key: readFileSync(tls.keyFile),
        ca: tls.clientCaFile === undefined ? null : readFileSync(tls.clientCaFile),
      }

/**
 * First signal: no new calls or streams, live ones go on up to the bound. Second: they are ended now, judged and closed. Returns
 * what does the same as the first signal, and nothing after it.
 */
const drainOnSignal = (
  server: Pick<RunningProxy, 'callCount' | 'drain'> | RunningRecognizer,
  waitMs: number,
  log: ReturnType<typeof createLog>,
): (() => void) => {
  let isDraining = false
  const drain = (): void => {
    const wait = isDraining ? 0 : waitMs
    const live = 'callCount' in server ? { calls: server.callCount } : { streams: server.streamCount }
    log.info({ ...live, waitSeconds: wait / 1000 }, isDraining ? 'ending what is live' : 'draining')
    isDraining = true
    void server.drain(wait).then(() => {
      log.info({}, 'stopped')
      process.exit(0)
    })
  }
  process.on('SIGTERM', drain).on('SIGINT', drain)
  return () => {
    if (!isDraining) drain()
  }
}

/** Says what is wrong, in words; the process ends with the code that docs/errors.md gives. */
const complain = (error: unknown): void => {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) process.stderr.write(`${lineOf(problem)}\n`)
    process.exitCode = EXIT_INVALID
  } else if (error instanceof RedactError) {
    process.stderr.write(`${error.code}: ${error.message}\n`)
    process.exitCode = 1
  } else if (error instanceof WorkerFailed) {
    // What was wrong, the worker has said.
    process.exit(error.exitCode)
  } else if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_INVALID
  } else throw error
}

const program = new Command('hushfork')
  .description(
    "The proxy in a PBX's media fork: the same call, in the same protocol, with its secrets silenced before they are stored.",
  )
  .version(version())
  .showHelpAfterError('Add --help to see what there is.')
  // Subcommands inherit it: a wrong command line ends with the code of everything that was given what it cannot use.
  .exitOverride()

program
  .command('serve', { isDefault: true })
  .description(
    'Takes forks and hands them on, redacted. Without a configuration: every dialect at /fork/NAME on 127.0.0.1:8080, ' +
      'recorded to ./recordings, metrics and signals on 127.0.0.1:9464.',
  )
  .option('-c, --config <file>', 'the YAML configuration (docs/config.md)')
  .option('--host <host>', 'address for forks (listen.host)')
  .option('--port <port>', 'port for forks (listen.port); 0: any free one')
  .option('--admin-port <port>', 'port for metrics, health and signals (admin.port)')
  // What is no command comes here: this one stands for all that are left out.
  .allowExcessArguments()
  .action((options: ServeOptions, command: Command) => {
    if (command.args.length === 0) return serve(options).catch(complain)
    const names = program.commands.map((known) => known.name()).join(', ')
    return command.error(`error: there is no such command: it is one of ${names}`)
  })

const config = program.command('config').description('the configuration file')
config
  .command('check')
  .description('says every problem at once, or what would be in force; exit code 2 when there is a problem')
  .argument('[file]', 'the YAML configuration')
  .option('-c, --config <file>', 'the same')
  .action((file: string | undefined, options: { config?: string }) => {
    process.exitCode = checkConfig(file ?? options.config, process.env, process.stdout)
  })
config
  .command('schema')
  .description("prints the file's JSON Schema, for editors")
  .action(() => {
    process.exitCode = printConfigSchema(process.stdout)
  })

addLedgerCommand(program, process)
addKeysCommand(program, process)

addRedactCommand(program, {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
})

addSimulateCommand(program, { stderr: process.stderr, env: process.env, clock: systemClock })
addRecognizeCommand(program, { stderr: process.stderr, clock: systemClock }, (server, drainMs, log) => {
  drainOnSignal(server, drainMs, log)
})
addSinkCommand(program, { stdout: process.stdout, stderr: process.stderr, clock: systemClock })

program.parseAsync().catch(complain)
