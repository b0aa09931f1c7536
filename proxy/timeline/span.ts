import { SPANS_PER_TRACK_MAX } from '../base/limits.js'

/**
 * What the policy has decided: a half-open sample range on one track, or on every track (null), with its reason.
 * Spans nest (R4): each opens and closes on its own, and a sample is silent while any covers it. An open-ended span has
 * endSample Infinity until `Timeline.close` gives it an end; nothing else changes after it has been placed.
 */
export interface RedactionSpan {
  readonly track: number | null
  readonly startSample: number
  readonly endSample: number
  readonly reason: string
  /** True when a lift opens it while both cover a sample; left out: nothing does. */
  readonly isLiftable?: boolean
}

/** A span whose end is still to come: only its owner gives it one, through the timeline. */
export interface OpenSpan extends RedactionSpan {
  endSample: number
}

/** The spans that concern one track, in the order in which they were placed. */
export class SpanList {
  readonly #spans: RedactionSpan[] = []

  get size(): number {
    return this.#spans.length
  }

  at(index: number): RedactionSpan {
    return this.#spans[index]!
  }

  /**
   * Places a span. One that continues, or overlaps, the last of the same reason is joined with it, so that a key held for
   * seconds, reported piece by piece, stays one span. At the limit the two oldest closed spans become one.
   */
  add(span: RedactionSpan): void {
    const last = this.#spans[this.#spans.length - 1]
    if (last !== undefined && isClosed(last) && isClosed(span) && touches(last, span)) {
      this.#spans[this.#spans.length - 1] = joined(last, span)
      return
    }
    if (this.#spans.length >= SPANS_PER_TRACK_MAX) this.#joinOldest()
    this.#spans.push(span)
  }

  /** Adds to a set of ranges: whatever it touches becomes one with it. At the limit the oldest is forgotten. */
  unite(span: RedactionSpan): void {
    let union = span
    let kept = 0
    for (let i = 0; i < this.#spans.length; i++) {
      const other = this.#spans[i]!
      if (touches(other, union)) union = joined(other, union)
      else this.#spans[kept++] = other
    }
    this.#spans.length = kept
    if (kept >= SPANS_PER_TRACK_MAX) this.#spans.shift()
    this.#spans.push(union)
  }

  /** How many samples of [startSample, endSample) a set of ranges, made by `unite`, covers. */
  coveredSamples(startSample: number, endSample: number): number {
    let covered = 0
    for (const span of this.#spans)
      covered += Math.max(0, Math.min(endSample, span.endSample) - Math.max(startSample, span.startSample))
    return covered
  }

  /** Forgets spans that end at or before this sample. */
  prune(beforeSample: number): void {
    if (this.#spans.length === 0) return
    let kept = 0
    for (let i = 0; i < this.#spans.length; i++) {
      const span = this.#spans[i]!
      if (span.endSample > beforeSample) this.#spans[kept++] = span
    }
    if (kept < this.#spans.length) this.#spans.length = kept
  }

  #joinOldest(): void {
    const first = this.#spans.findIndex(isClosed)
    const second = this.#spans.findIndex((span, i) => i > first && isClosed(span))
    if (first < 0 || second < 0) return // all open-ended: as many as OPEN_STEPS_PER_KIND_MAX allows, no more
    this.#spans[first] = joined(this.#spans[first]!, this.#spans[second]!)
    this.#spans.splice(second, 1)
  }
}

const isClosed = (span: RedactionSpan): boolean => span.endSample !== Infinity

const touches = (a: RedactionSpan, b: RedactionSpan): boolean =>
  a.reason === b.reason && a.track === b.track && b.startSample <= a.endSample && a.startSample <= b.endSample

const joined = (a: RedactionSpan, b: RedactionSpan): RedactionSpan => ({
  track: a.track,
  startSample: Math.min(a.startSample, b.startSample),
  endSample: Math.max(a.endSample, b.endSample),
  reason: a.reason,
  ...(a.isLiftable !== undefined && { isLiftable: a.isLiftable }),
})
