import type { Placement, Timeline } from '../timeline/timeline.js'
import type { PolicyOptions } from './options.js'
import { isSilentAt } from './schedule.js'
import { StandingSilence } from './standing-silence.js'

const MINUTE_MS = 60_000

export type HoursChange =
  | { readonly kind: 'closed'; readonly placement: Placement }
  | { readonly kind: 'opened'; readonly clearFromSample: number }

/**
 * Keeps a call silent outside the opening hours. The wall clock is read once, as the call begins, and goes on by the
 * monotonic one: an administrator, or an attacker, who sets the clock in mid-call opens nothing.
 */
export class OpeningHours {
  readonly #silence: StandingSilence
  #minute: number

  constructor(
    private readonly policy: PolicyOptions,
    private readonly timeline: Timeline,
    private readonly startEpochMs: number,
    private readonly startMs: number,
  ) {
    this.#silence = new StandingSilence('schedule', timeline)
    this.#minute = Math.floor(startEpochMs / MINUTE_MS)
  }

  /** The call begins: silent from its first sample when the house is closed. */
  begin(): HoursChange | null {
    return isSilentAt(this.policy, this.startEpochMs) ? this.#close(0) : null
  }

  /** Time passes. Hours change with the minute; null when nothing has changed. */
  tick(nowMs: number): HoursChange | null {
    if (this.policy.schedule === null) return null
    const epochMs = this.startEpochMs + (nowMs - this.startMs)
    const minute = Math.floor(epochMs / MINUTE_MS)
    if (minute === this.#minute) return null
    this.#minute = minute
    const isSilent = isSilentAt(this.policy, epochMs)
    if (isSilent === this.#silence.isOpen) return null
    return isSilent
      ? this.#close(this.timeline.leadSample)
      : { kind: 'opened', clearFromSample: this.#silence.close() }
  }

  #close(startSample: number): HoursChange {
    return { kind: 'closed', placement: this.#silence.open(startSample) }
  }
}
