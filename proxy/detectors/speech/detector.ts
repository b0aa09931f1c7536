import { samplesOf } from '../../media/time.js'
import {
  type Alertness,
  type Detector,
  type DetectorHealth,
  type DetectorKind,
  type DetectorServices,
  type DetectorSetup,
  type DigitReport,
  type Finding,
  recordedServices,
} from '../detector.js'
import { DigitRuns, type RunLimits } from './digit-runs.js'
import { numbersIn } from './number-words.js'
import type { SpeechOptions } from './options.js'
import type { HeardWord, Recognizer, RecognizerKind } from './recognizer.js'
import { type RecognizerName, recognizers } from './recognizers/index.js'
import { type SpottedWindows, spottedWindowsOf } from './spotted-windows.js'
import { UnheardStretches } from './unheard-stretches.js'
import type { Stretch } from './words/stretch.js'
import { silencesCategories, WordListener } from './words/word-listener.js'

/** The detector's key in the registry. */
const NAME = 'speech'
/**
 * Few people say more than five numbers a second (theirs count for fewer): two that begin less than this apart, ms, are one that a
 * recogniser heard in two pieces. Chosen with the spotter's thresholds: docs/decisions/0030.
 */
const APART_MS = 200

const namesIn = ({ recognizers: options }: SpeechOptions): readonly RecognizerName[] =>
  (Object.keys(recognizers) as RecognizerName[]).filter((name) => options[name] !== null)

const kindOf = (name: RecognizerName): RecognizerKind<unknown> => recognizers[name] as RecognizerKind<unknown>

/**
 * Finds what people say and should not be stored: recognisers turn speech into words (recognizer.ts), runs of number words
 * become findings (digit-runs.ts), and where a recogniser hears whole sentences, they are understood (words/). Each
 * recogniser is understood by itself; what any of them finds is found, and what has been judged is what all of them have heard.
 */
export const speech: DetectorKind<SpeechOptions> = {
  create: (setup, options, services = recordedServices) => new SpeechDetector(setup, options, services),
  isOn: (options) => namesIn(options).length > 0,
  isPadded: true,
  lagMs: (options) =>
    Math.max(options.waitMs, options.padBeforeMs, utteranceMs(options)) +
    Math.max(0, ...namesIn(options).map((name) => kindOf(name).lagMs(options.recognizers[name]))),
}

/** Whether any of those who listen hears more than numbers. */
export const hearsSentences = (options: SpeechOptions): boolean =>
  namesIn(options).some((name) => kindOf(name).hears !== 'spots')

/** Those who listen that cannot listen to a file. */
export const liveOnly = (options: SpeechOptions): readonly string[] =>
  namesIn(options).filter((name) => kindOf(name).isLiveOnly === true)

/** How far back a special category reaches, ms, where sentences are heard and one is silenced. */
const utteranceMs = (options: SpeechOptions): number =>
  hearsSentences(options) && silencesCategories(options.words) ? options.words.utteranceBeforeMs : 0

/** A recogniser, and what is made of its words: of spots by number on each track, with windows in which one is enough; of others as sentences. */
interface Listener {
  readonly recognizer: Recognizer
  readonly runs: readonly DigitRuns[]
  readonly windows: SpottedWindows | null
  readonly unheard: UnheardStretches
  readonly sentences: WordListener | null
}

class SpeechDetector implements Detector {
  readonly name = NAME
  readonly #listeners: readonly Listener[]
  readonly #words: HeardWord[] = []
  readonly #stretches: Stretch[] = []

