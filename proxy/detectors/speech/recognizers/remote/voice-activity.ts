/** Level is measured over pieces of this length, on a grid from position zero, ms: short beside a syllable. */
const HOP_MS = 10
/** What is quieter than speech around it still belongs to it: an unvoiced onset, a plosive's pause, a trailing consonant, ms. */
const PAD_BEFORE_MS = 200
const PAD_AFTER_MS = 300
/** Stretches remembered; beyond it the two oldest become one: more counts as speech, never less. A day of talk has 4 a second. */
const STRETCHES_MAX = 256

/** Half-open, in samples. */
interface Stretch {
  startSample: number
  endSample: number
}

/**
 * Where somebody may be speaking on one track. By level alone, so that it errs on the side of speech: noise above the level
 * counts as speech, and has to be answered for by the recogniser; only what lies below it may pass unheard.
 */
export class VoiceActivity {
  readonly #hopSamples: number
  readonly #padBefore: number
  readonly #padAfter: number
  readonly #energyMin: number
  readonly #stretches: Stretch[] = []
  #heardSample = 0
  #hopEnergy = 0
  /** Where what was loud last ended, without its pad. */
  #loudEndSample = -Infinity
  #isFinished = false

  /** @param levelDbov what an RMS of 10 ms must exceed to count, dBov (0 is a square wave at full scale) */
  constructor(sampleRateHz: number, levelDbov: number) {
    this.#hopSamples = (sampleRateHz * HOP_MS) / 1000
    this.#padBefore = (sampleRateHz * PAD_BEFORE_MS) / 1000
    this.#padAfter = (sampleRateHz * PAD_AFTER_MS) / 1000
    this.#energyMin = this.#hopSamples * (32_768 * 10 ** (levelDbov / 20)) ** 2
  }

  /** Somebody may be speaking now, or has just stopped. */
  get isSpeaking(): boolean {
    return this.#loudEndSample + this.#padAfter > this.#heardSample
  }

  /** How long nobody has spoken, samples. */
  get quietSamples(): number {
    return Math.max(0, this.#heardSample - this.#loudEndSample - this.#padAfter)
  }

  /** The audio that follows what was pushed last. Hot. */
  push(pcm: Int16Array): void {
    for (let i = 0; i < pcm.length; i++) {
      const sample = pcm[i]!
      this.#hopEnergy += sample * sample
      this.#heardSample++
      if (this.#heardSample % this.#hopSamples === 0) this.#endHop()
    }
  }

  /** Digital silence up to here. */
  skip(toSample: number): void {
    if (toSample <= this.#heardSample) return
    if (this.#hopEnergy >= this.#energyMin) this.#endHop()
    this.#heardSample = toSample
    this.#hopEnergy = 0
  }

  /** The first sample from here on that may be speech; where there is none, up to where that is certain. Hot. */
  nextVoiced(fromSample: number): number {
    for (let i = 0; i < this.#stretches.length; i++) {
      const { startSample, endSample } = this.#stretches[i]!
      if (fromSample < endSample) return Math.max(fromSample, startSample)
    }
    return Math.max(fromSample, this.#heardSample - (this.#isFinished ? 0 : this.#padBefore))
  }

  /** Whether there is speech here or later. */
  hasVoiceFrom(sample: number): boolean {
    return (this.#stretches.at(-1)?.endSample ?? 0) > sample
  }

  /** Nothing follows: what is quiet now stays quiet. */
  finish(): void {
    this.#endHop()
    this.#isFinished = true
  }

  /** Forgets the stretches that end here or before. */
  forget(beforeSample: number): void {
    while (this.#stretches.length > 0 && this.#stretches[0]!.endSample <= beforeSample)
      this.#stretches.shift()
  }

  #endHop(): void {
    if (this.#hopEnergy >= this.#energyMin) this.#noteLoud()
    this.#hopEnergy = 0
  }

  #noteLoud(): void {
    const startSample = Math.max(0, this.#heardSample - this.#hopSamples - this.#padBefore)
    const endSample = this.#heardSample + this.#padAfter
    this.#loudEndSample = this.#heardSample
    const newest = this.#stretches.at(-1)
    if (newest !== undefined && startSample <= newest.endSample) newest.endSample = endSample
    else this.#stretches.push({ startSample, endSample })
    if (this.#stretches.length > STRETCHES_MAX) this.#joinOldest()
  }

  #joinOldest(): void {
    const [oldest, next] = this.#stretches.splice(0, 2)
    this.#stretches.unshift({ startSample: oldest!.startSample, endSample: next!.endSample })
  }
}
