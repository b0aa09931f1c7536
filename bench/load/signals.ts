/**
 * Payment signals into live calls: how soon each was answered, and from which sample on its call was silent in what the
 * recorder got. Both ends of the calls are the generator's, so that the recording itself is the witness.
 */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'

export interface SignalPlan {
  readonly calls: number
  readonly stepsPerCall: number
  readonly seed: number
}

/** One payment step of one call: when each of its signals was sent, monotonic microseconds, and how it was answered. */
interface Step {
  readonly call: number
  readonly startUs: number
  readonly endUs: number
  readonly answers: readonly { readonly ms: number; readonly result: string }[]
}

export interface SignalResult {
  readonly signals: number
  readonly results: Readonly<Record<string, number>>
  /** From the request to its answer, ms, sorted. */
  readonly answerMs: readonly number[]
  /** From a start signal to the first silent sample of its call in the recording, ms, sorted; below 0 it lay before the signal. */
  readonly firstSilentMs: readonly number[]
  /** Frames that were sent between a start and its end, and were recorded in the clear. */
  readonly framesInTheClear: number
  readonly uncovered: number
}

/** Steps of 2 to 5 s, and pauses in which the look-back of the next one ends short of the one before, ms. */
const STEP_MS = { min: 2000, max: 5000 } as const
const PAUSE_MS = { min: 3000, max: 6000 } as const

/** How long the plan takes, seconds. */
export const planSeconds = ({ stepsPerCall }: SignalPlan): number =>
  Math.ceil((stepsPerCall * (STEP_MS.max + PAUSE_MS.max)) / 1000)

const FRAME_US = 20_000

export const callIdOf = (call: number): string =>
  `00000000-0000-4000-8000-${call.toString(16).padStart(12, '0')}`

/** Sends the plan's signals; the calls are numbered from 1, and are live. `adminPorts` are taken in turns. */
export const sendSignals = async (plan: SignalPlan, adminPorts: readonly number[]): Promise<Step[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const random = randomFrom(plan.seed)
  const steps = await Promise.all(
    Array.from({ length: plan.calls }, (_, index) => signalCall(index + 1, plan, adminPorts, agent, random)),
  )
  agent.destroy()
  return steps.flat()
}

const signalCall = async (
  call: number,
  plan: SignalPlan,
  adminPorts: readonly number[],
  agent: Agent,
  random: () => number,
): Promise<Step[]> => {
  const pass = ({ min, max }: { min: number; max: number }): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, min + random() * (max - min)))
  const steps: Step[] = []
  for (let index = 0; index < plan.stepsPerCall; index++) {
    await pass(PAUSE_MS)
    const port = adminPorts[(call + index) % adminPorts.length]!
    const signalId = `step-${call}-${index}`
    const startUs = nowUs()
    const started = await post(agent, port, call, { state: 'started', signalId })
    await pass(STEP_MS)
    const endUs = nowUs()
    const ended = await post(agent, port, call, { state: 'ended', signalId })
    steps.push({ call, startUs, endUs, answers: [started, ended] })
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
    asked.end(JSON.stringify(body))
  })
  return { ms: performance.now() - beganMs, result }
}

interface Run {
  readonly call: number
  readonly startFrame: number
  readonly endFrame: number
  readonly firstSentUs: number
}

/** Holds the steps against the generator's file of silent runs. */
export const judgeSignals = (steps: readonly Step[], runsFile: string): SignalResult => {
  const runsOf = new Map<number, { startUs: number; endUs: number }[]>()
  for (const line of readFileSync(runsFile, 'utf8').split('\n')) {
    if (line === '') continue
    const { call, startFrame, endFrame, firstSentUs } = JSON.parse(line) as Run
    const runs = runsOf.get(call) ?? []
    runs.push({ startUs: firstSentUs + startFrame * FRAME_US, endUs: firstSentUs + endFrame * FRAME_US })
    runsOf.set(call, runs)
  }
  const results: Record<string, number> = {}
  const answerMs: number[] = []
  const firstSilentMs: number[] = []
  let framesInTheClear = 0
  let uncovered = 0
  for (const { call, startUs, endUs, answers } of steps) {
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
    const clearUs = Math.max(0, run.startUs - startUs) + Math.max(0, endUs - run.endUs)
    framesInTheClear += Math.ceil(clearUs / FRAME_US)
  }
  const ascending = (a: number, b: number): number => a - b
  return {
    signals: steps.length * 2,
    results,
    answerMs: answerMs.sort(ascending),
    firstSilentMs: firstSilentMs.sort(ascending),
    framesInTheClear,
    uncovered,
  }
}

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n)

/** Mulberry32. */
const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let x = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
  return ((x ^ (x >>> 14)) >>> 0) / 4294967296
}

/** The distribution in words and bars, for a terminal. */
export const histogramOf = (title: string, sorted: readonly number[], binMs: number): string => {
  if (sorted.length === 0) return `${title}: none`
  const at = (q: number): string =>
    sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!.toFixed(1)
  const bins = new Map<number, number>()
  for (const ms of sorted) bins.set(Math.floor(ms / binMs), (bins.get(Math.floor(ms / binMs)) ?? 0) + 1)
  const most = Math.max(...bins.values())
  const bars = [...bins].map(
    ([bin, count]) =>
      `${String(bin * binMs).padStart(8)} ms ${String(count).padStart(6)} ${'#'.repeat(Math.ceil((count / most) * 50))}`,
  )
  return [`${title}: least ${at(0)}, p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)} ms`, ...bars].join('\n')
}
