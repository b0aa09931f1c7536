/**
 * A PBX that pauses sends nothing, and no audio comes any more by which the end of what was said could be judged: a key on
 * one track might still be heard as an echo on the other. Where the protocol says that it is a pause, it is known what
 * follows: nothing. Once the end is due, everyone is told so.
 *
 *   said ............|heard out|not heard out| pause: taken for silent | pause ... | said
 *                              ^vouched      ^lead                     ^told, later than the echo reaches
 *
 * What nobody could hear out by itself (a key may have begun there, and nobody will hear the rest of it) leaves as silence all
 * the same. Audio that comes for a position that has been taken for silent is silenced, as ever.
 */
import { msOf, samplesOf } from '../media/time.js'
import type { PolicyOptions } from '../policy/options.js'
import type { RedactionSpan } from '../timeline/span.js'
import type { Timeline } from '../timeline/timeline.js'
import type { ReachBack } from '../timeline/watermark.js'
import type { Listeners } from './listeners.js'

/** A PBX's positions may be behind our clock by this much, ms: a pause must have lasted that much longer than what is told. */
const JITTER_MS_MAX = 500

export interface StreamPauseParts {
  readonly policy: Pick<PolicyOptions, 'holdBackMs'>
  readonly timeline: Timeline
  readonly listeners: Listeners
  readonly reachBack: ReachBack
  readonly detectorLagMs: number
  readonly clockRateHz: number
}

export class StreamPause {
  #newestAtMs = Infinity
  #toldSample = -1
  /** How much silence everyone must be told of, so that all before it is judged. */
  readonly #toldSamples: number

  constructor(private readonly parts: StreamPauseParts) {
    const { reachBack, detectorLagMs, clockRateHz } = parts
    const reachSamples = Math.max(reachBack.ownSamples, reachBack.crossSamples ?? 0)
    this.#toldSamples = reachSamples + samplesOf(detectorLagMs, clockRateHz)
  }

  /** Audio has come. Hot. */
  heard(nowMs: number): void {
    this.#newestAtMs = nowMs
  }

  /**
   * Audio is due that nobody has judged. Returns what leaves as silence because a pause cut it off, when everyone has just been
   * told of the pause; null where there is none, or where it has been told.
   */
  tell(nowMs: number): RedactionSpan | null {
    const { timeline, listeners, policy, reachBack, clockRateHz } = this.parts
    const jitterMs = Math.min(JITTER_MS_MAX, policy.holdBackMs / 4)
    if (nowMs - this.#newestAtMs < msOf(this.#toldSamples, clockRateHz) + jitterMs) return null
    const { leadSample } = timeline
    if (leadSample === this.#toldSample) return null
    this.#toldSample = leadSample
    const startSample = Math.max(0, listeners.vouchedSample - reachBack.ownSamples)
    listeners.takeForSilent(leadSample + this.#toldSamples)
    return { track: null, startSample, endSample: leadSample, reason: 'deadline' }
  }
}
