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

/** The detector's key in the registry. */
const NAME = 'speech'

const namesIn = ({ recognizers: options }: SpeechOptions): readonly RecognizerName[] =>
  (Object.keys(recognizers) as RecognizerName[]).filter((name) => options[name] !== null)

const kindOf = (name: RecognizerName): RecognizerKind<unknown> => recognizers[name] as RecognizerKind<unknown>

/**
 * Finds numbers that people say: recognisers turn speech into words (recognizer.ts), runs of number words become findings
 * (digit-runs.ts). Each recogniser is understood by itself; what any of them finds is found, and what has been judged is what
 * all of them have heard.
 */
export const speech: DetectorKind<SpeechOptions> = {
  create: (setup, options, services = recordedServices) => new SpeechDetector(setup, options, services),
  isOn: (options) => namesIn(options).length > 0,
  isPadded: true,
  lagMs: (options) =>
    Math.max(options.waitMs, options.padBeforeMs) +
    Math.max(0, ...namesIn(options).map((name) => kindOf(name).lagMs(options.recognizers[name]))),
}

/** A recogniser, and what is made of its words on each track. */
interface Listener {
  readonly recognizer: Recognizer
  readonly runs: readonly DigitRuns[]
}

class SpeechDetector implements Detector {
  readonly name = NAME
  readonly #listeners: readonly Listener[]
  readonly #words: HeardWord[] = []

  constructor(setup: DetectorSetup, options: SpeechOptions, services: DetectorServices) {
    const limits = limitsOf(options, setup.clockRateHz)
    this.#listeners = namesIn(options).map((name) => ({
      recognizer: kindOf(name).create(setup, options.recognizers[name], services),
      runs: setup.tracks.map(() => new DigitRuns(limits)),
    }))
  }

  get health(): DetectorHealth {
    return this.#listeners.some(({ recognizer }) => recognizer.health === 'failed') ? 'failed' : 'ok'
  }

  watermarkSample(track: number): number {
    let lowest = Infinity
    for (const { runs } of this.#listeners) lowest = Math.min(lowest, runs[track]!.watermarkSample)
    return lowest
  }

  push(track: number, pcm: Int16Array, startSample: number): void {
    for (const { recognizer } of this.#listeners) recognizer.push(track, pcm, startSample)
  }

  skip(track: number, toSample: number): void {
    for (const { recognizer } of this.#listeners) recognizer.skip(track, toSample)
  }

  setAlertness(alertness: Alertness): void {
    for (const { recognizer, runs } of this.#listeners) {
      recognizer.setAlertness(alertness)
      for (const run of runs) run.isArmed = alertness === 'armed'
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
  #listen({ recognizer, runs }: Listener, out: Finding[]): void {
    recognizer.drain(this.#words)
    for (const word of this.#words) {
      if (word.text === '') out.push(findingOf('unheard', word.track, word.startSample, word.endSample, true))
      const count = numbersIn(word.text)
      if (count > 0) runs[word.track]?.hear(word.startSample, word.endSample, count)
    }
    this.#words.length = 0
    for (let track = 0; track < runs.length; track++)
      runs[track]!.settle(recognizer.watermarkSample(track), (startSample, endSample, isOnset) =>
        out.push(findingOf('digits', track, startSample, endSample, isOnset)),
      )
  }
}

const findingOf = (
  label: string,
  track: number,
  startSample: number,
  endSample: number,
  isOnset: boolean,
): Finding => ({ detector: NAME, label, track, startSample, endSample, isOnset })

const limitsOf = (options: SpeechOptions, clockRateHz: number): RunLimits => ({
  digitsMin: options.digitsMin,
  digitsMinAtWaitEnd: options.digitsMinAtWaitEnd,
  digitsMinArmed: options.digitsMinArmed,
  gapSamples: samplesOf(options.gapMs, clockRateHz),
  padBeforeSamples: samplesOf(options.padBeforeMs, clockRateHz),
  padAfterSamples: samplesOf(options.padAfterMs, clockRateHz),
  waitSamples: samplesOf(options.waitMs, clockRateHz),
})
