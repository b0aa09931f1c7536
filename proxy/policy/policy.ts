import type { Finding } from '../detectors/detector.js'
import { detectors } from '../detectors/index.js'
import { actionOf } from '../detectors/speech/words/options.js'
import { isCategory } from '../detectors/speech/words/stretch.js'
import { samplesOf } from '../media/time.js'
import type { RedactionSpan } from '../timeline/span.js'
import type { ReachBack } from '../timeline/watermark.js'
import type { PolicyOptions } from './options.js'
import { isLiftable, SPECIAL_CATEGORY } from './signal.js'

/**
 * Audio that a frame and its detectors are allowed to lag behind, ms, when the echo's reach-back is fitted into a short
 * hold-back: one frame of 20 ms that is still being filled, and one that waits for its turn.
 */
export const FRAME_MARGIN_MS = 40

/** Whether the findings of this detector have their pads. */
export const isPadded = (name: string): boolean =>
  Object.hasOwn(detectors, name) && detectors[name as keyof typeof detectors].isPadded

/** How far spans reach before what was found, for one call: pads, and as much of the echo path as the hold-back leaves. */
export const reachBackOf = (
  options: PolicyOptions,
  detectorLagMs: number,
  clockRateHz: number,
): ReachBack => {
  const own = options.dtmf.padBeforeMs
  if (options.tracks === 'own') return { ownSamples: samplesOf(own, clockRateHz), crossSamples: null }
  const roomMs = Math.max(own, options.holdBackMs - detectorLagMs - FRAME_MARGIN_MS)
  return {
    ownSamples: samplesOf(own, clockRateHz),
    crossSamples: samplesOf(Math.min(Math.max(own, options.dtmf.echoMs), roomMs), clockRateHz),
  }
}

/** What is sensitive in one call, and why: findings and digit events become spans here. Holds no digit. */
export class CallPolicy {
  readonly #padAfterSamples: number
  readonly #echoAfterSamples: number
  readonly #entryHoldSamples: number
  readonly #eventBeforeSamples: number
  readonly #eventAfterSamples: number
  readonly #echoSamples: number
  #lastOnsetTrack = -1
  #lastOnsetSample = -Infinity
  #isEntry = false

  constructor(
    private readonly options: PolicyOptions,
    private readonly trackCount: number,
    private readonly reachBack: ReachBack,
    clockRateHz: number,
  ) {
    const samples = (ms: number): number => samplesOf(ms, clockRateHz)
    this.#padAfterSamples = samples(options.dtmf.padAfterMs)
    this.#echoAfterSamples = samples(Math.max(options.dtmf.echoMs, options.dtmf.padAfterMs))
    this.#echoSamples = samples(options.dtmf.echoMs)
    this.#entryHoldSamples = samples(options.dtmf.entryHoldMs)
    this.#eventBeforeSamples = samples(options.digitEvents.padBeforeMs)
    this.#eventAfterSamples = samples(options.digitEvents.padAfterMs)
  }

  /**
   * Appends the spans of a finding: its own track with the pads, the others with the echo path; one that is padded, as it is.
   * False for one that the policy has noted alone: nothing is silenced for it.
   */
  onFinding(finding: Finding, out: RedactionSpan[]): boolean {
    if (this.#isNotedOnly(finding)) return false
    if (isPadded(finding.detector)) out.push(this.#spanOf(finding))
    else this.#padKey(finding, out)
    return true
  }

  #padKey(finding: Finding, out: RedactionSpan[]): void {
    if (finding.isOnset) this.#noteOnset(finding)
    const hold = this.#isEntry ? this.#entryHoldSamples : 0
    const { ownSamples, crossSamples } = this.reachBack
    for (let track = 0; track < this.trackCount; track++) {
      const isOwn = track === finding.track
      if (!isOwn && crossSamples === null) continue
      out.push({
        track,
        startSample: finding.startSample - (isOwn ? ownSamples : crossSamples!),
        endSample: finding.endSample + Math.max(isOwn ? this.#padAfterSamples : this.#echoAfterSamples, hold),
        reason: finding.detector,
      })
    }
  }

  #isNotedOnly({ detector, label }: Finding): boolean {
    return detector === 'speech' && actionOf(this.options.detectors.speech.words, label) === 'mark'
  }

  #spanOf({ track, startSample, endSample, detector, label }: Finding): RedactionSpan {
    const reason = detector === 'speech' && isCategory(label) ? SPECIAL_CATEGORY : detector
    return {
      track: this.options.tracks === 'all' ? null : track,
      startSample,
      endSample,
      reason,
      isLiftable: isLiftable(reason),
    }
  }

  /** Appends the span of a key that the PBX reported at `atSample`, after it had sounded for `durationSamples` (0: unknown). */
  onDigit(track: number | null, atSample: number, durationSamples: number, out: RedactionSpan[]): void {
    out.push({
      track: this.options.tracks === 'all' ? null : track,
      startSample: atSample - durationSamples - this.#eventBeforeSamples,
      endSample: atSample + this.#eventAfterSamples,
      reason: 'digit',
    })
  }

  /**
   * Two keys close together are an entry: from the second on, keys that the detector misses are covered as well. One key
   * and its echo on another track are not two.
   */
  #noteOnset(finding: Finding): void {
    const sinceLast = finding.startSample - this.#lastOnsetSample
    if (finding.track !== this.#lastOnsetTrack && Math.abs(sinceLast) <= this.#echoSamples) return
    this.#isEntry = sinceLast <= this.#entryHoldSamples && this.#entryHoldSamples > 0
    this.#lastOnsetTrack = finding.track
    this.#lastOnsetSample = finding.startSample
  }
}