  constructor(setup: DetectorSetup, options: SpeechOptions, services: DetectorServices) {
    this.#listeners = namesIn(options).map((name) => {
      const kind = kindOf(name)
      const recognizer = kind.create(setup, options.recognizers[name], services)
      const unheard = new UnheardStretches(samplesOf(options.gapMs, setup.clockRateHz))
      const sentences = kind.hears === 'spots' ? null : sentencesOf(setup, options, unheard)
      if (kind.hears === 'sentences') return { recognizer, runs: [], windows: null, unheard, sentences }
      const limits = runLimitsOf(options, kind.sureShare ?? 1, setup.clockRateHz)
      const added = kind.phrases?.(options.recognizers[name])
      const opened = (): void => services.monitor.windowOpened(name)
      const windows = added === undefined ? null : spottedWindowsOf(setup, options.words, added, opened)
      const isExpectedAt = (sample: number): boolean =>
        (windows?.isOpenAt(sample) ?? false) || unheard.isNear(sample)
      const runs = setup.tracks.map(() => new DigitRuns(limits, isExpectedAt))
      return { recognizer, runs, windows, unheard, sentences }
    })
  }

  get health(): DetectorHealth {
    return this.#listeners.some(({ recognizer }) => recognizer.health === 'failed') ? 'failed' : 'ok'
  }

  watermarkSample(track: number): number {
    let lowest = Infinity
    for (const { runs, sentences } of this.#listeners)
      lowest = Math.min(
        lowest,
        sentences?.undecidedFrom(track) ?? Infinity,
        runs[track]?.watermarkSample ?? Infinity,
      )
    return lowest
  }

  push(track: number, pcm: Int16Array, startSample: number): void {
    for (const { recognizer } of this.#listeners) recognizer.push(track, pcm, startSample)
  }

  skip(track: number, toSample: number): void {
    for (const { recognizer } of this.#listeners) recognizer.skip(track, toSample)
  }

  setAlertness(alertness: Alertness): void {
    const isArmed = alertness === 'armed'
    for (const { recognizer, runs, sentences } of this.#listeners) {
      recognizer.setAlertness(alertness)
      for (const run of runs) run.isArmed = isArmed
      if (sentences !== null) sentences.isArmed = isArmed
    }
  }

  drain(out: Finding[], _digits: DigitReport[]): void {
    for (const listener of this.#listeners) this.#listen(listener, out)
  }

  finish(): void {
    for (const { recognizer } of this.#listeners) recognizer.finish()
  }

  close(): void {
    for (const { recognizer } of this.#listeners) recognizer.close()
  }

  /** Words first, watermarks second: a watermark moves by itself, and says that the words before it have been handed out. */
  #listen({ recognizer, runs, windows, unheard, sentences }: Listener, out: Finding[]): void {
    recognizer.drain(this.#words)
    for (const word of this.#words) {
      if (word.text === '') {
        out.push(findingOf('unheard', word.track, word.startSample, word.endSample, true))
        unheard.add(word.startSample, word.endSample)
      }
      if (word.isSpot !== true) {
        sentences?.hear(word)
        continue
      }
      windows?.hear(word)
      const count = numbersIn(word.text)
      if (count === 0) continue
      runs[word.track]?.hear(word.startSample, word.endSample, count, word.certainty)
      windows?.number(word.endSample)
    }
    this.#words.length = 0
    if (sentences !== null) this.#understand(recognizer, sentences, out)
    for (let track = 0; track < runs.length; track++)
      runs[track]!.settle(recognizer.watermarkSample(track), (startSample, endSample, isOnset) =>
        out.push(findingOf('digits', track, startSample, endSample, isOnset)),
      )
  }

  #understand(recognizer: Recognizer, sentences: WordListener, out: Finding[]): void {
    for (let track = 0; track < sentences.trackCount; track++)
      sentences.heardTo(track, recognizer.watermarkSample(track))
    sentences.drain(this.#stretches)
    for (const { label, track, startSample, endSample, isOnset } of this.#stretches)
      out.push(findingOf(label, track, startSample, endSample, isOnset))
    this.#stretches.length = 0
  }
}

const sentencesOf = (
  { tracks, clockRateHz }: DetectorSetup,
  options: SpeechOptions,
  unheard: UnheardStretches,
): WordListener =>
  new WordListener(
    tracks.length,
    clockRateHz,
    {
      countMin: options.digitsMin,
      countMinArmed: options.digitsMinArmed,
      countMinAtWaitEnd: options.digitsMinAtWaitEnd,
      gapMs: options.gapMs,
      padBeforeMs: options.padBeforeMs,
      padAfterMs: options.padAfterMs,
      waitMs: options.waitMs,
    },
    options.words,
    (sample) => unheard.isNear(sample),
  )

const findingOf = (
  label: string,
  track: number,
  startSample: number,
  endSample: number,
  isOnset: boolean,
): Finding => ({ detector: NAME, label, track, startSample, endSample, isOnset })

/** The run policy of a recogniser that hears numbers only, in samples. */
export const runLimitsOf = (options: SpeechOptions, sureShare: number, clockRateHz: number): RunLimits => ({
  digitsMin: options.digitsMin,
  digitsMinAtWaitEnd: options.digitsMinAtWaitEnd,
  digitsMinArmed: options.digitsMinArmed,
  sureShare,
  apartSamples: samplesOf(APART_MS, clockRateHz),
  gapSamples: samplesOf(options.gapMs, clockRateHz),
  padBeforeSamples: samplesOf(options.padBeforeMs, clockRateHz),
  padAfterSamples: samplesOf(options.padAfterMs, clockRateHz),
  waitSamples: samplesOf(options.waitMs, clockRateHz),
})
