import {
  ENERGY,
  ENERGY_MIN,
  FIRST_COLUMN,
  HALF,
  IMAGINARY,
  LAST_ENERGY,
  LAST_SUMS,
  LEAD_MIN,
  ROW_BYTES,
  SHARE_MIN,
  SUMS,
  TABLE,
  TONE_COUNT,
  TURN_IM,
  TURN_RE,
  TWIST_MAX,
} from './layout.js'

/**
 * Adds `count` samples of PCM at address `pcm` to the half of which `filled` are known, no more than it has room for, and overwrites them.
 * When the half is full: the pair that the window shows which it ends, row x 4 + column, and the next half begins. -1: none. Hot.
 */
export type HearHalf = (pcm: number, count: number, filled: number) => number

const NONE = -1
const SUM_COUNT = 2 * TONE_COUNT

/** The memory of a rate, as numbers of every kind that lies in it. */
interface Views {
  readonly samples: Int16Array
  readonly words: Int32Array
  readonly doubles: Float64Array
}

/** The oracle of wasm/hear-half.ts, which is ten times as fast; it stands in on processors without 128-bit vectors. */
export const createHearHalf = (memory: ArrayBuffer): HearHalf => {
  const views = {
    samples: new Int16Array(memory),
    words: new Int32Array(memory),
    doubles: new Float64Array(memory),
  }
  return (pcm, count, filled) => {
    for (let i = 0; i < count; i++) add(views, pcm / 2 + i, filled + i)
    return filled + count === views.words[HALF / 4] ? turn(views) : NONE
  }
}

/** One sample, the nth of its half. */
const add = ({ samples, words, doubles }: Views, at: number, n: number): void => {
  const sample = samples[at]!
  samples[at] = 0
  const weights = (TABLE + (n >> 1) * ROW_BYTES) / 2 + (n & 1)
  for (let k = 0; k < SUM_COUNT; k++) words[SUMS / 4 + k]! += sample * samples[weights + 2 * k]!
  doubles[ENERGY / 8]! += sample * sample
}

/** The half is full: looks at the window that it ends, and begins the next. */
const turn = (views: Views): number => {
  const { words, doubles } = views
  const pair = pairInWindow(views)
  words.copyWithin(LAST_SUMS / 4, SUMS / 4, SUMS / 4 + SUM_COUNT).fill(0, SUMS / 4, SUMS / 4 + SUM_COUNT)
  doubles[LAST_ENERGY / 8] = doubles[ENERGY / 8]!
  doubles[ENERGY / 8] = 0
  return pair
}

const pairInWindow = (views: Views): number => {
  const { doubles } = views
  const energy = doubles[ENERGY / 8]! + doubles[LAST_ENERGY / 8]!
  if (energy < doubles[ENERGY_MIN / 8]!) return NONE
  const rows = powers(views, 0)
  const columns = powers(views, FIRST_COLUMN)
  const row = Math.max(...rows)
  const column = Math.max(...columns)
  const twistMax = doubles[TWIST_MAX / 8]!
  const isTwisted = row > twistMax * column || column > twistMax * row
  if (isTwisted || row + column < doubles[SHARE_MIN / 8]! * energy) return NONE
  const leadMin = doubles[LEAD_MIN / 8]!
  const isAlone = (all: readonly number[], strongest: number): boolean =>
    all.filter((power) => power * leadMin > strongest).length === 1
  return isAlone(rows, row) && isAlone(columns, column)
    ? rows.indexOf(row) * FIRST_COLUMN + columns.indexOf(column)
    : NONE
}

/** The powers of four frequencies in the window: the newer half's sums are turned to where the older one's begin. */
const powers = ({ words, doubles }: Views, first: number): number[] =>
  [first, first + 1, first + 2, first + 3].map((tone) => {
    const turnRe = doubles[TURN_RE / 8 + tone]!
    const turnIm = doubles[TURN_IM / 8 + tone]!
    const re = words[SUMS / 4 + tone]!
    const im = words[(SUMS + IMAGINARY) / 4 + tone]!
    const wholeRe = words[LAST_SUMS / 4 + tone]! + (turnRe * re - turnIm * im)
    const wholeIm = words[(LAST_SUMS + IMAGINARY) / 4 + tone]! + (turnRe * im + turnIm * re)
    return wholeRe * wholeRe + wholeIm * wholeIm
  })
