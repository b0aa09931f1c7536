/**
 * Which thresholds suit the weights: the net hears everything once, then every choice of `thresholds.ts` is tried on what it said.
 * The files are two halves, so that what was chosen on one can be looked at on the other.
 */

import type { DetectorSetup } from '../../proxy/detectors/detector.js'
import { runLimitsOf } from '../../proxy/detectors/speech/detector.js'
import { DigitRuns, type RangeSink, type RunLimits } from '../../proxy/detectors/speech/digit-runs.js'
import { numbersIn } from '../../proxy/detectors/speech/number-words.js'
import {
  FEATURES,
  STEP_SAMPLES,
  STEP_SPAN_SAMPLES,
} from '../../proxy/detectors/speech/recognizers/embedded/front-end.js'
import { KernelNet } from '../../proxy/detectors/speech/recognizers/embedded/kernel-net.js'
import { KeywordSegments } from '../../proxy/detectors/speech/recognizers/embedded/keyword-segments.js'
import { threadSpotter } from '../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import type { SpotterThresholds } from '../../proxy/detectors/speech/recognizers/embedded/thresholds.js'
import { LEAD_SAMPLES } from '../../proxy/detectors/speech/recognizers/embedded/track-spotter.js'
import { WordSegments } from '../../proxy/detectors/speech/recognizers/embedded/word-segments.js'
import { type SpottedWindows, spottedWindowsOf } from '../../proxy/detectors/speech/spotted-windows.js'
import type { PolicyOptions } from '../../proxy/policy/options.js'
import type { SpeechFile } from './corpus.js'
import { channelsOf, remainsOf } from './measure.js'
import { announcedIn, isLabelled } from './phrases.js'

/** A file, and what the net says of each step of its channels. */
export interface HeardFile {
  readonly file: SpeechFile
  readonly samples: number
  readonly steps: readonly (readonly Float32Array[])[]
}

/** What one choice does to a half of the files. */
export interface Tally {
  /** Of the time of the words of card numbers and of security codes, of people and synthetic, the share that is silent; NaN of what is not there. */
  readonly cards: readonly [number, number]
  readonly codes: readonly [number, number]
  /** Digits of a synthetic card number that are left, on average. */
  readonly digitsLeft: number
  /** Silenced of talk of people and of synthetic talk in noise, seconds an hour. */
  readonly lost: readonly [number, number]
  /** Of the phrases that announce a number, the share that opened a window; NaN where there are none. */
  readonly phrases: number
  /** Windows that opened without one. */
  readonly falseWindows: number
}

export interface Trial {
  readonly thresholds: SpotterThresholds
  readonly halves: readonly [Tally, Tally]
}

const RATE_HZ = 8_000

/** From weak words for a short while to likely ones. */
const suspicions: readonly Pick<SpotterThresholds, 'suspected' | 'suspectedSteps'>[] = [
  { suspected: 0.1, suspectedSteps: 5 },
  { suspected: 0.2, suspectedSteps: 8 },
  { suspected: 0.5, suspectedSteps: 5 },
]

/** What is tried: a sure word is some of the way from the first that counts to certainty, or all of it. */
export const choices: readonly SpotterThresholds[] = [0.3, 0.4].flatMap((number) =>
  [0.4, 0.45, 0.5, 0.6, 0.7].flatMap((sureFrom) =>
    [0.4, 0.7, 0.95].flatMap((way) =>
      [0.55, 0.6, 0.65].flatMap((sureShare) =>
        suspicions.map((suspicion) => ({
          number,
          sureFrom,
          sure: sureFrom + way * (1 - sureFrom),
          sureShare,
          ...suspicion,
        })),
      ),
    ),
  ),
)

export const hear = (file: SpeechFile): HeardFile => {
  const spoken = channelsOf(file.bytes)
  return { file, samples: spoken[0]!.length, steps: spoken.map(stepsOf) }
}

const stepsOf = (spoken: Int16Array): readonly Float32Array[] => {
  const pcm = new Int16Array(LEAD_SAMPLES + spoken.length)
  pcm.set(spoken, LEAD_SAMPLES)
  const { model, frontEnd, kernel } = threadSpotter()
  const net = new KernelNet(kernel)
  const features = new Int16Array(FEATURES)
  const span = new Int16Array(STEP_SPAN_SAMPLES)
  const steps: Float32Array[] = []
  for (
    let at = 0;
    at + STEP_SPAN_SAMPLES <= pcm.length + model.delaySteps * STEP_SAMPLES;
    at += STEP_SAMPLES
  ) {
    span.fill(0)
    span.set(pcm.subarray(at, at + STEP_SPAN_SAMPLES))
    frontEnd.describe(span, features)
    steps.push(net.step(features)[0]!.slice())
  }
  net.close()
  return steps.slice(LEAD_SAMPLES / STEP_SAMPLES)
}

/** What one choice does; files alternate between the halves, those of each class by themselves. */
export const tryOut = (
  heard: readonly HeardFile[],
  policy: PolicyOptions,
  thresholds: SpotterThresholds,
): Trial => {
  const seen = new Map<string, number>()
  const halves: [Marked[], Marked[]] = [[], []]
  for (const one of heard) {
    const [secret] = one.file.secrets
    const kind = `${one.file.class} ${secret?.kind} ${secret?.isHuman} ${one.file.talk} ${one.file.isNoisy}`
    const count = seen.get(kind) ?? 0
    seen.set(kind, count + 1)
    halves[count % 2 === 0 ? 0 : 1].push(markedBy(one, policy, thresholds))
  }
  return { thresholds, halves: [tallyOf(halves[0]), tallyOf(halves[1])] }
}

