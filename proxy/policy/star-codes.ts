import { samplesOf } from '../media/time.js'
import type { KeyPress } from './key-presses.js'
import type { PolicyOptions } from './options.js'
import type { StepKind, StepSignal } from './signal.js'

/** A code that has been keyed: what it says, and where the key began that completed it. */
export interface KeyedCode {
  readonly kind: StepKind
  readonly state: StepSignal['state']
  readonly atSample: number
}

/**
 * Reads the agent's keys for the policy's codes. Nothing is remembered but the beginning of a configured code, and that no
 * longer than the time allowed between two keys. Whoever hands keys in sees to it that they are the agent's.
 */
export class StarCodes {
  readonly #gapSamples: number
  #keyed = ''
  #lastSample = 0

  constructor(
    private readonly options: PolicyOptions['starCodes'],
    clockRateHz: number,
  ) {
    this.#gapSamples = samplesOf(options.digitGapMs, clockRateHz)
  }

  /** One key; the code that it completes, or null. */
  press({ digit, sample }: KeyPress): KeyedCode | null {
    const isNext = digit !== '*' && this.#keyed !== '' && sample - this.#lastSample <= this.#gapSamples
    this.#lastSample = sample
    const keyed = isNext ? this.#keyed + digit : digit
    const says = this.options.codes[keyed]
    const isBeginning = Object.keys(this.options.codes).some((code) => code.startsWith(keyed))
    this.#keyed = says === undefined && isBeginning ? keyed : ''
    if (says === undefined) return null
    const [kind, state] = says.split('-') as [StepKind, StepSignal['state']]
    return { kind, state, atSample: sample }
  }

  /** Forgets a code that was not finished in time. */
  expire(leadSample: number): void {
    if (leadSample - this.#lastSample > this.#gapSamples) this.#keyed = ''
  }
}
