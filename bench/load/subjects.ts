/** What is put between the generator's PBXs and its recorder: hushfork, and relays that redact nothing, to compare with. */
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { stringify } from 'yaml'
import { spawnOn } from './generator.js'

export const subjectNames = ['hushfork', 'haproxy', 'nginx', 'ws-relay'] as const
export type SubjectName = (typeof subjectNames)[number]

export interface SubjectSetup {
  readonly dialect: 'audiohook' | 'twilio'
  readonly sinkPort: number
  readonly holdBackMs: number
  /** Of hushfork: more than one have a nats-server between them, as on as many hosts. */
  readonly proxies: number
  /** Of hushfork: processes behind one port, each on a core of its own when `isPinned`. */
  readonly processes: number
  readonly isPinned: boolean
  /** Opens hushfork's inspector, so that its garbage can be collected. */
  readonly isInspected: boolean
  readonly cores: readonly number[]
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  /** Members for hushfork's configuration, beside the fork and its policy; those of `listen` are added to what it has. */
  readonly config: Readonly<Record<string, unknown>>
  /** Members of its policy, beside the hold-back. */
  readonly policy: Readonly<Record<string, unknown>>
}

/** A running subject: one process, or a fleet. */
export interface Subject {
  /** `HOST:PORT` of each, after commas. */
  readonly address: string
  /** Of hushfork. */
  readonly adminPorts: readonly number[]
  readonly pids: readonly number[]
  /** Of hushfork, when it `isInspected`: ws://... */
  readonly inspectorUrl: string | null
  /** Of hushfork, where it is one proxy; gone when it has stopped. */
  readonly ledgerDirectory: string | null
  /** Lines of hushfork's log so far that say this. */
  said(msg: string): number
  stop(): Promise<void>
}

export const PATH = '/load'

export const startSubject = (name: SubjectName, setup: SubjectSetup): Promise<Subject> => {
  switch (name) {
    case 'hushfork':
      return setup.proxies > 1 ? startFleet(setup) : startHushfork(setup)
    case 'haproxy':
      return startHaproxy(setup)
    case 'nginx':
      return startNginx(setup)
    case 'ws-relay':
      return startRelay(setup)
    default: {
      const never: never = name
      throw new Error(String(never))
    }
  }
}

const startHushfork = async (setup: SubjectSetup): Promise<Subject> => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-subject-'))
  const file = join(folder, 'load.yaml')
  const ledgerDirectory = join(folder, 'ledger')
  writeFileSync(file, stringify(configOf(setup, ledgerDirectory)))
  const main = new URL('../../proxy/main.js', import.meta.url).pathname
  const inspect = setup.isInspected ? ['--inspect=127.0.0.1:0'] : []
  const child = spawnOn(
    setup.cores,
    process.execPath,
    [...inspect, main, 'serve', '--config', file],
    ['ignore', 'pipe', setup.isInspected ? 'pipe' : 'inherit'],
    setup.tls === null ? {} : { NODE_EXTRA_CA_CERTS: setup.tls.certFile },
  )
  const inspectorUrl = setup.isInspected ? await inspectorOf(child) : null
  const ports: { fork: number; admin: number } = { fork: 0, admin: 0 }
  const said = new Map<string, number>()
  const started = new Promise<void>((resolve) => {
    const lines = createInterface({ input: child.stdout! })
    lines.on('close', resolve).on('line', (line) => {
      const { msg = '', port, url } = JSON.parse(line) as { msg?: string; port?: number; url?: string }
      said.set(msg, (said.get(msg) ?? 0) + 1)
      if (msg === 'taking forks') ports.fork = Number(new URL(url!).port)
      if (msg === 'metrics, health and signal API') ports.admin = port!
      if (ports.fork > 0 && ports.admin > 0) resolve()
    })
  })
  await started
  if (ports.fork === 0) throw new Error('hushfork did not start; its last words are above')
  return {
    ...subjectOf(child, ports.fork, ports.admin, folder),
    inspectorUrl,
    ledgerDirectory,
    said: (msg) => said.get(msg) ?? 0,
  }
}

