/**
 * Windows in which a single number is somebody's card, for a recogniser that knows a few words of payment and none around them: two
 * of its words close together are a phrase ("card ... number"), whoever says them, and the numbers of every party are expected
 * from then on. Words that may have been said open a window: what it costs is a lone number silenced. Those that are sure close
 * it, for a card number may still be coming. Every sure word is suspected as well, if it is long enough to be believed. What a signal
 * has opened is not theirs.
 *
 * Holds times; the words of phrases are compared and forgotten.
 */
import { samplesOf } from '../../media/time.js'
import type { DetectorSetup } from '../detector.js'
import type { HeardWord } from './recognizer.js'
import { languages } from './words/languages/index.js'
import type { Language, PaymentPhrases } from './words/languages/language.js'
import type { WordsOptions } from './words/options.js'
import { PaymentWindows, type WindowLimits } from './words/payment-windows.js'

/** From the beginning of one word of a phrase to that of the next, ms, at most: "payment has been authorised". */
const WORDS_MS = 1_000
/** How long windows that are over are remembered, ms: a run of numbers in them may still be judged. */
const KEEP_MS = 60_000

/** For one call, as its policy wants them: `added` beside the phrases of its languages. Null where it wants none. */
export const spottedWindowsOf = (
  { tracks, clockRateHz }: DetectorSetup,
  { languages: names, payment }: WordsOptions,
  added: PaymentPhrases,
  opened: () => void,
): SpottedWindows | null => {
  if (payment.window === 'off') return null
  const lists = names
    .map((name) => (languages[name] as Language).spotted)
    .filter((list) => list !== undefined)
  const phrases = {
    open: [...lists.flatMap(({ open }) => open), ...added.open],
    close: [...lists.flatMap(({ close }) => close), ...added.close],
  }
  const limits = {
    idleSamples: samplesOf(payment.idleSeconds * 1000, clockRateHz),
    windowSamples: samplesOf(payment.windowSeconds * 1000, clockRateHz),
  }
  return new SpottedWindows(tracks.length, clockRateHz, limits, phrases, opened)
}

export class SpottedWindows {
  readonly #openers: readonly SpottedPhrase[][]
  readonly #closers: readonly SpottedPhrase[][]
  readonly #windows: PaymentWindows
  readonly #keepSamples: number
  #newestSample = 0

  /** @param opened told of every window that a phrase opens */
  constructor(
    trackCount: number,
    clockRateHz: number,
    limits: WindowLimits,
    { open, close }: PaymentPhrases,
    private readonly opened: () => void,
  ) {
    const wordsSamples = samplesOf(WORDS_MS, clockRateHz)
    const listenersFor = (phrases: readonly string[]): SpottedPhrase[][] =>
      Array.from({ length: trackCount }, () =>
        phrases.map((phrase) => new SpottedPhrase(phrase.split(' '), wordsSamples)),
      )
    this.#openers = listenersFor(open)
    this.#closers = listenersFor(close)
    this.#windows = new PaymentWindows(limits)
    this.#keepSamples = samplesOf(KEEP_MS, clockRateHz)
  }

  /** A word of payment, final when it is sure; those of a track come in the order in which they became known. */
  hear({ track, text, startSample, endSample, isFinal }: HeardWord): void {
    for (const phrase of (isFinal ? this.#closers : this.#openers)[track] ?? []) {
      const fromSample = phrase.beginningOf(text, startSample)
      if (fromSample === null) continue
      if (isFinal) this.#windows.close(fromSample, endSample)
      else this.#open(endSample)
    }
  }

  /** A number has been said up to this sample. */
  number(sample: number): void {
    this.#windows.number(sample)
  }

  isOpenAt(sample: number): boolean {
    return this.#windows.isOpenAt(sample)
  }

  #open(sample: number): void {
    if (!this.isOpenAt(sample)) this.opened()
    this.#windows.open(sample)
    this.#newestSample = Math.max(this.#newestSample, sample)
    this.#windows.prune(this.#newestSample - this.#keepSamples)
  }
}

/** How far a phrase has been said on a track. */
class SpottedPhrase {
  /** Of each beginning of the phrase, by its words: where it was said last, and its last word. */
  readonly #said: { readonly fromSample: number; readonly lastSample: number }[] = []

  constructor(
    private readonly words: readonly string[],
    private readonly wordsSamples: number,
  ) {}

  /** Where the phrase began that this word completes; null while it does not. */
  beginningOf(text: string, startSample: number): number | null {
    for (let i = this.words.length - 1; i >= 0; i--) {
      if (this.words[i] !== text) continue
      if (i === 0) {
        this.#said[0] = { fromSample: startSample, lastSample: startSample }
        continue
      }
      const before = this.#said[i - 1]
      if (before === undefined || !this.#isNext(startSample - before.lastSample)) continue
      this.#said[i] = { fromSample: before.fromSample, lastSample: startSample }
      if (i === this.words.length - 1) return before.fromSample
    }
    return null
  }

  #isNext(samples: number): boolean {
    return samples > 0 && samples <= this.wordsSamples
  }
}
