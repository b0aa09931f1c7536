import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { l16 } from '../../proxy/codecs/l16/l16.js'
import { until } from './live-proxy.js'

/** Where an Asterisk with chan_websocket and AudioSocket is installed. */
export interface AsteriskPlace {
  readonly binary: string
  readonly modules: string
  readonly data: string
}

/** Folders of modules and of data below a prefix, as Asterisk's own build and Debian's package lay them out. */
const layouts = [
  ['lib/asterisk/modules', 'var/lib/asterisk'],
  ['lib/x86_64-linux-gnu/asterisk/modules', 'share/asterisk'],
  ['lib/asterisk/modules', 'share/asterisk'],
] as const

/** What the calls of the tests need. */
const needed = ['chan_websocket', 'app_audiosocket', 'chan_audiosocket', 'pbx_spool', 'app_senddtmf']

/** An Asterisk below the prefix HUSHFORK_ASTERISK, or on PATH; or why there is none. */
export const findAsterisk = (): AsteriskPlace | string => {
  const binary = binaryPath()
  if (binary === null || !existsSync(binary))
    return 'no asterisk: set HUSHFORK_ASTERISK to the prefix of one that was built with chan_websocket'
  const prefix = dirname(dirname(binary))
  for (const [modules, data] of layouts) {
    const place = { binary, modules: join(prefix, modules), data: join(prefix, data) }
    if (needed.every((name) => existsSync(join(place.modules, `${name}.so`)))) return place
  }
  return `the asterisk at ${prefix} lacks one of ${needed.join(', ')}`
}

const binaryPath = (): string | null => {
  const prefix = process.env['HUSHFORK_ASTERISK']
  if (prefix !== undefined) return join(prefix, 'sbin/asterisk')
  try {
    return execFileSync('sh', ['-c', 'command -v asterisk'], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

export interface AsteriskOptions {
  /** What `Dial(WebSocket/fork/…)` connects to. */
  readonly forkUrl: URL
  /** What the caller of each extension says: steps of a dial plan behind Answer(). */
  readonly callers: Readonly<Record<string, readonly string[]>>
  /** What is done with the caller: one step of a dial plan, by extension. */
  readonly forks: Readonly<Record<string, string>>
  /** 8,000 Hz, by the name that `Playback` in a step of a caller gives it: `${SOUNDS}/name`. */
  readonly sounds: Readonly<Record<string, Int16Array>>
}

export interface LiveAsterisk {
  /** Port of its HTTP server on loopback. */
  readonly httpPort: number
  /** Connects a caller to a fork; both by extension. */
  call(caller: string, fork: string): void
  /** A command of its console. */
  run(command: string): string
}

/** A running Asterisk on loopback, with a folder of its own; gone when the test is over. */
export const startAsterisk = async (
  t: Test,
  place: AsteriskPlace,
  httpPort: number,
  options: AsteriskOptions,
): Promise<LiveAsterisk> => {
  // Its console is a socket in there, whose path has 108 bytes at most (sockaddr_un): a test's own folder is too deep.
  const home = mkdtempSync(join(tmpdir(), 'asterisk-'))
  const folder = (name: string): string => {
    mkdirSync(join(home, name), { recursive: true })
    return join(home, name)
  }
  const etc = folder('etc')
  const outgoing = folder('spool/outgoing')
  for (const name of ['run', 'log', 'db', 'keys', 'sounds', 'spool/tmp', 'agi']) folder(name)
  for (const [name, text] of Object.entries(configOf(home, place, httpPort, options)))
    writeFileSync(join(etc, name), text)
  for (const [name, pcm] of Object.entries(options.sounds))
    writeFileSync(join(home, 'sounds', `${name}.sln`), l16.encode(pcm))
  const args = ['-C', join(etc, 'asterisk.conf')]
  const asterisk: ChildProcess = spawn(place.binary, [...args, '-f', '-q'], { stdio: 'ignore' })
  t.teardown(() => {
    asterisk.kill('SIGKILL')
    rmSync(home, { recursive: true, force: true })
  })
  const run = (command: string): string => {
    try {
      return execFileSync(place.binary, [...args, '-rx', command], { encoding: 'utf8', stdio: 'pipe' })
    } catch {
      return ''
    }
  }
  await until(
    () => run('core show uptime').includes('System uptime'),
    'Asterisk answers on its console',
    30_000,
  )
  run('core waitfullybooted')
  let serial = 0
  return {
    httpPort,
    run,
    call(caller, fork) {
      const name = `${serial++}.call`
      const lines = [
        `Channel: Local/${caller}@callers`,
        'Context: forks',
        `Extension: ${fork}`,
        'Priority: 1',
        '',
      ]
      writeFileSync(join(home, 'spool/tmp', name), lines.join('\n'))
      renameSync(join(home, 'spool/tmp', name), join(outgoing, name))
    },
  }
}

const configOf = (
  home: string,
  { modules, data }: AsteriskPlace,
  httpPort: number,
  { forkUrl, callers, forks, sounds }: AsteriskOptions,
): Record<string, string> => ({
  'asterisk.conf': section('directories', {
    astetcdir: `${home}/etc`,
    astmoddir: modules,
    astvarlibdir: `${home}/db`,
    astdbdir: `${home}/db`,
    astkeydir: `${home}/keys`,
    astdatadir: data,
    astagidir: `${home}/agi`,
    astspooldir: `${home}/spool`,
    astrundir: `${home}/run`,
    astlogdir: `${home}/log`,
  }),
  'modules.conf': section('modules', { autoload: 'yes' }),
  'logger.conf': '[general]\n[logfiles]\nmessages => notice,warning,error\n',
  'http.conf': section('general', { enabled: 'yes', bindaddr: '127.0.0.1', bindport: `${httpPort}` }),
  'websocket_client.conf': section('fork', {
    type: 'websocket_client',
    uri: forkUrl.href,
    protocols: 'media',
    connection_type: 'per_call_config',
    username: 'pbx',
    password: 'open sesame',
  }),
  'extensions.conf': [
    context('callers', withSounds(callers, `${home}/sounds`, sounds)),
    context('forks', Object.fromEntries(Object.entries(forks).map(([name, step]) => [name, secrets(step)]))),
  ].join('\n'),
})

const section = (name: string, entries: Readonly<Record<string, string>>): string =>
  [`[${name}]`, ...Object.entries(entries).map(([key, value]) => `${key} = ${value}`), ''].join('\n')

/** Variables that the fork's channel inherits: one that is nobody's business, and one that the recorder may see. */
const secrets = (step: string): string[] => ['Set(__CARD=4111111111111111)', 'Set(__QUEUE=billing)', step]

const withSounds = (
  callers: AsteriskOptions['callers'],
  folder: string,
  sounds: AsteriskOptions['sounds'],
): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(callers).map(([name, steps]) => [
      name,
      [
        'Answer()',
        ...steps.map((step) => (Object.hasOwn(sounds, step) ? `Playback(${folder}/${step})` : step)),
      ],
    ]),
  )

const context = (name: string, extensions: Readonly<Record<string, readonly string[]>>): string =>
  [
    `[${name}]`,
    ...Object.entries(extensions).flatMap(([extension, steps]) =>
      [...steps, 'Hangup()'].map((step, i) => `exten => ${extension},${i === 0 ? '1' : 'n'},${step}`),
    ),
    '',
  ].join('\n')
