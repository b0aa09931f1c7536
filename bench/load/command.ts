import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { makeCertificate } from './certificate.js'
import { compileGenerator, type Generator } from './generator.js'
import { isInterrupted, watchInterruption } from './interruption.js'
import { findLimit, isCarried, type Level } from './limit.js'
import { isFaultless, type Load, type Measurement, measure, medianOf, type Placement } from './measure.js'
import { chartOf, machineLine, markdownOf, type ScenarioResult } from './report.js'
import { type Scenario, type ScenarioName, scenarios, specialScenarios } from './scenarios.js'
import { runScrape } from './scrape.js'
import { otherPlan, type Planned, peakPlan } from './sheet.js'
import { runSignals } from './signals.js'
import { signalsChart, signalsTable, signalsText } from './signals-report.js'
import { runApi, runMemory, runRestart, runSoak } from './special.js'
import { writeSpeech } from './speech.js'
import { type SubjectName, subjectNames } from './subjects.js'
import { runYear } from './year.js'

/** As the command line has them. */
export interface LoadOptions {
  readonly runs: string
  readonly seconds: string
  readonly warmUp: string
  readonly minutes: string
  readonly peers: string
  readonly dialect: 'audiohook' | 'twilio'
  readonly tls: boolean
  readonly speech: boolean
  readonly holdBackMs: string
  readonly processes: string
  readonly pin: boolean
  readonly proxies: string
  readonly calls?: string
  readonly config: string
  readonly policy: string
  readonly out?: string
}

const names = [...Object.keys(scenarios), ...Object.keys(specialScenarios)]

export const addLoadCommand = (program: Command): void => {
  const load = program
    .command('load', { isDefault: true })
    .description(
      `Plays calls in real time through hushfork and its peers, checks every frame, and says what it cost.\n\n${describe()}`,
    )
    .argument('[scenario...]', names.join(', '), ['seed', 't1'])
    .option(
      '--peers <list>',
      'relays in the same run: haproxy, nginx, ws-relay; none',
      'haproxy,nginx,ws-relay',
    )
    .option('--dialect <name>', 'audiohook (stereo, binary) or twilio (a track a message, JSON)', 'audiohook')
    .option('--tls', 'on both sides', false)
    .option(
      '--speech',
      'two people talk, and the built-in spotter listens to both tracks; left out: speech off',
      false,
    )
    .option('--hold-back-ms <ms>', 'of hushfork', '3000')
    .option(
      '--calls <n>',
      'another number of calls than the scenario has; of `year`: in all; where `limit` begins',
    )
    .option('--policy <json>', "members of hushfork's policy", '{}')
    .option('--minutes <n>', 'of `soak`', '30')
    .option(
      '--proxies <list>',
      'of `signals`: 1: one process; 2 and more: so many over a nats-server, each signal at another one than has the call',
      '1,2',
    )
    .action((wanted: string[], options: LoadOptions) => runLoads(wanted.map(plain), options))
  const sheet = program
    .command('sheet')
    .description('all that docs/performance.md tells of calls under load, in one run (`docs` puts it there)')
    .option('--skip <list>', 'titles to leave out', '')
    .action(({ skip, ...options }: LoadOptions & { skip: string }) => runSheet(skip.split(','), options))
  for (const command of [load, sheet])
    command
      .option('--runs <n>', 'of which the one of median cost is told', command === sheet ? '3' : '1')
      .option('--seconds <n>', 'the window that is timed, after the warm-up', '10')
      .option('--warm-up <n>', 'seconds before it, in which Node optimises what runs often', '12')
      .option('--processes <n>', 'of hushfork, behind one port', '1')
      .option('--pin', 'each of them on a core of its own', false)
      .option('--config <json>', "members of hushfork's configuration", '{}')
      .option('--out <folder>', 'writes results.json, results.md and chart.svg there')
}

const plain = (scenario: string): Planned => ({
  title: scenario,
  scenario: scenario as Planned['scenario'],
  options: {},
  minutes: 0,
})

