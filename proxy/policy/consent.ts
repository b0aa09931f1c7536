/**
 * Who agrees to be recorded. Opt-in: silent from the first sample until the caller's key, or somebody on the agent's side,
 * says yes. Opt-out: heard until either says no. Consent that was given can be withdrawn at any time. What had left until
 * then stays, or is recalled to be erased: the policy says (docs/decisions/0010).
 *
 *             given                         refused, withdrawn
 *   open  ------------->  given  ------------------------------->  refused / withdrawn
 *     |                     ^                                         |
 *     | window over         '------------------ given ----------------'
 *     v
 *   unanswered: opt-in stays silent, opt-out is heard
 *
 * Keys count while a window is open: from the first sample of the call, and again whenever the question has been asked
 * anew; the first answer closes it. A key is used and forgotten; what is heard of it is silenced like any other key.
 */
import { samplesOf } from '../media/time.js'
import type { Placement, Timeline } from '../timeline/timeline.js'
import type { TrackRange } from './audit.js'
import type { KeyPress } from './key-presses.js'
import type { PolicyOptions } from './options.js'
import { type ConsentState, isLiftable } from './signal.js'
import { StandingSilence } from './standing-silence.js'

/** Where a call stands. `not-asked`: the policy asks for no consent. */
export type ConsentStanding = 'not-asked' | 'open' | 'unanswered' | Exclude<ConsentState, 'asked'>

export type ConsentResult =
  /** `recalled`: what had left by agreement until then, where the policy has it erased. */
  | { readonly kind: 'silent'; readonly placement: Placement; readonly recalled?: TrackRange }
  | { readonly kind: 'heard'; readonly clearFromSample: number }
  | { readonly kind: 'noted' | 'newer' | 'not-asked' }

export class Consent {
  #standing: ConsentStanding
  #windowEndSample: number
  #issuedAtMs: number | null = null
  readonly #windowSamples: number
  readonly #span: StandingSilence

  constructor(
    private readonly options: PolicyOptions['consent'],
    private readonly timeline: Timeline,
    clockRateHz: number,
  ) {
    this.#span = new StandingSilence('consent', timeline)
    this.#windowSamples = samplesOf(options.windowSeconds * 1000, clockRateHz)
    this.#standing = options.mode === 'none' ? 'not-asked' : 'open'
    this.#windowEndSample = this.#windowSamples
    if (options.mode === 'opt-in') this.#span.open(0)
  }

  get standing(): ConsentStanding {
    return this.#standing
  }

  /** Somebody says so, of the call from `fromSample` on. Something older than the last word changes nothing. */
  say(state: ConsentState, issuedAtMs: number | null, fromSample: number): ConsentResult {
    if (this.#standing === 'not-asked') return { kind: 'not-asked' }
    if (issuedAtMs !== null && this.#issuedAtMs !== null && issuedAtMs < this.#issuedAtMs)
      return { kind: 'newer' }
    this.#issuedAtMs = issuedAtMs ?? this.#issuedAtMs
    if (state === 'asked') {
      this.#windowEndSample = this.timeline.leadSample + this.#windowSamples
      if (this.#standing === 'unanswered') this.#standing = 'open'
      return { kind: 'noted' }
    }
    this.#windowEndSample = 0
    this.#standing = state
    if (state !== 'given') return this.#silence(fromSample)
    this.#span.close(fromSample)
    return { kind: 'heard', clearFromSample: fromSample }
  }

  /** What the caller's key says, or null when it says nothing here. */
  answerOf({ digit, sample }: KeyPress): Exclude<ConsentState, 'asked'> | null {
    if (this.#standing === 'not-asked') return null
    const { giveDigit, refuseDigit, withdrawDigit } = this.options
    if (sample < this.#windowEndSample) {
      if (digit === giveDigit) return 'given'
      if (digit === refuseDigit) return 'refused'
    }
    return digit === withdrawDigit && this.#standing !== 'refused' && this.#standing !== 'withdrawn'
      ? 'withdrawn'
      : null
  }

  /** True once, when the window has passed without any answer. */
  expire(): boolean {
    if (this.#standing !== 'open' || this.timeline.leadSample < this.#windowEndSample) return false
    this.#standing = 'unanswered'
    return true
  }

  /** Silent from here on; where the policy has it so, what was said before is silent as far as it is held, and recalled as far as not. */
  #silence(fromSample: number): ConsentResult {
    const wasHeard = !this.#span.isOpen
    const placement = this.#span.open(fromSample)
    if (!wasHeard || this.options.earlierAudio === 'keep') return { kind: 'silent', placement }
    const { reason } = this.#span
    const earlier = {
      track: null,
      startSample: 0,
      endSample: fromSample,
      reason,
      isLiftable: isLiftable(reason),
    }
    const { late, firstSilentSample } = this.timeline.redact(earlier)
    return {
      kind: 'silent',
      placement: {
        ...placement,
        firstSilentSample: Math.min(firstSilentSample, placement.firstSilentSample),
      },
      ...(late !== undefined && { recalled: late }),
    }
  }
}
