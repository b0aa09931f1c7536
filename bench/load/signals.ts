/**
 * Payment signals into live calls: how soon each was answered, and from which sample on its call was silent in what the
 * recorder got. Both ends of the calls are the generator's, so that the recording itself is the witness. What is paid begins
 * up to LATE_MS_MAX before its signal: from there on nothing may be heard.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Generator } from './generator.js'
import { type Load, type Measurement, measure, type Placement } from './measure.js'
import type { ScenarioResult } from './report.js'
import { specialScenarios } from './scenarios.js'

interface SignalPlan {
  readonly calls: number
  readonly stepsPerCall: number
  readonly seed: number
}

/** One payment step of one call, monotonic microseconds: when it began, when each of its signals was sent, what was answered. */
interface Step {
  readonly call: number
  readonly beganUs: number
  readonly startUs: number
  readonly endUs: number
  readonly answers: readonly { readonly ms: number; readonly result: string }[]
}

/** A step of which something was recorded in the clear, with what explains it. */
export interface ClearStep {
  readonly call: number
  readonly frames: number
  /** By how much the step had begun before its signal, ms. */
  readonly lateMs: number
  /** How far the generator was behind with the call's frames, ms. */
  readonly behindMs: number
  /** What its start and its end were answered, and after how long, ms. */
  readonly answers: Step['answers']
}

export interface SignalResult {
  readonly proxies: number
  readonly calls: number
  readonly signals: number
  readonly results: Readonly<Record<string, number>>
  /** From the request to its answer, ms, sorted. */
  readonly answerMs: readonly number[]
  /** From a start signal to the first silent sample of its call in the recording, ms, sorted; below 0 it lay before the signal. */
  readonly firstSilentMs: readonly number[]
  /** Frames that were sent between the beginning of a step and its end, and were recorded in the clear. */
  readonly framesInTheClear: number
  /** The steps whose frames those are. */
  readonly clear: readonly ClearStep[]
  /** Steps without any silence. */
  readonly uncovered: number
}

/** 500 calls with five payment steps each: 5,000 signals. */
const SIGNALS = { calls: 500, stepsPerCall: 5, seed: 1 } as const
/** Steps of 2 to 5 s, and pauses in which the look-back of the next one ends short of the one before, ms. */
const STEP_MS = { min: 2000, max: 5000 } as const
const PAUSE_MS = { min: 3000, max: 6000 } as const
/** Latest that a signal comes, ms: the policy's look-back of 2 s less 200 ms on its way, on a machine that is busy. */
const LATE_MS_MAX = 1800
const FRAME_US = 20_000

/** How long the plan takes, seconds. */
const planSeconds = ({ stepsPerCall }: SignalPlan): number =>
  Math.ceil((stepsPerCall * (STEP_MS.max + PAUSE_MS.max)) / 1000)

/** Signals with one process, or with as many as a list says, one after the other. */
export const runSignals = async (
  generator: Generator,
  base: Load,
  fleets: readonly number[],
  placement: Placement,
): Promise<ScenarioResult> => {
  const plan: SignalPlan = { ...SIGNALS, calls: base.calls || SIGNALS.calls }
  const runs: Measurement[] = []
  const signals: SignalResult[] = []
  for (const proxies of fleets) {
    process.stderr.write(`signals, ${plan.calls} calls, ${proxies} proxies, ${planSeconds(plan)} s\n`)
    const { run, result } = await runFleet(
      generator,
      { ...base, calls: plan.calls, proxies },
      plan,
      placement,
    )
    runs.push(run)
    signals.push(result)
  }
  return { scenario: 'signals', about: specialScenarios.signals, medians: runs, runs, signals }
}