/** What a scenario is played with unless the sheet or the command line says otherwise. */
const SHEET_DEFAULTS = {
  peers: 'none',
  dialect: 'audiohook',
  tls: false,
  speech: false,
  holdBackMs: '3000',
  policy: '{}',
  minutes: '30',
  proxies: '1,2',
} as const

const runSheet = (skipped: readonly string[], options: LoadOptions): Promise<void> => {
  const plan = [...peakPlan, ...otherPlan()].filter(({ title }) => !skipped.includes(title))
  const minutes = plan.reduce((sum, planned) => sum + planned.minutes, 0)
  process.stderr.write(`${plan.length} scenarios, about ${minutes.toFixed(0)} minutes\n`)
  return runLoads(plan, { ...SHEET_DEFAULTS, ...options })
}

/** The generator alone: on another host than what it tests. */
export const addForksCommand = (program: Command): void => {
  program
    .command('forks')
    .description('compiles the load generator and runs it alone, against a proxy on another host')
    .argument('[args...]', 'its own options, behind --; --help names them')
    .option('--tls', 'compiles it with TLS', false)
    .action((args: string[], { tls }: { tls: boolean }) => {
      const generator = compileGenerator(tls)
      try {
        process.exitCode = spawnSync(generator.program, args, { stdio: 'inherit' }).status ?? 2
      } finally {
        generator.close()
      }
    })
}

const describe = (): string =>
  Object.entries({ ...scenarios, ...specialScenarios })
    .map(([name, scenario]) =>
      typeof scenario === 'string'
        ? `  ${name.padEnd(8)} ${scenario}`
        : `  ${name.padEnd(8)} ${String(scenario.calls).padStart(4)} calls: ${scenario.about}`,
    )
    .join('\n')

/** Generator and recorder on the last core, the subject's processes on the first ones; one core: wherever there is room. */
export const placementOf = (processes: number, cores: number): Placement =>
  cores > 1
    ? {
        subjectCores: Array.from({ length: Math.min(processes, cores - 1) }, (_, core) => core),
        generatorCores: [cores - 1],
      }
    : { subjectCores: [], generatorCores: [] }

interface Run {
  readonly generator: Generator
  readonly base: Load
  readonly placement: Placement
  readonly options: LoadOptions
}

const runLoads = async (plan: readonly Planned[], options: LoadOptions): Promise<void> => {
  for (const { scenario } of plan)
    if (!names.includes(scenario)) throw new Error(`no scenario is called ${scenario}: ${names.join(', ')}`)
  for (const planned of plan) subjectsOf({ ...options, ...planned.options })
  if (options.out !== undefined) mkdirSync(options.out, { recursive: true })
  console.log(machineLine())
  watchInterruption()
  const results: ScenarioResult[] = []
  for (const [index, planned] of plan.entries()) {
    if (isInterrupted()) break
    process.stderr.write(`-- ${planned.title} (${index + 1} of ${plan.length})\n`)
    const result = await play(planned.scenario, { ...options, ...planned.options }).catch(failed)
    results.push({ ...result, scenario: planned.title })
    publish(results, options)
  }
  console.log(`\n${textOf(results)}`)
  if (results.some(hasFailed)) process.exitCode = 1
}

