import type { OpenSpan } from '../timeline/span.js'
import type { Placement, Timeline } from '../timeline/timeline.js'
import { isLiftable } from './signal.js'

/**
 * A silence that follows from what is so (nobody has agreed, the house is closed, this process is cut off) and not from
 * steps that somebody opens and ends: one span over all tracks, of a reason of its own (R4), as often as it becomes so.
 */
export class StandingSilence {
  #open: { readonly span: OpenSpan; readonly firstSilentSample: number } | null = null

  constructor(
    readonly reason: string,
    private readonly timeline: Timeline,
  ) {}

  get isOpen(): boolean {
    return this.#open !== null
  }

  /** Silent from this sample on; while it is already, nothing changes and nothing is late. */
  open(startSample: number): Placement {
    if (this.#open !== null) return { lateSamples: 0, firstSilentSample: this.#open.firstSilentSample }
    const { reason } = this
    const span = { track: null, startSample, endSample: Infinity, reason, isLiftable: isLiftable(reason) }
    const placement = this.timeline.redact(span)
    this.#open = { span, firstSilentSample: placement.firstSilentSample }
    return placement
  }

  /** Covers nothing from this sample on, which it returns; left out: from what comes next. */
  close(atSample = this.timeline.leadSample): number {
    if (this.#open !== null) this.timeline.close(this.#open.span, atSample)
    this.#open = null
    return atSample
  }
}
