/**
 * Understands what one recogniser hears in one call: words in, sensitive stretches out. Words come one by one, of every party,
 * before they are final and after, late and twice; what is understood depends on the words and not on how they came, and what
 * has been told is never taken back.
 *
 *     hear(word) ──▶ word-line ──▶ number-reader ──▶ runs ──▶ verdict ──┐
 *                        │                            ▲                 ├──▶ Coverage ──▶ drain()
 *                        └──▶ phrases ──▶ payment-windows, utterances ──┘
 *
 * What may still become part of something is held back: `undecidedFrom` stays before it, but for no longer than the wait.
 * Memory is bounded: 45 s of words, and the stretches that they made. Words and digits end here.
 */
import type { HeardWord } from '../recognizer.js'
import { type CompiledLanguage, compiledLanguage } from './compiled-language.js'
import { type Context, findContexts } from './contexts.js'
import { type Element, readNumbers } from './number-reader.js'
import { actionOf, type WordsOptions } from './options.js'
import { PaymentWindows } from './payment-windows.js'
import { findPhrases, PHRASE_WORDS_MAX } from './phrases.js'
import { type Piece, splitPieces } from './pieces.js'
import { findRuns, type Run } from './runs.js'
import { type Sign, signsOf } from './signs.js'
import { Coverage, type Stretch, type StretchLabel } from './stretch.js'
import { currentUtteranceStart, type Hint, type UtteranceLimits, utteranceAround } from './utterances.js'
import { type Verdict, type VerdictRules, verdictOf } from './verdict.js'
import { WordLine } from './word-line.js'

/** How runs of numbers are silenced; everything in ms or counts. */
export interface RunLimits {
  /** Numbers in a row that are silenced; while the call is armed; when the first of them can wait no longer. */
  readonly countMin: number
  readonly countMinArmed: number
  readonly countMinAtWaitEnd: number
  /** Longest pause within a run; twice that once it is silenced. */
  readonly gapMs: number
  /** Silenced before the first number and behind the last. */
  readonly padBeforeMs: number
  readonly padAfterMs: number
  /** How long what is undecided may be held back. */
  readonly waitMs: number
}

/** How long words are kept, and how long ago a run may have ended to be judged anew: its beginning and its context are there still. */
const KEEP_MS = 45_000
const JUDGE_MS = 20_000
/** A document's letters and its digits are no farther apart than this. */
const LETTER_MS = 1500
/** Hints remembered: one a second for as long as words are kept. Beyond it the oldest go, whose utterances are over. */
const HINTS_MAX = 64

/** Whether what is said has to wait for the word that gives it away. */
export const silencesCategories = ({ categories }: WordsOptions): boolean =>
  Object.values(categories).includes('silence')

interface Reading {
  readonly language: CompiledLanguage
  /** Of every party, by their beginning. */
  elements: readonly Element[]
  contexts: readonly Context[]
}

export class WordListener {
  readonly #lines: readonly WordLine[]
  readonly #readings: readonly Reading[]
  readonly #windows: PaymentWindows
  readonly #coverage = new Coverage()
  readonly #utterance: UtteranceLimits
  readonly #heardTo: number[]
  readonly #undecidedFrom: number[]
  #pieces: readonly (readonly Piece[])[]
  #hints: Hint[] = []
  /** Begin of the first word by track that phrases have not been looked for in. */
  readonly #newFrom: number[]
  #leadSample = 0
  #armedFromSample = Infinity
  #armedToSample = -Infinity
  /** A run may still go on, or has not been decided on: time alone can change what is made of it. */
  #isUnsettled = false