/** What comes behind a scenario that could not be played is worth half an hour: it goes on, and the table says so. */
const failed = (error: unknown): ScenarioResult => {
  const why = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${why}\n`)
  return {
    scenario: '',
    about: '',
    medians: [],
    runs: [],
    notes: [`not played to its end: ${why}`],
    hasFailed: true,
  }
}

const play = async (name: Planned['scenario'], options: LoadOptions): Promise<ScenarioResult> => {
  const generator = compileGenerator(options.tls)
  const certificate = options.tls ? makeCertificate() : null
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-bench-'))
  try {
    const base = loadOf(options, certificate, folder)
    const placement = placementOf(base.processes, cpus().length)
    return await runScenario(name, { generator, base, placement, options })
  } finally {
    generator.close()
    certificate?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const loadOf = (options: LoadOptions, tls: Load['tls'], folder: string): Load => {
  const speechFile = join(folder, 'speech.ulaw')
  if (options.speech) writeSpeech(speechFile)
  const holdBackMs = Number(options.holdBackMs)
  const detectors = { speech: { recognizers: { embedded: options.speech ? {} : null } } }
  return {
    dialect: options.dialect,
    calls: Number(options.calls ?? 0),
    seconds: Number(options.seconds),
    warmUpSeconds: Number(options.warmUp),
    holdBackMs,
    tls: tls === null ? null : { certFile: tls.certFile, keyFile: tls.keyFile },
    proxies: 1,
    processes: Number(options.processes),
    isPinned: options.pin,
    isInspected: false,
    extra: options.speech ? ['--speech', speechFile, '--keys-every', '0'] : [],
    config: JSON.parse(options.config) as Record<string, unknown>,
    policy: {
      ...(holdBackMs < LOOK_BACK_MS + SIGNAL_MS ? shortLookBack(holdBackMs) : {}),
      detectors,
      ...(JSON.parse(options.policy) as Record<string, unknown>),
    },
  }
}

/** A payment step's look-back unless a policy says otherwise, and what its signal takes on its way, ms. */
const LOOK_BACK_MS = 2000
const SIGNAL_MS = 100

/** What a short hold-back leaves of the look-back: hushfork refuses to promise more. */
const shortLookBack = (holdBackMs: number) => ({
  payment: { lookBackMs: Math.max(0, holdBackMs - SIGNAL_MS) },
})

const runScenario = (name: Planned['scenario'], run: Run): Promise<ScenarioResult> => {
  const { generator, base, placement, options } = run
  switch (name) {
    case 'limit':
      return runLimit(run)
    case 'year':
      return runYear(generator, base, placement)
    case 'soak':
      return runSoak(generator, base, placement, Number(options.minutes))
    case 'restart':
      return runRestart(generator, base, placement)
    case 'memory':
      return runMemory(
        generator,
        base,
        placement,
        options.out === undefined ? null : join(options.out, 'memory.heapsnapshot'),
      )
    case 'scrape':
      return runScrape(generator, base, placement)
    case 'api':
      return runApi(generator, base, placement)
    case 'signals':
      return runSignals(generator, base, options.proxies.split(',').map(Number), placement)
    default:
      return runLevel(name, run)
  }
}

const subjectsOf = ({ peers, tls }: LoadOptions): SubjectName[] => {
  const asked = peers === 'none' ? [] : peers.split(',')
  for (const peer of asked)
    if (!subjectNames.includes(peer as SubjectName))
      throw new Error(`no peer is called ${peer}: ${subjectNames.slice(1).join(', ')}`)
  return ['hushfork', ...(asked as SubjectName[]).filter((peer) => !tls || peer !== 'ws-relay')]
}

/** Subjects take turns within a round, so that an hour's drift of the machine meets them alike. */
const runLevel = async (
  name: ScenarioName,
  { generator, base, placement, options }: Run,
): Promise<ScenarioResult> => {
  const scenario: Scenario = scenarios[name]
  const load: Load = {
    ...base,
    calls: base.calls || scenario.calls,
    seconds: scenario.seconds ?? base.seconds,
    extra: [...base.extra, ...(scenario.extra ?? [])],
  }
  const runs: Measurement[] = []
  for (let round = 0; round < Number(options.runs); round++)
    for (const subject of subjectsOf(options)) {
      if (isInterrupted()) break
      process.stderr.write(`${name}, ${load.calls} calls, ${subject}, run ${round + 1} of ${options.runs}\n`)
      runs.push(await measure(generator, subject, load, placement))
    }
  const medians = mediansOf(runs)
  const notes = medians.flatMap(({ subject, frames }) =>
    frames.stormRecoveredMs > 0
      ? [`${subject}: all ${load.calls} calls were live again ${frames.stormRecoveredMs} ms after the storm`]
      : [],
  )
  return { scenario: name, about: scenario.about, medians, runs, notes }
}

const mediansOf = (runs: readonly Measurement[]): Measurement[] =>
  subjectNames
    .map((name) => runs.filter(({ subject }) => subject === name))
    .filter((of) => of.length > 0)
    .map(medianOf)

const runLimit = async ({ generator, base, placement, options }: Run): Promise<ScenarioResult> => {
  const runs: Measurement[] = []
  const notes: string[] = []
  const load = (calls: number): Load => ({
    ...base,
    calls,
    extra: [
      ...base.extra,
      ...['--ramp', String(calls / BEGIN_PER_SECOND), '--live-within', String(LIVE_WITHIN_SECONDS)],
    ],
  })
  for (let round = 0; round < Number(options.runs); round++)
    for (const subject of subjectsOf(options)) {
      if (isInterrupted()) break
      const tryCalls = async (calls: number): Promise<Measurement> => {
        process.stderr.write(`limit, round ${round + 1}, ${subject}: ${calls} calls\n`)
        const tried = await measure(generator, subject, load(calls), placement)
        process.stderr.write(`${isCarried(tried) ? 'held' : 'did not hold'}, ${shareText(tried)}\n`)
        return tried
      }
      const cores = subject === 'hushfork' ? Math.max(1, placement.subjectCores.length) : 1
      const found = await findLimit(tryCalls, base.calls || LIMIT_START_CALLS, cores, isInterrupted)
      if (found.held !== null) runs.push(found.held)
      notes.push(
        `${subject}: ${found.held?.calls ?? 0} calls held; ${found.reason}`,
        `${subject}: tried ${found.levels.map(levelText).join(', ')}`,
      )
    }
  const medians = subjectNames.flatMap((name) => {
    const of = runs.filter(({ subject }) => subject === name).sort((a, b) => a.calls - b.calls)
    return of.length === 0 ? [] : [of[Math.floor((of.length - 1) / 2)]!]
  })
  const [own, haproxy] = ['hushfork', 'haproxy'].map((name) =>
    medians.find(({ subject }) => subject === name),
  )
  if (own !== undefined && haproxy !== undefined)
    notes.push(`hushfork carries ${(own.calls / haproxy.calls).toFixed(2)} x the calls of HAProxy`)
  return { scenario: 'limit', about: specialScenarios.limit, medians, runs, notes }
}

const shareText = ({ coreShare }: Measurement): string => `${(coreShare * 100).toFixed(0)} % of a core`

const levelText = ({ calls, isHeld, measurement }: Level): string =>
  `${calls.toLocaleString('en')} (${isHeld ? 'held' : 'not held'}, ${measurement === null ? 'not all let in' : shareText(measurement)})`

/** Where the search for the limit begins, calls. */
const LIMIT_START_CALLS = 800

/** What is asked is what is carried, and not how fast it is let in: `storm` asks that. */
const BEGIN_PER_SECOND = 400

/** A level whose calls are not all let in so long after the first is no level that holds. */
const LIVE_WITHIN_SECONDS = 25

/** After every scenario, so that what has been measured stays when a later one fails. */
const publish = (results: readonly ScenarioResult[], { out, ...options }: LoadOptions): void => {
  if (out === undefined) return
  const asked = { machine: machineLine(), options, results }
  writeFileSync(join(out, 'results.json'), `${JSON.stringify(asked, null, 2)}\n`)
  writeFileSync(join(out, 'results.md'), `${machineLine()}\n\n${markdownOf(results)}\n`)
  writeFileSync(join(out, 'chart.svg'), chartOf(results))
  const signals = results.flatMap(({ signals }) => signals ?? [])
  if (signals.length === 0) return
  writeFileSync(join(out, 'signals.md'), `${machineLine()}\n\n${signalsTable(signals)}\n`)
  writeFileSync(join(out, 'signals.svg'), signalsChart(signals))
}

const textOf = (results: readonly ScenarioResult[]): string => {
  const signals = results.flatMap(({ signals }) => signals ?? [])
  return signals.length === 0
    ? markdownOf(results)
    : `${markdownOf(results)}\n\n${signalsText(signals)}\n\n${signalsTable(signals)}`
}

const hasFailed = ({ runs, scenario, signals, hasFailed = false }: ScenarioResult): boolean =>
  hasFailed ||
  (signals ?? []).some(({ framesInTheClear, uncovered }) => framesInTheClear + uncovered > 0) ||
  runs.some((run) => run.subject === 'hushfork' && !isFaultless(run)) ||
  (scenario.startsWith('limit') && runs.length === 0)