/** A file, and for each sample whether it would be silent on every channel. */
interface Marked {
  readonly file: SpeechFile
  readonly marks: Uint8Array
  /** Phrases that announce a number, those of them that had opened a window in time, and windows that opened without one. */
  readonly announced: number
  readonly understood: number
  readonly falseWindows: number
}

/** Hears a file as a call: what is said on one channel opens windows in which numbers are expected on all of them. */
const markedBy = (
  { file, samples, steps }: HeardFile,
  { detectors: { speech } }: PolicyOptions,
  thresholds: SpotterThresholds,
): Marked => {
  const setup: DetectorSetup = {
    tracks: steps.map((_, index) => ({ index, role: 'mixed' })),
    clockRateHz: RATE_HZ,
    sampleRateHz: steps.map(() => RATE_HZ),
  }
  const options = speech.recognizers.embedded ?? { open: [], close: [] }
  let falseWindows = 0
  let step = 0
  const windows = spottedWindowsOf(setup, speech.words, options, () => {
    if (!isLabelled(file, step * STEP_SAMPLES)) falseWindows++
  })
  const limits = runLimitsOf(speech, thresholds.sureShare, RATE_HZ)
  const tracks = steps.map((_, track) => new HeardTrack(track, limits, windows, thresholds))
  const marks = new Uint8Array(samples)
  const found = (start: number, end: number): void => void marks.fill(1, Math.max(0, start), end)
  const { delaySteps } = threadSpotter().model
  for (let i = delaySteps; i < steps[0]!.length; i++) {
    step = i - delaySteps
    for (const [track, heard] of tracks.entries()) heard.hear(steps[track]![i]!, step)
    for (const heard of tracks) heard.settle(step + 1, found)
  }
  for (const heard of tracks) heard.finish(found)
  return { file, marks, falseWindows, ...announcedIn(file, (sample) => windows?.isOpenAt(sample) ?? false) }
}

/** What the net said of a channel, as words, in runs and as phrases. */
class HeardTrack {
  readonly #runs: DigitRuns
  readonly #segments: WordSegments
  readonly #keywords: KeywordSegments

  constructor(
    private readonly track: number,
    limits: RunLimits,
    private readonly windows: SpottedWindows | null,
    thresholds: SpotterThresholds,
  ) {
    const { model } = threadSpotter()
    this.#runs = new DigitRuns(limits, (sample) => windows?.isOpenAt(sample) ?? false)
    this.#segments = new WordSegments(
      model,
      (word, start, end, certainty) => this.#tell(model.classes[word]!, start, end, true, certainty / 100),
      thresholds,
    )
    this.#keywords = new KeywordSegments(
      model,
      (word, start, end) => this.#tell(model.classes[word]!, start, end, false, 0),
      thresholds,
    )
  }

  hear(probabilities: Float32Array, step: number): void {
    this.#segments.hear(probabilities, step)
    this.#keywords.hear(probabilities, step)
  }

  settle(toStep: number, found: RangeSink): void {
    const heardStep = Math.min(this.#segments.watermarkStep(toStep), this.#keywords.watermarkStep(toStep))
    this.#runs.settle(Math.max(0, heardStep) * STEP_SAMPLES, found)
  }

  finish(found: RangeSink): void {
    this.#segments.finish()
    this.#runs.settle(Number.POSITIVE_INFINITY, found)
  }

  #tell(text: string, startStep: number, endStep: number, isFinal: boolean, certainty: number): void {
    const startSample = startStep * STEP_SAMPLES
    const endSample = endStep * STEP_SAMPLES
    this.windows?.hear({ track: this.track, text, startSample, endSample, isFinal })
    const count = numbersIn(text)
    if (count === 0) return
    this.#runs.hear(startSample, endSample, count, certainty)
    this.windows?.number(endSample)
  }
}

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)

const tallyOf = (marked: readonly Marked[]): Tally => {
  const items = marked.flatMap(({ file, marks }) =>
    file.secrets.map((secret) => ({ secret, ...remainsOf(secret, marks) })),
  )
  const shareOf = (kind: string, isHuman: boolean): number => {
    const own = items.filter(({ secret }) => secret.kind === kind && secret.isHuman === isHuman)
    return sumOf(own, (item) => item.silentSamples) / sumOf(own, (item) => item.wordSamples)
  }
  const lostOf = (holds: (file: SpeechFile) => boolean): number => {
    const own = marked.filter(({ file }) => file.class === 'negative' && holds(file))
    const silenced = sumOf(own, ({ marks }) => marks.reduce((sum, mark) => sum + mark, 0))
    return (3600 * silenced) / sumOf(own, ({ marks }) => marks.length)
  }
  const cards = items.filter(({ secret }) => secret.kind === 'pan' && !secret.isHuman)
  return {
    cards: [shareOf('pan', true), shareOf('pan', false)],
    codes: [shareOf('cvv', true), shareOf('cvv', false)],
    digitsLeft: sumOf(cards, (item) => item.digitsLeft) / cards.length,
    lost: [
      lostOf(({ talk }) => talk === 'real'),
      lostOf(({ talk, isNoisy }) => talk === 'synthetic' && isNoisy),
    ],
    phrases: sumOf(marked, ({ understood }) => understood) / sumOf(marked, ({ announced }) => announced),
    falseWindows: sumOf(marked, (one) => one.falseWindows),
  }
}
