/**
 * The most calls that a subject carries on its cores. What the first level costs says about where the limit is; from there the
 * search goes up or down in growing steps until one level holds and one does not, and halves what is between them.
 */
import { GeneratorGaveUp, reachedText } from './generator.js'
import { faultsOf, isFaultless, type Measurement } from './measure.js'
import { GENERATOR_SHARE_MAX } from './report.js'

/** No frame more than one frame's duration past its hold-back, 99th percentile, ms. */
export const ADDED_P99_MS_MAX = 20

/** The bracket is narrow enough within this share of its lower end. */
const PRECISION = 0.04

/** Most calls tried: as many as the generator can play on one core. */
const CALLS_MAX = 4000

/** Of its cores, what a subject is guessed to use at its limit, and its generator of its own. */
const FULL_SHARE = 0.95

/** The first step away from a guess, as a share of it; each further one is twice as long, up to a half. */
const STEP = 0.08
const STEP_MAX = 0.5

export const isCarried = (measurement: Measurement): boolean =>
  isFaultless(measurement) && measurement.frames.addedMs.p99 <= ADDED_P99_MS_MAX

/** One level, in words. */
const wordsOf = (measurement: Measurement): string => {
  const { frames, generatorShare } = measurement
  return [
    ...faultsOf(measurement).map(({ count, what }) => `${count.toLocaleString('en')} ${what}`),
    `p99 ${frames.addedMs.p99.toFixed(1)} ms past the hold-back`,
    ...(generatorShare > GENERATOR_SHARE_MAX
      ? [`the generator itself used ${(generatorShare * 100).toFixed(0)} % of its core`]
      : []),
  ].join(', ')
}

export interface Level {
  readonly calls: number
  /** Null: not all calls were let in. */
  readonly measurement: Measurement | null
  readonly isHeld: boolean
  /** What was measured, or how far it came. */
  readonly words: string
}

export interface Limit {
  /** The highest level that held; null when none did. */
  readonly held: Measurement | null
  /** Why the lowest level that did not hold did not, in words. */
  readonly reason: string
  /** As they were tried. */
  readonly levels: readonly Level[]
}

/**
 * @param tryCalls measures at a number of calls; rejects with `GeneratorGaveUp` when they do not all come alive
 * @param cores that the subject may fill
 * @param isOver nothing further is tried, and the level that it cut short counts for nothing
 */
export const findLimit = async (
  tryCalls: (calls: number) => Promise<Measurement>,
  startCalls: number,
  cores = 1,
  isOver: () => boolean = () => false,
): Promise<Limit> => {
  const levels: Level[] = []
  let low: Level | null = null
  let high: Level | null = null
  let step = STEP
  let calls = startCalls
  while (!isOver()) {
    const level = await levelAt(calls, tryCalls)
    if (isOver()) break
    levels.push(level)
    if (level.isHeld) low = level
    else high = level
    if (low !== null && high !== null && high.calls - low.calls <= low.calls * PRECISION + 1) break
    if (levels.length === 1 && low?.measurement) calls = guessFrom(low.measurement, cores)
    else {
      calls = next(low?.calls ?? 0, high?.calls ?? Infinity, step)
      step = Math.min(STEP_MAX, step * 2)
    }
    if (calls < 1 || low?.calls === CALLS_MAX) break
  }
  const reason = high === null ? 'no more were tried' : `${high.calls} did not: ${high.words}`
  return { held: low?.measurement ?? null, reason, levels }
}

/** A level at which not even the calls come alive is one that does not hold, and not the end of the search. */
const levelAt = async (calls: number, tryCalls: (calls: number) => Promise<Measurement>): Promise<Level> => {
  try {
    const measurement = await tryCalls(calls)
    return { calls, measurement, isHeld: isCarried(measurement), words: wordsOf(measurement) }
  } catch (error) {
    if (!(error instanceof GeneratorGaveUp)) throw error
    return { calls, measurement: null, isHeld: false, words: reachedText(error.reached) }
  }
}

/** Where the subject is full, or its generator. Always some way up. */
const guessFrom = ({ calls, coreShare, generatorShare }: Measurement, cores: number): number => {
  const share = Math.max(coreShare / cores, generatorShare, 0.01)
  return clamped(Math.max((calls * FULL_SHARE) / share, calls * (1 + STEP)))
}

const next = (low: number, high: number, step: number): number => {
  if (high === Infinity) return clamped(low * (1 + step))
  return Math.floor(Math.max(high * (1 - step), (low + high) / 2))
}

const clamped = (calls: number): number => Math.min(CALLS_MAX, Math.round(calls))
