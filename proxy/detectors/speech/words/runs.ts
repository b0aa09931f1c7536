/**
 * Runs of numbers: what both parties say in a row, pauses and fillers between. One party reads, the other reads back, and both
 * are one run. An ordinary word ends a run that is not yet worth silencing ("two kids, one dog"); one that is goes on over a few of
 * them. Pure: the same elements give the same runs, however they came.
 */
import type { Element } from './number-reader.js'

export interface RunRules {
  /** Whether a run would be silenced if nothing more came. */
  isWorth(run: Run): boolean
  /** Longest pause within a run, samples; twice that once it is worth silencing. */
  readonly pauseSamples: number
  /** Longest pause between a document's letters and its digits, samples. */
  readonly letterSamples: number
  /** Whether numbers are expected at this sample. */
  isArmedAt(sample: number): boolean
  /** How far every party has been listened to. */
  readonly heardToSample: number
}

export interface Run {
  /** Numbers, letters and corrections, of both parties, in the order of their times. */
  readonly elements: readonly Element[]
  readonly startSample: number
  readonly endSample: number
  /** How many numbers were said. */
  readonly weight: number
  readonly isArmed: boolean
  /** Nothing can join it any more. */
  readonly isClosed: boolean
}

/** Ordinary words that a run goes on over once it is worth silencing: "the next four are", "and then it says". */
const STRANGERS_MAX = 6
/** Letters before the digits of a document's number, and behind them: NINO has two and one. */
const LETTERS_MAX = 3

class DraftRun {
  readonly elements: Element[] = []
  readonly strangers = new Map<number, number>()
  startSample = Infinity
  endSample = -Infinity
  weight = 0
  isArmed = false
  isClosed = false
  /** null: not asked since the last element came. */
  isWorth: boolean | null = null
  #letters = 0

  add(element: Element): void {
    this.elements.push(element)
    this.startSample = Math.min(this.startSample, element.startSample)
    this.endSample = Math.max(this.endSample, element.endSample)
    this.weight += element.weight
    this.strangers.set(element.track, 0)
    this.isWorth = null
    this.#letters = element.kind === 'letter' ? this.#letters + 1 : 0
  }

  get hasRoomForLetter(): boolean {
    return this.#letters < LETTERS_MAX
  }
}

/** The runs among elements, which are sorted by their beginning. */
export const findRuns = (elements: readonly Element[], rules: RunRules): readonly Run[] =>
  new RunFinder(rules).find(elements)

class RunFinder {
  readonly #runs: DraftRun[] = []
  #open: DraftRun | null = null
  /** Letters that were just said, by track: a run that follows takes them in. */
  readonly #letters = new Map<number, Element[]>()

  constructor(private readonly rules: RunRules) {}

  find(elements: readonly Element[]): readonly Run[] {
    for (const element of elements) this.#take(element)
    for (const run of this.#runs)
      run.isClosed ||= this.rules.heardToSample > run.endSample + this.#pauseSamples(run)
    return this.#runs.map(asRun)
  }

  #take(element: Element): void {
    const { kind, startSample } = element
    if (kind === 'letter') this.#takeLetter(element)
    else if (kind === 'number') this.#takeNumber(element)
    else if (kind === 'maybe' && this.rules.isArmedAt(startSample)) this.#takeNumber(element)
    else if (kind === 'maybe' || kind === 'other') this.#takeStranger(element)
    else if (kind === 'correction' && this.#mayJoin(element)) this.#open!.elements.push(element)
  }

  #takeNumber(element: Element): void {
    if (!this.#mayJoin(element)) this.#begin(element)
    this.#open!.add(element)
    this.#open!.isArmed ||= this.rules.isArmedAt(element.startSample)
    this.#letters.delete(element.track)
  }

  #begin(element: Element): void {
    if (this.#open !== null) this.#open.isClosed = true
    this.#open = new DraftRun()
    this.#runs.push(this.#open)
    for (const letter of this.#letters.get(element.track) ?? [])
      if (element.startSample - letter.endSample <= LETTERS_MAX * this.rules.letterSamples)
        this.#open.add(letter)
  }

  #takeLetter(letter: Element): void {
    const open = this.#open
    const isNear =
      open !== null &&
      letter.startSample - open.endSample <= this.rules.letterSamples &&
      (open.strangers.get(letter.track) ?? 0) === 0
    if (isNear && open.hasRoomForLetter && this.#mayJoin(letter)) open.add(letter)
    else
      this.#letters.set(
        letter.track,
        [...(this.#letters.get(letter.track) ?? []), letter].slice(-LETTERS_MAX),
      )
  }

  #takeStranger({ track }: Element): void {
    this.#letters.delete(track)
    const open = this.#open
    if (open === null) return
    if (!this.#isWorth(open) && open.strangers.has(track)) {
      open.isClosed = true
      this.#open = null
    } else open.strangers.set(track, (open.strangers.get(track) ?? 0) + 1)
  }

  #mayJoin(element: Element): boolean {
    const open = this.#open
    if (open === null) return false
    const isNear = element.startSample - open.endSample <= this.#pauseSamples(open)
    return isNear && (open.strangers.get(element.track) ?? 0) <= STRANGERS_MAX
  }

  /** Asked of the same elements once. */
  #isWorth(run: DraftRun): boolean {
    run.isWorth ??= this.rules.isWorth(asRun(run))
    return run.isWorth
  }

  #pauseSamples(run: DraftRun): number {
    return this.rules.pauseSamples * (this.#isWorth(run) ? 2 : 1)
  }
}

/** What takes back, and is followed by nothing, is no part of the number. */
const asRun = (run: DraftRun): Run => {
  let count = run.elements.length
  while (run.elements[count - 1]?.kind === 'correction') count--
  const { startSample, endSample, weight, isArmed, isClosed } = run
  return { elements: run.elements.slice(0, count), startSample, endSample, weight, isArmed, isClosed }
}
