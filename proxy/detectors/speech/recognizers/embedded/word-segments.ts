/**
 * Probabilities, one distribution every 20 ms, to words: a word is a stretch of steps of one class. Number words may hide
 * behind "something else" as long as all of them together are likelier than not, which is how a digit that the net cannot
 * name is heard; two that touch are two words only if both are long enough to be any.
 */
import type { SpotterModel } from './model.js'

/** Summed probability of all number words from which a step is one. */
const NUMBER_PROBABILITY = 0.5
/** Shorter stretches are no words, steps: 60 ms. */
const WORD_STEPS_MIN = 3
/** A stretch of a number word shorter than this belongs to the one that it touches, steps. */
const FRAGMENT_STEPS_MAX = 3
/** Two stretches at most this far apart touch, steps. */
const TOUCHING_STEPS = 1
/**
 * A word is told after this many steps at the latest, 0.4 s, so that it holds the watermark no longer; what sounds on (a drawn-out digit,
 * a hum, music) is no further word.
 */
const WORD_STEPS_MAX = 20

/** A stretch of steps, half-open. */
interface Segment {
  word: number
  startStep: number
  endStep: number
}

/** Is told of a word: its class, and its steps. */
export type SegmentSink = (word: number, startStep: number, endStep: number) => void

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
  ) {}

  /** No word yet to be told starts before this step, given that all steps before `step` have been heard. */
  watermarkStep(step: number): number {
    return this.#closed?.startStep ?? this.#open?.startStep ?? step
  }

  /** The probabilities of a step, borrowed; steps come in order. Hot. */
  hear(probabilities: Float32Array, step: number): void {
    const best = highest(probabilities, 0, probabilities.length)
    const isNumber = this.#isNumber(probabilities)
    if (this.#open !== null && this.#goesOn(this.#open, best, isNumber)) this.#extend(this.#open, step)
    else
      this.#begin(best === 0 && isNumber ? highest(probabilities, 1, this.model.numberClasses) : best, step)
    this.#settle(step)
  }

  /** Nothing is being said any more. */
  finish(): void {
    this.#close()
    this.#tell()
    this.#spent = 0
  }

  #isNumber(probabilities: Float32Array): boolean {
    let sum = 0
    for (let c = 1; c < this.model.numberClasses; c++) sum += probabilities[c]!
    return sum >= NUMBER_PROBABILITY
  }

  #goesOn({ word }: Segment, best: number, isNumber: boolean): boolean {
    return best === word || (best === 0 && isNumber && word < this.model.numberClasses)
  }

  #extend(segment: Segment, step: number): void {
    segment.endStep = step + 1
    if (segment.endStep - segment.startStep < WORD_STEPS_MAX) return
    this.#spent = segment.word
    this.#close()
  }

  #begin(word: number, step: number): void {
    this.#close()
    if (word === this.#spent) return
    this.#spent = 0
    if (word !== 0) this.#open = { word, startStep: step, endStep: step + 1 }
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
      this.told(closed.word, closed.startStep, closed.endStep)
  }
}

const lengthOf = ({ startStep, endStep }: Segment): number => endStep - startStep

/** Index of the highest value of [from, to). */
const highest = (values: Float32Array, from: number, to: number): number => {
  let best = from
  for (let i = from + 1; i < to; i++) if (values[i]! > values[best]!) best = i
  return best
}
