/** The most calls that a subject carries on its core, by bisection. */
import { GeneratorGaveUp } from './generator.js'
import { type Fault, faultsOf, isFaultless, type Measurement } from './measure.js'

/** No frame more than one frame's duration past its hold-back, 99th percentile, ms. */
export const ADDED_P99_MS_MAX = 20

/** The bracket is narrow enough within this share of its lower end. */
const PRECISION = 0.04

/** Most calls tried: as many as the generator can play on one core. */
const CALLS_MAX = 4000

export const isCarried = (measurement: Measurement): boolean =>
  isFaultless(measurement) && measurement.frames.addedMs.p99 <= ADDED_P99_MS_MAX

const reasonOf = (calls: number, measurement: Measurement | null): string => {
  if (measurement === null) return `${calls} did not: not all of them were let in within a minute`
  const { frames } = measurement
  const faults = faultsOf(measurement).map(({ count, what }: Fault) => `${count} ${what}`)
  const late = `p99 ${frames.addedMs.p99.toFixed(1)} ms past the hold-back`
  return `${calls} did not: ${[...faults, late].join(', ')}`
}

/** A level at which not even the calls come alive is one that does not hold, and not the end of the search. */
const nullIfGivenUp = (error: unknown): null => {
  if (error instanceof GeneratorGaveUp) return null
  throw error
}

export interface Limit {
  /** The highest level that held; null when not even the first did. */
  readonly held: Measurement | null
  /** Why the lowest level that did not hold did not, in words. */
  readonly reason: string
}

/** @param tryCalls measures at a number of calls; rejects with `GeneratorGaveUp` when they do not all come alive */
export const findLimit = async (
  tryCalls: (calls: number) => Promise<Measurement>,
  startCalls: number,
): Promise<Limit> => {
  let held: Measurement | null = null
  let reason = `${CALLS_MAX} are as many as are tried`
  let low = 0
  let high = Infinity
  let calls = startCalls
  while (calls <= CALLS_MAX && (high === Infinity || high - low > low * PRECISION + 1)) {
    const measurement = await tryCalls(calls).catch(nullIfGivenUp)
    if (measurement !== null && isCarried(measurement)) {
      held = measurement
      low = calls
    } else {
      high = calls
      reason = reasonOf(calls, measurement)
    }
    calls = high === Infinity ? Math.min(low * 2, low + 500) : Math.round((low + high) / 2)
  }
  return { held, reason }
}
