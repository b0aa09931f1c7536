import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { loadApi } from './api.js'
import { makeCertificate } from './certificate.js'
import { compileGenerator, type Generator } from './generator.js'
import { findLimit, isCarried } from './limit.js'
import { isFaultless, type Load, type Measurement, measure, medianOf } from './measure.js'
import { chartOf, machineLine, markdownTable, type ScenarioResult } from './report.js'
import {
  type Scenario,
  type ScenarioName,
  type SpecialScenario,
  scenarios,
  seedYear,
  specialScenarios,
} from './scenarios.js'
import { runSignals } from './signals.js'
import { signalsChart, signalsTable, signalsText } from './signals-report.js'
import { type SubjectName, subjectNames } from './subjects.js'

interface LoadOptions {
  readonly runs: string
  readonly seconds: string
  readonly peers: string
  readonly dialect: 'audiohook' | 'twilio'
  readonly tls: boolean
  readonly holdBackMs: string
  readonly proxies: string
  readonly calls?: string
  readonly config: string
  readonly out?: string
}

const names = [...Object.keys(scenarios), ...Object.keys(specialScenarios)]

export const addLoadCommand = (program: Command): void => {
  program
    .command('load', { isDefault: true })
    .description(
      `Plays calls in real time through hushfork and its peers, checks every frame, and says what it cost.\n\n${describe()}`,
    )
    .argument('[scenario...]', names.join(', '), ['seed', 't1'])
    .option('--runs <n>', 'of which the one of median cost is told', '1')
    .option('--seconds <n>', 'the window that is timed, after the warm-up', '10')
    .option(
      '--peers <list>',
      'relays in the same run: haproxy, nginx, ws-relay; none',
      'haproxy,nginx,ws-relay',
    )
    .option('--dialect <name>', 'audiohook (stereo, binary) or twilio (a track a message, JSON)', 'audiohook')
    .option('--tls', 'on both sides', false)
    .option('--hold-back-ms <ms>', 'of hushfork', '3000')
    .option(
      '--proxies <list>',
      'of `signals`: 1: one process; 2 and more: so many over a nats-server, each signal at another one than has the call',
      '1,2',
    )
    .option('--calls <n>', 'another number of calls than the scenario has; where `limit` begins')
    .option('--config <json>', "members of hushfork's configuration", '{}')
    .option('--out <folder>', 'writes results.json, results.md and chart.svg there')
    .action((wanted: string[], options: LoadOptions) => runLoads(wanted, options))
}

const describe = (): string =>
  Object.entries({ ...scenarios, ...specialScenarios })
    .map(([name, scenario]) =>
      typeof scenario === 'string'
        ? `  ${name.padEnd(6)} ${scenario}`
        : `  ${name.padEnd(6)} ${String(scenario.calls).padStart(4)} calls: ${scenario.about}`,
    )
    .join('\n')

/** Generator and recorder on one core, the subject on another, where there are two. */
const placement =
  cpus().length > 1 ? { subjectCore: 0, generatorCore: 1 } : { subjectCore: null, generatorCore: null }

const runLoads = async (wanted: readonly string[], options: LoadOptions): Promise<void> => {
  for (const name of wanted)
    if (!names.includes(name)) throw new Error(`no scenario is called ${name}: ${names.join(', ')}`)
  const generator = compileGenerator(options.tls)
  const certificate = options.tls ? makeCertificate() : null
  const results: ScenarioResult[] = []
  try {
    console.log(machineLine())
    const base: Load = {
      dialect: options.dialect,
      calls: Number(options.calls ?? 0),
      seconds: Number(options.seconds),
      holdBackMs: Number(options.holdBackMs),
      tls: certificate,
      proxies: 1,
      extra: [],
      config: JSON.parse(options.config) as Record<string, unknown>,
    }
    for (const name of wanted) {
      const result = await runScenario(generator, name, base, options)
      if (result !== null) results.push(result)
    }
  } finally {
    generator.close()
    certificate?.close()
  }
  publish(results, options)
}

const runScenario = (
  generator: Generator,
  name: string,
  base: Load,
  options: LoadOptions,
): Promise<ScenarioResult | null> => {
  switch (name as SpecialScenario | ScenarioName) {
    case 'limit':
      return runLimit(generator, base, options)
    case 'year':
      return runYear(generator, base)
    case 'api':
      return runApi(generator, base)
    case 'signals':
      return runSignals(generator, base, options.proxies.split(',').map(Number), placement)
    default:
      return runLevel(generator, name as ScenarioName, base, options)
  }
}

const subjectsOf = ({ peers }: LoadOptions): SubjectName[] => {
  const asked = peers === 'none' ? [] : peers.split(',')
  for (const peer of asked)
    if (!subjectNames.includes(peer as SubjectName))
      throw new Error(`no peer is called ${peer}: ${subjectNames.slice(1).join(', ')}`)
  return ['hushfork', ...(asked as SubjectName[])]
}