const runFleet = async (
  generator: Generator,
  base: Load,
  plan: SignalPlan,
  placement: Placement,
): Promise<{ run: Measurement; result: SignalResult }> => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-signals-'))
  const runsFile = join(folder, 'runs.jsonl')
  try {
    const extra = [...base.extra, '--runs', runsFile, '--keys-every', '0']
    const load: Load = { ...base, seconds: planSeconds(plan) + 5, extra }
    let sent: Promise<Step[]> = Promise.resolve([])
    const run = await measure(generator, 'hushfork', load, placement, {
      begins: ({ adminPorts }) => {
        sent = sendSignals(plan, adminPorts)
      },
    })
    return { run, result: judgeSignals(await sent, runsFile, load) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const callIdOf = (call: number): string =>
  `00000000-0000-4000-8000-${call.toString(16).padStart(12, '0')}`

/** Sends the plan's signals; the calls are numbered from 1, and are live. */
const sendSignals = async (plan: SignalPlan, adminPorts: readonly number[]): Promise<Step[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const random = randomFrom(plan.seed)
  const steps = await Promise.all(
    Array.from({ length: plan.calls }, (_, index) => signalCall(index + 1, plan, adminPorts, agent, random)),
  )
  agent.destroy()
  return steps.flat()
}

/** The generator hands call n to the proxy n modulo their count: its signals go to the next one. */
const signalCall = async (
  call: number,
  plan: SignalPlan,
  adminPorts: readonly number[],
  agent: Agent,
  random: () => number,
): Promise<Step[]> => {
  const pass = ({ min, max }: { min: number; max: number }): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, min + random() * (max - min)))
  const port = adminPorts[(call + 1) % adminPorts.length]!
  const steps: Step[] = []
  for (let index = 0; index < plan.stepsPerCall; index++) {
    await pass(PAUSE_MS)
    const signalId = `step-${call}-${index}`
    const lateUs = Math.round(random() * LATE_MS_MAX * 1000)
    const startUs = nowUs()
    const started = await post(agent, port, call, { state: 'started', signalId })
    await pass(STEP_MS)
    const endUs = nowUs()
    const ended = await post(agent, port, call, { state: 'ended', signalId })
    steps.push({ call, beganUs: startUs - lateUs, startUs, endUs, answers: [started, ended] })
  }
  return steps
}

/** `unreachable`: no answer came. */
const post = async (agent: Agent, port: number, call: number, body: object) => {
  const beganMs = performance.now()
  const result = await new Promise<string>((resolve) => {
    const asked = request(
      {
        agent,
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: `/v1/calls/${callIdOf(call)}/payment`,
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += String(chunk)
        })
        response.on('end', () => resolve((JSON.parse(text) as { result: string }).result))
      },
    )
    asked.on('error', () => resolve('unreachable'))
    asked.end(JSON.stringify({ ...body, issuedAt: new Date().toISOString() }))
  })
  return { ms: performance.now() - beganMs, result }
}

interface SilentRun {
  readonly startUs: number
  readonly endUs: number
  /** How far the generator was behind when it sent the run's first frame. */
  readonly behindUs: number
}

/** Silent runs by call, from the generator's file: a JSON object a line, with when the frames at their ends were sent. */
const silentRunsIn = (runsFile: string): ReadonlyMap<number, readonly SilentRun[]> => {
  const runsOf = new Map<number, SilentRun[]>()
  for (const line of readFileSync(runsFile, 'utf8').split('\n').filter(Boolean)) {
    const { call, ...run } = JSON.parse(line) as SilentRun & { readonly call: number }
    const runs = runsOf.get(call) ?? []
    runs.push(run)
    runsOf.set(call, runs)
  }
  return runsOf
}

/** Holds the steps against the generator's file of silent runs. */
export const judgeSignals = (
  steps: readonly Step[],
  runsFile: string,
  { calls, proxies }: Pick<Load, 'calls' | 'proxies'>,
): SignalResult => {
  const runsOf = silentRunsIn(runsFile)
  const results: Record<string, number> = {}
  const answerMs: number[] = []
  const firstSilentMs: number[] = []
  const clear: ClearStep[] = []
  let uncovered = 0
  for (const { call, beganUs, startUs, endUs, answers } of steps) {
    for (const { ms, result } of answers) {
      answerMs.push(ms)
      results[result] = (results[result] ?? 0) + 1
    }
    const run = runsOf.get(call)?.find((of) => of.startUs < endUs && of.endUs > startUs)
    if (run === undefined) {
      uncovered++
      continue
    }
    firstSilentMs.push((run.startUs - startUs) / 1000)
    const frames = clearFrames(run, beganUs, endUs)
    const lateMs = (startUs - beganUs) / 1000
    if (frames > 0) clear.push({ call, frames, lateMs, behindMs: run.behindUs / 1000, answers })
  }
  const ascending = (a: number, b: number): number => a - b
  return {
    proxies,
    calls,
    signals: steps.length * 2,
    results,
    answerMs: answerMs.sort(ascending),
    firstSilentMs: firstSilentMs.sort(ascending),
    framesInTheClear: clear.reduce((sum, { frames }) => sum + frames, 0),
    clear,
    uncovered,
  }
}

/** Frames that were sent within the step and not within the run, which tells when its first frame was sent and the first behind it. */
const clearFrames = (run: SilentRun, beganUs: number, endUs: number): number =>
  Math.floor(Math.max(0, run.startUs - beganUs) / FRAME_US) +
  Math.ceil(Math.max(0, endUs - run.endUs) / FRAME_US)

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n)

/** Mulberry32. */
const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let x = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
  return ((x ^ (x >>> 14)) >>> 0) / 4294967296
}
