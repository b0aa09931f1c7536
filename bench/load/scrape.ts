/** What it costs that /metrics is read: windows with and without take turns in one run, so that they meet the same machine. */
import { setTimeout } from 'node:timers/promises'
import autocannon from 'autocannon'
import type { Generator } from './generator.js'
import { type Load, measure, type Placement } from './measure.js'
import type { ScenarioResult } from './report.js'
import { scenarios, specialScenarios } from './scenarios.js'
import { cpuSecondsOf, type Subject } from './subjects.js'

/** Windows of each kind: one by itself is off by a tenth of what the process uses, which is more than what is looked for. */
const ROUNDS = 16
/** Prometheus asks every 15 s as a rule; 150 of them ask ten times a second. */
const SCRAPES_PER_SECOND = 10
/** One that is answered late does not keep the next from being asked. */
const CONNECTIONS = 4

/** One window: of a core. */
export interface Shares {
  readonly without: readonly number[]
  readonly with: readonly number[]
}

export interface ScrapeCost {
  /** Of a core. */
  readonly share: number
  /** Of what the process uses without. */
  readonly ofProcess: number
  readonly msEach: number
}

/** @param perSecond scrapes that were answered */
export const scrapeCostOf = ({ without, with: scraped }: Shares, perSecond: number): ScrapeCost => {
  const share = medianOf(scraped) - medianOf(without)
  return { share, ofProcess: share / medianOf(without), msEach: (share * 1000) / perSecond }
}

const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2
}

export const runScrape = async (
  generator: Generator,
  base: Load,
  placement: Placement,
): Promise<ScenarioResult> => {
  const { seconds } = base
  const load: Load = {
    ...base,
    calls: base.calls || scenarios.t2.calls,
    seconds: ROUNDS * 2 * (seconds + GAP_SECONDS),
  }
  process.stderr.write(`scrape, ${load.calls} calls, ${2 * ROUNDS} windows of ${seconds} s\n`)
  const shares = { without: [] as number[], with: [] as number[] }
  let answered = 0
  const run = await measure(generator, 'hushfork', load, placement, {
    async begins(subject) {
      for (let round = 0; round < ROUNDS; round++) {
        shares.without.push(await shareOf(subject, () => setTimeout(seconds * 1000)))
        shares.with.push(
          await shareOf(subject, async () => {
            answered += await scrapeSteadily(subject.adminPorts[0]!, seconds)
          }),
        )
      }
    },
  })
  const perSecond = answered / (ROUNDS * seconds)
  const { share, ofProcess, msEach } = scrapeCostOf(shares, perSecond)
  const list = (of: readonly number[]): string => of.map((each) => (each * 100).toFixed(1)).join(', ')
  const notes = [
    `${perSecond.toFixed(1)} scrapes a second: ${percent(share)} of a core, ${percent(ofProcess)} of what the process uses, ` +
      `${msEach.toFixed(2)} ms each, medians of ${ROUNDS} windows of ${seconds} s; ` +
      `% of a core without: ${list(shares.without)}; with: ${list(shares.with)}`,
  ]
  return { scenario: 'scrape', about: specialScenarios.scrape, medians: [run], runs: [run], notes }
}

/** Between two windows, for what autocannon takes to begin and to end. */
const GAP_SECONDS = 0.5

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`

/** Of a core, while the task goes on. */
const shareOf = async ({ pids }: Subject, task: () => Promise<void>): Promise<number> => {
  const [cpuSeconds, beganMs] = [cpuSecondsOf(pids), performance.now()]
  await task()
  return ((cpuSecondsOf(pids) - cpuSeconds) * 1000) / (performance.now() - beganMs)
}

/** @returns how often it was answered @throws Error when it was not */
const scrapeSteadily = async (adminPort: number, seconds: number): Promise<number> => {
  const url = `http://127.0.0.1:${adminPort}/metrics`
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    overallRate: SCRAPES_PER_SECOND,
    duration: seconds,
  })
  if (result.errors + result.non2xx + result.timeouts > 0 || result['2xx'] === 0)
    throw new Error('/metrics did not answer')
  return result['2xx']
}