  /** @param isExpectedAt whether a single number is somebody's card at a position, for reasons that words do not tell */
  constructor(
    readonly trackCount: number,
    private readonly clockRateHz: number,
    private readonly limits: RunLimits,
    private readonly options: WordsOptions,
    private readonly isExpectedAt: (sample: number) => boolean = () => false,
  ) {
    const tracks = Array.from({ length: trackCount }, (_, track) => track)
    const { payment, utterancePauseMs, utteranceBeforeMs, utteranceAfterMs } = options
    this.#lines = tracks.map((track) => new WordLine(track))
    this.#pieces = tracks.map(() => [])
    this.#readings = options.languages.map((name) => ({
      language: compiledLanguage(name),
      elements: [],
      contexts: [],
    }))
    this.#windows = new PaymentWindows({
      idleSamples: this.#samples(payment.idleSeconds * 1000),
      windowSamples: this.#samples(payment.windowSeconds * 1000),
    })
    this.#utterance = {
      pauseSamples: this.#samples(utterancePauseMs),
      beforeSamples: this.#samples(utteranceBeforeMs),
      afterSamples: this.#samples(utteranceAfterMs),
    }
    this.#heardTo = tracks.map(() => 0)
    this.#undecidedFrom = tracks.map(() => 0)
    this.#newFrom = tracks.map(() => Infinity)
  }

  /** A word of any party. One with a track or a time that there is not says nothing. */
  hear(word: HeardWord): void {
    const line = this.#lines[word.track]
    if (line === undefined || !Number.isFinite(word.startSample) || !Number.isFinite(word.endSample)) return
    if (!line.add(word)) return
    this.#newFrom[word.track] = Math.min(this.#newFrom[word.track]!, word.startSample)
    this.#leadSample = Math.max(this.#leadSample, word.startSample)
  }

  /** The recogniser's watermark: it has told every word of the track that starts before this sample. */
  heardTo(track: number, sample: number): void {
    if (track in this.#heardTo) this.#heardTo[track] = Math.max(this.#heardTo[track]!, sample)
  }

  /** Payment mode: from now on, until further notice, numbers are somebody's card. */
  set isArmed(isArmed: boolean) {
    const isNow = this.#armedFromSample !== Infinity && this.#armedToSample === Infinity
    if (isArmed === isNow) return
    if (isArmed) {
      this.#armedFromSample = Math.min(...this.#heardTo)
      this.#armedToSample = Infinity
    } else this.#armedToSample = Math.max(this.#leadSample, ...this.#heardTo.filter(Number.isFinite))
  }

  /** Appends what has become clear. Called after the words have been told, and before `undecidedFrom` is read. */
  drain(out: Stretch[]): void {
    this.#forget()
    const isNew = this.#readNew()
    const held = this.#heardTo.map((sample) => sample - this.#samples(this.limits.padBeforeMs))
    if (isNew || this.#isUnsettled) {
      this.#isUnsettled = false
      for (const reading of this.#readings) this.#judge(reading, held, out)
    }
    this.#tellWindows(out)
    this.#tellCategories(held, out)
    held.forEach((sample, track) => {
      const oldestSample = this.#heardTo[track]! - this.#samples(this.#longestWaitMs)
      this.#undecidedFrom[track] = Math.max(this.#undecidedFrom[track]!, Math.max(sample, oldestSample), 0)
    })
  }

  /**
   * No later stretch on this track starts before this sample, unless what it was held back for has lasted longer than the
   * wait: then the stretch still tells all of it. Never decreases.
   */
  undecidedFrom(track: number): number {
    return this.#undecidedFrom[track] ?? Infinity
  }

  get #longestWaitMs(): number {
    const { padBeforeMs, waitMs } = this.limits
    return Math.max(
      waitMs,
      padBeforeMs,
      silencesCategories(this.options) ? this.options.utteranceBeforeMs : 0,
    )
  }

  #forget(): void {
    const beforeSample = this.#leadSample - this.#samples(KEEP_MS)
    for (const line of this.#lines) line.prune(beforeSample)
    this.#coverage.prune(beforeSample)
    this.#windows.prune(beforeSample)
    this.#hints = this.#hints.filter(({ endSample }) => endSample >= beforeSample)
  }

  /** Reads again what new words have changed. False when there are none. */
  #readNew(): boolean {
    if (this.#newFrom.every((sample) => sample === Infinity)) return false
    this.#pieces = this.#lines.map((line, track) =>
      this.#newFrom[track] === Infinity ? this.#pieces[track]! : line.pieces,
    )
    for (const reading of this.#readings) this.#read(reading)
    this.#newFrom.forEach((sample, track) => {
      if (sample !== Infinity) this.#findSigns(this.#pieces[track]!, sample)
      this.#newFrom[track] = Infinity
    })
    for (const { elements } of this.#readings)
      for (const { kind, endSample } of elements)
        if (kind === 'number' || kind === 'maybe') this.#windows.number(endSample)
    return true
  }

  #read(reading: Reading): void {
    const { reading: rules, signs } = reading.language
    const split = this.#pieces.map((pieces) => splitPieces(pieces, rules.lexicon.split))
    reading.contexts = split.flatMap((pieces) => findContexts(pieces, signs))
    reading.elements = split
      .flatMap((pieces) => readNumbers(pieces, rules, this.clockRateHz))
      .sort((a, b) => a.startSample - b.startSample || a.track - b.track || a.fromPiece - b.fromPiece)
  }

  /** Looks for phrases where there are new words, and as far around them as a phrase is long. */
  #findSigns(pieces: readonly Piece[], newFromSample: number): void {
    const first = pieces.findIndex(({ endSample }) => endSample > newFromSample)
    const near = pieces.slice(Math.max(0, first - PHRASE_WORDS_MAX))
    for (const { value, fromPiece, toPiece } of findPhrases(near, signsOf(this.options), this.clockRateHz))
      this.#found(value, near.slice(fromPiece, toPiece))
  }

  #found(sign: Sign, pieces: readonly Piece[]): void {
    const { track, startSample } = pieces[0]!
    const { endSample } = pieces.at(-1)!
    if (sign === 'payment-open') this.#windows.open(endSample)
    else if (sign === 'payment-close') {
      // What may still be taken back opens, and does not close.
      if (pieces.every(({ isFinal }) => isFinal)) this.#windows.close(startSample, endSample)
    } else if (!this.#hints.some((hint) => hint.category === sign && hint.startSample === startSample)) {
      this.#hints.push({ category: sign, track, startSample, endSample })
      if (this.#hints.length > HINTS_MAX) this.#hints.shift()
    }
  }

  #judge({ language, elements, contexts }: Reading, held: number[], out: Stretch[]): void {
    if (elements.length === 0) return
    const heardToSample = Math.min(...this.#heardTo)
    const rules: VerdictRules = {
      ...this.limits,
      harmless: new Set(this.options.tellApart),
      waitSamples: this.#samples(this.limits.waitMs),
      clockRateHz: this.clockRateHz,
      heardToSample,
      idioms: language.idioms,
    }
    const verdict = (run: Run): Verdict => verdictOf(run, contexts, elements, rules)
    const runs = findRuns(elements, {
      isWorth: (run) => verdict({ ...run, isClosed: true }).kind === 'silent',
      pauseSamples: this.#samples(this.limits.gapMs),
      letterSamples: this.#samples(LETTER_MS),
      isArmedAt: (sample) => this.#isArmedAt(sample),
      heardToSample,
    })
    const judgedFromSample = this.#leadSample - this.#samples(JUDGE_MS)
    for (const run of runs) if (run.endSample >= judgedFromSample) this.#tellRun(run, verdict(run), held, out)
  }

  /** A run that is silenced is held on to while it may go on: what lies between two numbers is part of it. */
  #tellRun(run: Run, verdict: Verdict, held: number[], out: Stretch[]): void {
    this.#isUnsettled ||= verdict.kind === 'pending' || !run.isClosed
    const padBefore = this.#samples(this.limits.padBeforeMs)
    const padAfter = this.#samples(this.limits.padAfterMs)
    for (const track of new Set(run.elements.map((element) => element.track))) {
      const own = run.elements.filter((element) => element.track === track)
      const startSample = Math.max(0, own[0]!.startSample - padBefore)
      const endSample = Math.max(...own.map((element) => element.endSample)) + padAfter
      if (verdict.kind === 'silent') this.#tell(track, startSample, endSample, verdict.label, out)
      if (verdict.kind === 'pending') held[track] = Math.min(held[track]!, startSample)
      if (verdict.kind === 'silent' && !run.isClosed) held[track] = Math.min(held[track]!, endSample)
    }
  }

  #tellWindows(out: Stretch[]): void {
    if (this.options.payment.window !== 'all') return
    this.#windows.forEach((startSample, endSample) => {
      this.#heardTo.forEach((heardToSample, track) => {
        const toSample = Math.min(endSample, heardToSample)
        if (toSample > startSample) this.#tell(track, startSample, toSample, 'payment-window', out)
      })
    })
  }

  #tellCategories(held: number[], out: Stretch[]): void {
    for (const hint of this.#hints) {
      const { track, category } = hint
      const { startSample, endSample, isOver } = utteranceAround(
        hint,
        this.#pieces[track]!,
        this.#heardTo[track]!,
        this.#utterance,
      )
      // What is only noted is told once, as a whole.
      if (isOver || actionOf(this.options, category) === 'silence')
        this.#tell(track, startSample, endSample, category, out)
    }
    if (!silencesCategories(this.options)) return
    const { pauseSamples, beforeSamples } = this.#utterance
    this.#heardTo.forEach((heardToSample, track) => {
      const startSample = currentUtteranceStart(this.#pieces[track]!, heardToSample, pauseSamples)
      held[track] = Math.min(held[track]!, Math.max(startSample, heardToSample - beforeSamples))
    })
  }

  #tell(track: number, startSample: number, endSample: number, label: StretchLabel, out: Stretch[]): void {
    const stretch = this.#coverage.add(track, startSample, endSample, label)
    if (stretch !== null) out.push(stretch)
  }

  #isArmedAt(sample: number): boolean {
    const isSignalled = this.#armedFromSample <= sample && sample < this.#armedToSample
    return isSignalled || this.#windows.isOpenAt(sample) || this.isExpectedAt(sample)
  }

  #samples(ms: number): number {
    return Math.round((ms * this.clockRateHz) / 1000)
  }
}
