/**
 * Which thresholds suit the weights: the net hears everything once, then every choice of `thresholds.ts` is tried on what it said.
 * The files are two halves, so that what was chosen on one can be looked at on the other.
 */
import { runLimitsOf } from '../../proxy/detectors/speech/detector.js'
import { DigitRuns } from '../../proxy/detectors/speech/digit-runs.js'
import { numbersIn } from '../../proxy/detectors/speech/number-words.js'
import {
  FEATURES,
  STEP_SAMPLES,
  STEP_SPAN_SAMPLES,
} from '../../proxy/detectors/speech/recognizers/embedded/front-end.js'
import { KernelNet } from '../../proxy/detectors/speech/recognizers/embedded/kernel-net.js'
import { threadSpotter } from '../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import type { SpotterThresholds } from '../../proxy/detectors/speech/recognizers/embedded/thresholds.js'
import { WARM_UP_STEPS } from '../../proxy/detectors/speech/recognizers/embedded/track-spotter.js'
import { WordSegments } from '../../proxy/detectors/speech/recognizers/embedded/word-segments.js'
import type { PolicyOptions } from '../../proxy/policy/options.js'
import type { SpeechFile } from './corpus.js'
import { channelsOf, remainsOf } from './measure.js'

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
}

export interface Trial {
  readonly thresholds: SpotterThresholds
  readonly halves: readonly [Tally, Tally]
}

const RATE_HZ = 8_000

/** What is tried: a sure word is half of the way from the first that counts to certainty, or all of it. */
export const choices: readonly SpotterThresholds[] = [0.35, 0.45, 0.6].flatMap((number) =>
  [0.4, 0.5, 0.6, 0.7, 0.8, 0.9].flatMap((sureFrom) =>
    [0.5, 1].flatMap((way) =>
      [0.45, 0.55, 0.65, 0.8].map((sureShare) => ({
        number,
        sureFrom,
        sure: sureFrom + way * (1 - sureFrom),
        sureShare,
      })),
    ),
  ),
)

export const hear = (file: SpeechFile): HeardFile => {
  const spoken = channelsOf(file.bytes)
  return { file, samples: spoken[0]!.length, steps: spoken.map(stepsOf) }
}

const stepsOf = (pcm: Int16Array): readonly Float32Array[] => {
  const { model, frontEnd, kernel } = threadSpotter()
  const net = new KernelNet(kernel)
  const features = new Float32Array(FEATURES)
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
    steps.push(net.step(features).slice())
  }
  net.close()
  return steps
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
    halves[count % 2 === 0 ? 0 : 1].push({ file: one.file, marks: marksOf(one, policy, thresholds) })
  }
  return { thresholds, halves: [tallyOf(halves[0]), tallyOf(halves[1])] }
}

/** A file, and for each sample whether it would be silent on every channel. */
interface Marked {
  readonly file: SpeechFile
  readonly marks: Uint8Array
}

const marksOf = (
  { samples, steps }: HeardFile,
  policy: PolicyOptions,
  thresholds: SpotterThresholds,
): Uint8Array => {
  const marks = new Uint8Array(samples)
  for (const channel of steps) markRuns(channel, policy, thresholds, marks)
  return marks
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
  }
}

const markRuns = (
  steps: readonly Float32Array[],
  policy: PolicyOptions,
  thresholds: SpotterThresholds,
  marks: Uint8Array,
): void => {
  const { model } = threadSpotter()
  const runs = new DigitRuns(runLimitsOf(policy.detectors.speech, thresholds.sureShare, RATE_HZ))
  const segments = new WordSegments(
    model,
    (word, start, end, certainty) => {
      const count = numbersIn(model.classes[word]!)
      if (count > 0) runs.hear(start * STEP_SAMPLES, end * STEP_SAMPLES, count, certainty / 100)
    },
    thresholds,
  )
  const found = (start: number, end: number): void => void marks.fill(1, Math.max(0, start), end)
  for (let i = WARM_UP_STEPS; i < steps.length; i++) {
    const step = i - model.delaySteps
    segments.hear(steps[i]!, step)
    runs.settle(Math.max(0, segments.watermarkStep(step + 1)) * STEP_SAMPLES, found)
  }
  segments.finish()
  runs.settle(Number.POSITIVE_INFINITY, found)
}