const configOf = (setup: SubjectSetup, ledgerDirectory: string): object => {
  const { listen, ...config } = setup.config
  const scheme = setup.tls === null ? 'ws' : 'wss'
  const recorder = { url: `${scheme}://127.0.0.1:${setup.sinkPort}/` }
  return {
    listen: { port: 0, ...(setup.tls === null ? {} : { tls: setup.tls }), ...(listen as object | undefined) },
    admin: { port: 0 },
    forks: [{ path: PATH, dialect: setup.dialect, recorder, policy: 'load' }],
    policies: { load: { holdBackMs: setup.holdBackMs, ...setup.policy } },
    ledger: { directory: ledgerDirectory },
    ...(setup.processes > 1 ? { processes: setup.processes, pinProcesses: setup.isPinned } : {}),
    ...config,
  }
}

/** Node says on its standard error where its inspector listens. */
const inspectorOf = async (child: ChildProcess): Promise<string> => {
  for await (const line of createInterface({ input: child.stderr! })) {
    const url = /listening on (ws:\S+)/.exec(line)?.[1]
    if (url === undefined) continue
    child.stderr!.resume()
    return url
  }
  throw new Error('hushfork has no inspector: its last words are above')
}

/** As many proxies as asked for, which know of each other's calls over a nats-server of their own. */
const startFleet = async (setup: SubjectSetup): Promise<Subject> => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-fleet-'))
  const port = await freePort()
  const args = ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', String(port)]
  const child = spawnOn(setup.cores, 'nats-server', args, ['ignore', 'ignore', 'ignore'])
  await listening(child, port, 'nats-server (apt install nats-server)')
  const nats = subjectOf(child, port, null, folder)
  const secret = randomBytes(32).toString('hex')
  const directory = { nats: { servers: [`nats://127.0.0.1:${port}`], secret } }
  const config = { ...setup.config, directory }
  const proxies = await Promise.all(
    Array.from({ length: setup.proxies }, () => startHushfork({ ...setup, config })),
  )
  return {
    address: proxies.map(({ address }) => address).join(),
    adminPorts: proxies.flatMap(({ adminPorts }) => adminPorts),
    pids: [nats, ...proxies].flatMap(({ pids }) => pids),
    inspectorUrl: null,
    ledgerDirectory: null,
    said: (msg) => proxies.reduce((sum, proxy) => sum + proxy.said(msg), 0),
    async stop() {
      for (const one of [...proxies, nats]) await one.stop()
    },
  }
}

const startHaproxy = async (setup: SubjectSetup): Promise<Subject> => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-subject-'))
  const port = await freePort()
  const { bind, server } = tlsWords(setup, folder)
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 9000
  ssl-server-verify none
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend forks
  bind 127.0.0.1:${port}${bind}
  default_backend recorder
backend recorder
  server recorder 127.0.0.1:${setup.sinkPort}${server}
`,
  )
  const child = spawnOn(setup.cores, 'haproxy', ['-db', '-q', '-f', file], ['ignore', 'inherit', 'inherit'])
  await listening(child, port, 'haproxy (apt install haproxy)')
  return subjectOf(child, port, null, folder)
}

const tlsWords = ({ tls }: SubjectSetup, folder: string): { bind: string; server: string } => {
  if (tls === null) return { bind: '', server: '' }
  const both = join(folder, 'both.pem')
  writeFileSync(both, readFileSync(tls.certFile, 'utf8') + readFileSync(tls.keyFile, 'utf8'), { mode: 0o600 })
  return { bind: ` ssl crt ${both}`, server: ' ssl verify none' }
}

const startNginx = async (setup: SubjectSetup): Promise<Subject> => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-subject-'))
  const port = await freePort()
  const { tls } = setup
  const certificate =
    tls === null ? '' : `ssl_certificate ${tls.certFile}; ssl_certificate_key ${tls.keyFile};`
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 40000; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 20000; }
http {
  access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
  uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
  server {
    listen 127.0.0.1:${port}${tls === null ? '' : ' ssl'}; ${certificate}
    location / {
      proxy_pass ${tls === null ? 'http' : 'https'}://127.0.0.1:${setup.sinkPort}; proxy_http_version 1.1; proxy_read_timeout 1h;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_buffering off;
    }
  }
}
`,
  )
  const child = spawnOn(setup.cores, 'nginx', ['-c', file, '-p', folder], ['ignore', 'inherit', 'ignore'])
  await listening(child, port, 'nginx (apt install nginx)')
  return subjectOf(child, port, null, folder)
}

