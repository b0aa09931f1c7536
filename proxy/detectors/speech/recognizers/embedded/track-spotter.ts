/**
 * One track: audio at any rate -> 8 kHz -> steps of 20 ms -> net -> words. All positions lie on a grid from position zero,
 * so that any split of the audio gives the same words.
 *
 * Nobody listens to silence: after two seconds of it the net stands still, and goes on from there when there is something
 * to hear, as if the pause had been two seconds long. Two parties who take turns cost half.
 *
 * Steps wait until there are STEPS_MAX of them, or somebody collects: several cost the net little more than one.
 */
import { FEATURES, type FrontEnd, SPOTTER_RATE_HZ, STEP_SAMPLES, STEP_SPAN_SAMPLES } from './front-end.js'
import { KeywordSegments } from './keyword-segments.js'
import type { SpotterModel } from './model.js'
import { type SpotterNet, STEPS_MAX } from './net.js'
import { Resampler } from './resampler.js'
import { WordSegments } from './word-segments.js'

/** A step below this is silent: -60 dBFS, squared and summed over its samples. */
const SILENT_ENERGY = (32_768 * 10 ** (-60 / 20)) ** 2 * STEP_SAMPLES
/** Silent steps after which the net stands still: 2 s. */
const SILENT_STEPS_MAX = 100
/**
 * Silence that a net hears before a track's first sample, steps: 300 ms. Behind it nearly as many digits are heard with which the track begins
 * as behind talk; a fresh net makes more of music and talk, longer silence finds fewer digits: docs/decisions/0036.
 */
const LEAD_STEPS = 15
/** The same in samples of 8 kHz. */
export const LEAD_SAMPLES = LEAD_STEPS * STEP_SAMPLES
/** Samples of silence that are fed at a time. */
const silence = new Int16Array(SPOTTER_RATE_HZ)

export interface TrackSpotterParts {
  readonly model: SpotterModel
  readonly frontEnd: FrontEnd
  /** This track's own; closed with it. */
  readonly net: SpotterNet
  /** Rate of the PCM, Hz. */
  readonly sampleRateHz: number
  /** Rate of positions, Hz. */
  readonly clockRateHz: number
  /** Is told of every word: its class, where it lies, and how sure it is that it is a number, in percent. */
  readonly heard: (word: number, startSample: number, endSample: number, certainty: number) => void
  /** And of every word of payment that may have been said; null, or left out: nobody asks. */
  readonly suspected?: ((word: number, startSample: number, endSample: number) => void) | null
}

export class TrackSpotter {
  readonly #segments: WordSegments
  readonly #keywords: KeywordSegments | null
  readonly #resampler: Resampler | null
  readonly #span = new Int16Array(STEP_SPAN_SAMPLES)
  /** Of the steps that wait for the net. */
  readonly #features = new Int16Array(STEPS_MAX * FEATURES)
  #waitingSteps = 0
  /** Samples of PCM taken, at its rate. */
  #inputCount = 0
  /** Samples in #span. */
  #filled = 0
  /** The step that #span is filling; below 0 in the silence that leads in. */
  #step = -LEAD_STEPS
  #silentSteps = 0
  /** What the net says of steps before this one is of before it stood still. */
  #wokenAtStep = 0
  #isFinished = false
  #resampled = new Int16Array(0)

