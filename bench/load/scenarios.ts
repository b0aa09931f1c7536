/** The loads by name, each with where its figure comes from. */
export interface Scenario {
  readonly calls: number
  readonly about: string
  /** Beyond the usual, for the generator. */
  readonly extra?: readonly string[]
  readonly seconds?: number
}

/**
 * A public contact centre's published year: 367,539 calls; in its busiest hour 327 calls of 290 s, 26.3 Erlang; never more
 * than 54 at once.
 */
export const seedYear = { calls: 367_539, busyHourCalls: 327, handlingSeconds: 290, peakCalls: 54 } as const

/** The busiest hour's share of a year's calls, where only the year is known. */
export const BUSY_HOUR_SHARE = seedYear.busyHourCalls / seedYear.calls

/** Timed at one number of calls, beside the peers. */
export const scenarios = {
  seed: {
    calls: seedYear.peakCalls,
    about: 'the peak of a centre with 367,539 calls a year (26.3 Erlang in the busy hour)',
  },
  t0: { calls: 60, about: 'one team' },
  t1: { calls: 250, about: 'a large centre' },
  t2: { calls: 500, about: 'a very large centre' },
  t3: { calls: 1000, about: 'an operator' },
  storm: {
    calls: 250,
    about: 'every PBX of T1 vanishes and comes back within a second',
    extra: ['--storm-at', '5'],
    seconds: 15,
  },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios

/** Searched, counted or looked into rather than timed at one level; hushfork alone, but for `limit`. */
export const specialScenarios = {
  limit: 'the most calls on a core with nothing lost and no more than 20 ms added, p99',
  year: "the whole seed year's calls, time-compressed, every one checked",
  soak: '250 calls (T1) for half an hour, or --minutes',
  restart: 'calls come and go while every process is replaced (SIGHUP): nothing may be lost',
  memory: 'what 500 calls (T2) need beyond their hold-back, before and after garbage is collected',
  scrape: 'what it costs T2 that /metrics is read ten times a second, as a share of a core',
  api: 'autocannon on the signal API and on /metrics while T1 runs',
  signals: '5,000 payment signals into 500 calls: from a signal to the first silent sample of the recording',
} as const

export type SpecialScenario = keyof typeof specialScenarios
