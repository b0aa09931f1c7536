/** What it costs that /metrics is read: windows with and without stand side by side in one run, so that they meet the same machine. */
import { setTimeout } from 'node:timers/promises'
import autocannon from 'autocannon'
import type { Generator } from './generator.js'
import { type Load, measure, type Placement } from './measure.js'
import type { ScenarioResult } from './report.js'
import { scenarios, specialScenarios } from './scenarios.js'
import { cpuSecondsOf, type Subject } from './subjects.js'

/** Pairs of windows: one by itself is off by a tenth of what the process uses, which is more than what is looked for. */
const PAIRS = 40
/** Short, for what drifts are minutes: two neighbours meet the same machine. */
const WINDOW_SECONDS = 4
/** Prometheus asks every 15 s as a rule; 150 of them ask ten times a second. */
const SCRAPES_PER_SECOND = 10
/** One that is answered late does not keep the next from being asked. */
const CONNECTIONS = 4

/** Two windows beside each other: shares of a core. */
export interface WindowPair {
  readonly without: number
  readonly scraped: number
}

export interface ScrapeCost {
  /** Median of what the scraped window of a pair uses more, of a core. */
  readonly share: number
  /** Between these is the median of all windows that there could be, 95 times of 100. */
  readonly between: readonly [number, number]
  /** Of what the process uses without. */
  readonly ofProcess: number
  readonly msEach: number
}

/**
 * The interval is that of the sign test, which asks nothing of how the differences are spread: its ends are the differences in places
 * (n - 1.96 sqrt n) / 2, rounded up, from either end (Conover, Practical Nonparametric Statistics, 3.2).
 * @param perSecond scrapes that were answered
 */
export const scrapeCostOf = (pairs: readonly WindowPair[], perSecond: number): ScrapeCost => {
  const more = sorted(pairs.map(({ without, scraped }) => scraped - without))
  const share = middleOf(more)
  const rank = Math.max(0, Math.ceil((more.length - 1.96 * Math.sqrt(more.length)) / 2) - 1)
  return {
    share,
    between: [more[rank]!, more.at(-1 - rank)!],
    ofProcess: share / middleOf(sorted(pairs.map(({ without }) => without))),
    msEach: (share * 1000) / perSecond,
  }
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

const middleOf = (ascending: readonly number[]): number =>
  (ascending[Math.floor((ascending.length - 1) / 2)]! + ascending[Math.floor(ascending.length / 2)]!) / 2

export const runScrape = async (
  generator: Generator,
  base: Load,
  placement: Placement,
): Promise<ScenarioResult> => {
  const load: Load = {
    ...base,
    calls: base.calls || scenarios.t2.calls,
    seconds: PAIRS * 2 * (WINDOW_SECONDS + GAP_SECONDS),
  }
  process.stderr.write(`scrape, ${load.calls} calls, ${PAIRS} pairs of windows of ${WINDOW_SECONDS} s\n`)
  const pairs: WindowPair[] = []
  let answered = 0
  const run = await measure(generator, 'hushfork', load, placement, {
    async begins(subject) {
      const left = (): Promise<number> => shareOf(subject, () => setTimeout(WINDOW_SECONDS * 1000))
      const scrapes = (): Promise<number> =>
        shareOf(subject, async () => {
          answered += await scrapeSteadily(subject.adminPorts[0]!)
        })
      for (let pair = 0; pair < PAIRS; pair++) {
        // The one that comes first does so every other time: a drift adds to as many as it takes from.
        if (pair % 2 === 0) pairs.push({ without: await left(), scraped: await scrapes() })
        else pairs.push({ scraped: await scrapes(), without: await left() })
      }
    },
  })
  const perSecond = answered / (PAIRS * WINDOW_SECONDS)
  const { share, between, ofProcess, msEach } = scrapeCostOf(pairs, perSecond)
  const notes = [
    `${perSecond.toFixed(1)} scrapes a second: ${percent(share)} of a core (between ${between.map(percent).join(' and ')}), ` +
      `${percent(ofProcess)} of what the process uses, ${msEach.toFixed(2)} ms each; ` +
      `median, and its 95 % interval, of ${PAIRS} pairs of windows of ${WINDOW_SECONDS} s, scraped and not`,
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
const scrapeSteadily = async (adminPort: number): Promise<number> => {
  const url = `http://127.0.0.1:${adminPort}/metrics`
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    overallRate: SCRAPES_PER_SECOND,
    duration: WINDOW_SECONDS,
  })
  if (result.errors + result.non2xx + result.timeouts > 0 || result['2xx'] === 0)
    throw new Error('/metrics did not answer')
  return result['2xx']
}