  constructor(private readonly parts: TrackSpotterParts) {
    const { model, sampleRateHz } = parts
    this.#resampler = sampleRateHz === SPOTTER_RATE_HZ ? null : new Resampler(sampleRateHz)
    this.#segments = new WordSegments(model, (word, startStep, endStep, certainty) =>
      parts.heard(word, this.#sampleOf(startStep), this.#sampleOf(endStep), certainty),
    )
    const { suspected } = parts
    this.#keywords = suspected
      ? new KeywordSegments(model, (word, startStep, endStep) =>
          suspected(word, this.#sampleOf(startStep), this.#sampleOf(endStep)),
        )
      : null
    this.#fill(silence.subarray(0, LEAD_SAMPLES))
  }

  /** No word yet to be told starts before this position, what waits included. Never decreases; Infinity after finish(). */
  get watermarkSample(): number {
    if (this.#isFinished) return Number.POSITIVE_INFINITY
    const heard = this.#heardSteps
    const words = this.#segments.watermarkStep(heard)
    return this.#sampleOf(Math.min(words, this.#keywords?.watermarkStep(heard) ?? heard))
  }

  /** Borrowed until return; a gap before startSample is silence. Words are told by the next collect() or finish(), if not before. Hot. */
  push(pcm: Int16Array, startSample: number): void {
    this.skip(startSample)
    this.#inputCount += pcm.length
    this.#feed(pcm)
  }

  /** Digital silence up to this position. */
  skip(toSample: number): void {
    const { clockRateHz, sampleRateHz } = this.parts
    let missing = Math.round((toSample * sampleRateHz) / clockRateHz) - this.#inputCount
    while (missing > 0) {
      const count = Math.min(missing, silence.length)
      this.#feed(silence.subarray(0, count))
      // Behind at least two steps of silence, so that nothing audible is left in the step that is filling.
      const jumped = this.#jump(missing - count)
      this.#inputCount += count + jumped
      missing -= count + jumped
    }
  }

  /** Hears what waits. Hot. */
  collect(): void {
    if (this.#waitingSteps > 0) this.#askNet()
  }

  /** The track has ended: hears out what is still on its way through the net. */
  finish(): void {
    if (this.#isFinished) return
    for (let steps = 0; steps <= this.parts.model.delaySteps + 2 && !this.#isAsleep; steps++)
      this.#feed(silence.subarray(0, Math.ceil((STEP_SAMPLES * this.parts.sampleRateHz) / SPOTTER_RATE_HZ)))
    this.collect()
    this.#finishWords()
    this.#isFinished = true
  }

  close(): void {
    this.#span.fill(0)
    this.#features.fill(0)
    this.#resampled.fill(0)
    this.parts.net.close()
  }

  get #isAsleep(): boolean {
    return this.#silentSteps >= SILENT_STEPS_MAX
  }

  /** Steps before this one have been heard, or were silent. */
  get #heardSteps(): number {
    const { delaySteps } = this.parts.model
    return Math.max(
      this.#wokenAtStep,
      this.#isAsleep ? this.#step : this.#step - this.#waitingSteps - delaySteps,
    )
  }

  /** Position of a step, never behind the true one. */
  #sampleOf(step: number): number {
    return Math.floor((Math.max(0, step) * STEP_SAMPLES * this.parts.clockRateHz) / SPOTTER_RATE_HZ)
  }

  /** Passes over whole steps of a long silence in which nobody listens; returns the samples of PCM passed over. */
  #jump(missing: number): number {
    if (!this.#isAsleep) return 0
    const { sampleRateHz } = this.parts
    // A second of resampling's grid: whole steps at every rate.
    const seconds = Math.floor(missing / sampleRateHz) - 1
    if (seconds <= 0) return 0
    this.#step += (seconds * SPOTTER_RATE_HZ) / STEP_SAMPLES
    return seconds * sampleRateHz
  }

  #feed(pcm: Int16Array): void {
    if (this.#resampler === null) {
      this.#fill(pcm)
      return
    }
    const countMax = this.#resampler.outputCountMax(pcm.length)
    if (this.#resampled.length < countMax) this.#resampled = new Int16Array(countMax)
    const count = this.#resampler.push(pcm, this.#resampled)
    this.#fill(this.#resampled.subarray(0, count))
  }

  #fill(pcm: Int16Array): void {
    for (let at = 0; at < pcm.length; ) {
      const count = Math.min(STEP_SPAN_SAMPLES - this.#filled, pcm.length - at)
      for (let i = 0; i < count; i++) this.#span[this.#filled + i] = pcm[at + i]!
      this.#filled += count
      at += count
      if (this.#filled < STEP_SPAN_SAMPLES) return
      this.#hearStep()
      this.#span.copyWithin(0, STEP_SAMPLES)
      this.#filled = STEP_SPAN_SAMPLES - STEP_SAMPLES
    }
  }

  #hearStep(): void {
    const wasAsleep = this.#isAsleep
    this.#silentSteps = this.#isStepSilent() ? this.#silentSteps + 1 : 0
    if (this.#isAsleep) {
      if (!wasAsleep) {
        this.collect()
        this.#finishWords()
      }
    } else {
      if (wasAsleep) this.#wokenAtStep = this.#step
      this.#describeStep()
    }
    this.#step++
    if (this.#waitingSteps === STEPS_MAX) this.#askNet()
  }

  #describeStep(): void {
    const at = this.#waitingSteps++ * FEATURES
    this.parts.frontEnd.describe(this.#span, this.#features.subarray(at, at + FEATURES))
  }

  #askNet(): void {
    const { net, model } = this.parts
    const steps = this.#waitingSteps
    const first = this.#step - steps - model.delaySteps
    this.#waitingSteps = 0
    const probabilities = net.step(this.#features.subarray(0, steps * FEATURES))
    for (let i = 0; i < steps; i++) this.#hearProbabilities(probabilities[i]!, first + i)
  }

  #hearProbabilities(probabilities: Float32Array, step: number): void {
    if (step < this.#wokenAtStep) return
    this.#segments.hear(probabilities, step)
    this.#keywords?.hear(probabilities, step)
  }

  #finishWords(): void {
    this.#segments.finish()
    this.#keywords?.finish()
  }

  #isStepSilent(): boolean {
    let energy = 0
    for (let i = STEP_SPAN_SAMPLES - STEP_SAMPLES; i < STEP_SPAN_SAMPLES; i++) energy += this.#span[i]! ** 2
    return energy < SILENT_ENERGY
  }
}
