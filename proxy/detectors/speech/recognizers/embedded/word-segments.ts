/**
 * Probabilities, one distribution every 20 ms, to words: a word is a stretch of steps of one class. Number words may hide
 * behind "something else" as long as all of them together are likely enough, which is how a digit that the net cannot
 * name is heard; two that touch are two words only if both are long enough to be any. How sure a number is, is told with it:
 * what the net makes of noise it is seldom sure of.
 */
import type { SpotterModel } from './model.js'
import { type SpotterThresholds, SURE_STEPS, thresholds as thresholdsInForce } from './thresholds.js'

/** Shorter stretches are no words, steps: 60 ms. */
const WORD_STEPS_MIN = 3
/** A stretch of a number word shorter than this belongs to the one that it touches, steps. */
const FRAGMENT_STEPS_MAX = 3
/** Two stretches at most this far apart touch, steps. */
const TOUCHING_STEPS = 1
/**
 * A word is told after this many steps at the latest, 160 ms, so that it holds the watermark no longer; what sounds on (the rest of a
 * digit, a hum, music) is no further word.
 */
const WORD_STEPS_MAX = 8

/** A stretch of steps, half-open. */
interface Segment {
  word: number
  startStep: number
  endStep: number
  /** Of all number words together: the likeliest SURE_STEPS in a row so far, summed, and the last ones. */
  likeliest: number
  readonly last: number[]
}

/** Is told of a word: its class, its steps, and how sure it is that a number was said, in percent. */
export type SegmentSink = (word: number, startStep: number, endStep: number, certainty: number) => void

export class WordSegments {
  /** What is being said. */
  #open: Segment | null = null
  /** What was said last, while it may still turn out to be a part of what follows. */
  #closed: Segment | null = null
  /** A class that has been told and goes on: it must end before it counts again. */
  #spent = 0

  constructor(
    private readonly model: SpotterModel,
    private readonly told: SegmentSink,
    private readonly thresholds: SpotterThresholds = thresholdsInForce,
  ) {}

  /** No word yet to be told starts before this step, given that all steps before `step` have been heard. */
  watermarkStep(step: number): number {
    return this.#closed?.startStep ?? this.#open?.startStep ?? step
  }

  /** The probabilities of a step, borrowed; steps come in order. Hot. */
  hear(probabilities: Float32Array, step: number): void {
    const best = highest(probabilities, 0, probabilities.length)
    const probability = this.#numberProbability(probabilities)
    const isNumber = probability >= this.thresholds.number
    if (this.#open === null || !this.#goesOn(this.#open, best, isNumber))
      this.#begin(best === 0 && isNumber ? highest(probabilities, 1, this.model.numberClasses) : best, step)
    if (this.#open !== null) this.#extend(this.#open, probability, step)
    this.#settle(step)
  }

  /** Nothing is being said any more. */
  finish(): void {
    this.#close()
    this.#tell()
    this.#spent = 0
  }

  #numberProbability(probabilities: Float32Array): number {
    let sum = 0
    for (let c = 1; c < this.model.numberClasses; c++) sum += probabilities[c]!
    return sum
  }

  #goesOn({ word }: Segment, best: number, isNumber: boolean): boolean {
    return best === word || (best === 0 && isNumber && word < this.model.numberClasses)
  }

  #extend(segment: Segment, probability: number, step: number): void {
    segment.endStep = step + 1
    segment.last.push(probability)
    if (segment.last.length > SURE_STEPS) segment.last.shift()
    let sum = 0
    for (const one of segment.last) sum += one
    segment.likeliest = Math.max(segment.likeliest, sum)
    if (segment.endStep - segment.startStep < WORD_STEPS_MAX) return
    this.#spent = segment.word
    this.#close()
  }

  #begin(word: number, step: number): void {
    this.#close()
    if (word === this.#spent) return
    this.#spent = 0
    if (word !== 0) this.#open = { word, startStep: step, endStep: step, likeliest: 0, last: [] }
  }

  #close(): void {
    const open = this.#open
    if (open === null) return
    this.#open = null
    const closed = this.#closed
    if (closed === null || !this.#areOne(closed, open)) {
      this.#tell()
      this.#closed = open
      return
    }
    if (lengthOf(open) > lengthOf(closed)) closed.word = open.word
    closed.endStep = open.endStep
    closed.likeliest = Math.max(closed.likeliest, open.likeliest)
  }

  #areOne(a: Segment, b: Segment): boolean {
    const { numberClasses } = this.model
    return (
      a.word < numberClasses &&
      b.word < numberClasses &&
      b.startStep - a.endStep <= TOUCHING_STEPS &&
      Math.min(lengthOf(a), lengthOf(b)) <= FRAGMENT_STEPS_MAX
    )
  }

  /** Tells what can be a part of nothing any more. */
  #settle(step: number): void {
    const closed = this.#closed
    if (closed === null) return
    const open = this.#open
    const isApart = open === null && step + 1 - closed.endStep > TOUCHING_STEPS
    const isOther = open !== null && lengthOf(open) > FRAGMENT_STEPS_MAX && !this.#areOne(closed, open)
    if (isApart || isOther || closed.word >= this.model.numberClasses) this.#tell()
  }

  #tell(): void {
    const closed = this.#closed
    this.#closed = null
    if (closed !== null && lengthOf(closed) >= WORD_STEPS_MIN)
      this.told(closed.word, closed.startStep, closed.endStep, this.#certaintyOf(closed))
  }

  /** Percent: a whole number, so that it is the same wherever it is handed on. */
  #certaintyOf({ likeliest }: Segment): number {
    const { sureFrom, sure } = this.thresholds
    const share = (likeliest / SURE_STEPS - sureFrom) / (sure - sureFrom)
    return Math.round(100 * Math.max(0, Math.min(1, share)))
  }
}

const lengthOf = ({ startStep, endStep }: Segment): number => endStep - startStep

/** Index of the highest value of [from, to). */
const highest = (values: Float32Array, from: number, to: number): number => {
  let best = from
  for (let i = from + 1; i < to; i++) if (values[i]! > values[best]!) best = i
  return best
}