/** Subjects take turns within a round, so that an hour's drift of the machine meets them alike. */
const runLevel = async (
  generator: Generator,
  name: ScenarioName,
  base: Load,
  options: LoadOptions,
): Promise<ScenarioResult> => {
  const scenario: Scenario = scenarios[name]
  const load: Load = {
    ...base,
    calls: options.calls === undefined ? scenario.calls : base.calls,
    seconds: scenario.seconds ?? base.seconds,
    extra: scenario.extra ?? [],
  }
  const runs: Measurement[] = []
  for (let round = 0; round < Number(options.runs); round++)
    for (const subject of subjectsOf(options)) {
      if (subject === 'ws-relay' && load.tls !== null) continue
      process.stderr.write(`${name}, ${load.calls} calls, ${subject}, run ${round + 1} of ${options.runs}\n`)
      runs.push(await measure(generator, subject, load, placement))
    }
  return { scenario: name, about: scenario.about, medians: mediansOf(runs), runs }
}

const mediansOf = (runs: readonly Measurement[]): Measurement[] =>
  subjectNames
    .map((name) => runs.filter(({ subject }) => subject === name))
    .filter((of) => of.length > 0)
    .map(medianOf)

const runLimit = async (generator: Generator, base: Load, options: LoadOptions): Promise<ScenarioResult> => {
  const runs: Measurement[] = []
  for (let round = 0; round < Number(options.runs); round++)
    for (const subject of subjectsOf(options)) {
      if (subject === 'ws-relay' && base.tls !== null) continue
      const found = await findLimit(
        async (calls) => {
          process.stderr.write(`limit, round ${round + 1}, ${subject}: ${calls} calls\n`)
          const tried = await measure(generator, subject, { ...base, calls }, placement)
          process.stderr.write(`${isCarried(tried) ? 'held' : 'did not hold'}\n`)
          return tried
        },
        Number(options.calls ?? 600),
      )
      if (found !== null) runs.push(found)
    }
  const medians = subjectNames.flatMap((name) => {
    const of = runs.filter(({ subject }) => subject === name).sort((a, b) => a.calls - b.calls)
    return of.length === 0 ? [] : [of[Math.floor((of.length - 1) / 2)]!]
  })
  return { scenario: 'limit', about: specialScenarios.limit, medians, runs }
}

/** So many calls at once, each so many frames, so many times as fast: a year in minutes. */
const YEAR = { atOnce: 100, frames: 100, speed: 20 } as const

const runYear = async (generator: Generator, base: Load): Promise<ScenarioResult> => {
  process.stderr.write(`year, ${seedYear.calls.toLocaleString('en')} calls of ${YEAR.frames} frames\n`)
  const load: Load = {
    ...base,
    calls: YEAR.atOnce,
    extra: [
      ...['--total', String(seedYear.calls), '--frames', String(YEAR.frames), '--speed', String(YEAR.speed)],
      ...['--keys-every', '1'],
    ],
  }
  const run = await measure(generator, 'hushfork', load, placement)
  return { scenario: 'year', about: specialScenarios.year, medians: [run], runs: [run] }
}

const runApi = async (generator: Generator, base: Load): Promise<ScenarioResult> => {
  let adminPort = 0
  const load: Load = { ...base, calls: scenarios.t1.calls, seconds: 20 }
  const run = await measure(generator, 'hushfork', load, placement, (subject) => {
    adminPort = subject.adminPorts[0]!
    void loadApi(adminPort).then((results) => {
      for (const { what, requestsPerSecond, p50Ms, p99Ms, failed } of results)
        console.log(
          `${what}: ${requestsPerSecond.toFixed(0)} a second, p50 ${p50Ms} ms, p99 ${p99Ms} ms, ${failed} failed`,
        )
    })
  })
  return { scenario: 'api', about: specialScenarios.api, medians: [run], runs: [run] }
}

const publish = (results: readonly ScenarioResult[], options: LoadOptions): void => {
  const table = markdownTable(results)
  console.log(`\n${table}`)
  const signals = results.flatMap(({ signals }) => signals ?? [])
  if (signals.length > 0) console.log(`\n${signalsText(signals)}\n\n${signalsTable(signals)}`)
  if (signals.some(({ framesInTheClear, uncovered }) => framesInTheClear + uncovered > 0))
    process.exitCode = 1
  for (const { runs } of results)
    for (const { subject, calls, frames, reported } of runs)
      if (subject === 'hushfork' && reported !== null)
        console.log(
          `${calls} calls: measured p50 ${frames.addedMs.p50.toFixed(1)} p99 ${frames.addedMs.p99.toFixed(1)} ms, ` +
            `/metrics says at most ${reported.p50Ms} and ${reported.p99Ms} ms`,
        )
  if (results.some(({ runs }) => runs.some((run) => run.subject === 'hushfork' && !isFaultless(run))))
    process.exitCode = 1
  if (options.out === undefined) return
  mkdirSync(options.out, { recursive: true })
  const asked = { machine: machineLine(), options, results }
  writeFileSync(join(options.out, 'results.json'), `${JSON.stringify(asked, null, 2)}\n`)
  writeFileSync(join(options.out, 'results.md'), `${machineLine()}\n\n${table}\n`)
  writeFileSync(join(options.out, 'chart.svg'), chartOf(results))
  if (signals.length === 0) return
  writeFileSync(join(options.out, 'signals.md'), `${machineLine()}\n\n${signalsTable(signals)}\n`)
  writeFileSync(join(options.out, 'signals.svg'), signalsChart(signals))
}