/** The relay that one writes in an afternoon: ws in, ws out, a message at a time. */
const startRelay = async (setup: SubjectSetup): Promise<Subject> => {
  if (setup.tls !== null) throw new Error('the naive relay has no TLS')
  const port = await freePort()
  const script = new URL('./ws-relay.js', import.meta.url).pathname
  const args = [script, String(port), String(setup.sinkPort)]
  const child = spawnOn(setup.cores, process.execPath, args, ['ignore', 'inherit', 'inherit'])
  await listening(child, port, 'the naive relay')
  return subjectOf(child, port, null, null)
}

const subjectOf = (
  child: ChildProcess,
  port: number,
  adminPort: number | null,
  folder: string | null,
): Subject => ({
  address: `127.0.0.1:${port}`,
  adminPorts: adminPort === null ? [] : [adminPort],
  pids: [child.pid!],
  inspectorUrl: null,
  ledgerDirectory: null,
  said: () => 0,
  async stop() {
    const gone = child.exitCode === null ? once(child, 'exit') : Promise.resolve()
    child.kill('SIGKILL')
    await gone
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  },
})

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

const START_MS_MAX = 10_000

const listening = async (child: ChildProcess, port: number, name: string): Promise<void> => {
  let failed = false
  child.once('error', () => {
    failed = true
  })
  for (const endMs = performance.now() + START_MS_MAX; performance.now() < endMs; ) {
    if (failed || child.exitCode !== null) break
    const socket = connect(port, '127.0.0.1')
    const isUp = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  throw new Error(`${name} did not start`)
}

/** Linux counts CPU time in ticks of 10 ms (USER_HZ, proc(5)). */
const TICKS_PER_SECOND = 100

/** User and system time of processes and their children, seconds: fields 14 and 15 of /proc/PID/stat. */
export const cpuSecondsOf = (pids: readonly number[]): number => {
  let seconds = 0
  for (const id of pids.flatMap(familyOf)) {
    const fields = ofProcess(id, 'stat').split(') ')[1]?.split(' ') ?? []
    seconds += (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND
  }
  return seconds
}

/** Resident memory of processes and their children, MiB. */
export const rssMbOf = (pids: readonly number[]): number => {
  let kb = 0
  for (const id of pids.flatMap(familyOf))
    kb += Number(/VmRSS:\s+(\d+)/.exec(ofProcess(id, 'status'))?.[1] ?? 0)
  return kb / 1024
}

/** Processes, their children among them. */
export const processCountOf = (pids: readonly number[]): number => pids.flatMap(familyOf).length

/** Open files and sockets of processes and their children, and stretches of memory that they have mapped. */
export const holdingsOf = (pids: readonly number[]): { readonly files: number; readonly maps: number } => {
  const family = pids.flatMap(familyOf)
  return {
    files: family.reduce((sum, id) => sum + inProcess(id, 'fd').length, 0),
    maps: family.reduce((sum, id) => sum + ofProcess(id, 'maps').split('\n').length - 1, 0),
  }
}

/** taskset becomes the program it starts, so that the first process is the subject; its children are its workers. */
const familyOf = (pid: number): number[] => {
  const children = inProcess(pid, 'task').flatMap((thread) =>
    ofProcess(pid, `task/${thread}/children`).trim().split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(familyOf)]
}

/** What the kernel says of a process; nothing of one that has ended, or a thread of it, since it was named. */
const ofProcess = (pid: number, file: string): string =>
  unlessGone(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')) ?? ''
const inProcess = (pid: number, folder: string): string[] =>
  unlessGone(() => readdirSync(`/proc/${pid}/${folder}`)) ?? []

const unlessGone = <T>(read: () => T): T | null => {
  try {
    return read()
  } catch (error) {
    if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return null
  }
}
