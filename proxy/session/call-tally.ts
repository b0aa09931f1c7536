/**
 * What a call counts and what it tells: every figure goes to the metrics, every event to the audit, and the sums to the
 * summary. Decides nothing, and sees no audio.
 */
import type { Finding } from '../detectors/detector.js'
import type { Side } from '../dialects/dialect.js'
import type { MediaFrame } from '../media/frame.js'
import { msOf } from '../media/time.js'
import type { AuditEvent, TrackRange } from '../policy/audit.js'
import type { CallSignal, SignalOrigin } from '../policy/signal.js'
import type { Placement, Release } from '../timeline/timeline.js'
import type { Lane } from './lane.js'
import type { Listeners } from './listeners.js'
import { type RedactedRun, RedactionLog } from './redaction-log.js'
import type { SessionMetrics } from './session-metrics.js'
import { SpanJournal } from './span-journal.js'

/** One call's sums. */
export interface CallFigures {
  readonly clockRateHz: number
  readonly framesIn: number
  readonly framesOut: number
  readonly framesRedacted: number
  readonly runs: readonly RedactedRun[]
  readonly lateMs: number
  readonly unjudgedSilencedMs: number
  readonly unjudgedPassedMs: number
  readonly violations: number
  /** Judged audio that no recorder got, samples per track. */
  readonly lostSamples: number
}

/** Looks at the detectors between two observations of their lag: a histogram needs no more, and a lag asks for every watermark. */
const LOOKS_PER_LAG = 8

export class CallTally {
  #clockRateHz = 8000
  #log = new RedactionLog(0)
  #journal: SpanJournal
  #passed: SpanJournal
  /** A journal has something that is still to be closed. */
  #isTelling = false
  readonly #failedDetectors = new Set<string>()
  #looks = 0
  /** Frames that have left together after the same time, not told to the metrics yet; how many of them as they came. */
  #left = 0
  #leftPassed = 0
  #leftHeldMs = 0
  #leftAddedMs = 0
  #framesIn = 0
  #framesOut = 0
  #framesRedacted = 0
  #lateMs = 0
  #unjudgedSilencedMs = 0
  #unjudgedPassedMs = 0
  #violations = 0
  #lostSamples = 0

  constructor(
    private readonly dialectName: string,
    private readonly metrics: SessionMetrics,
    private readonly audit: (event: AuditEvent) => void,
  ) {
    this.#journal = this.#createJournal()
    this.#passed = this.#createPassedJournal()
  }

  opened(trackCount: number, clockRateHz: number, isProbe: boolean): void {
    this.#clockRateHz = clockRateHz
    this.#log = new RedactionLog(trackCount)
    this.#journal = this.#createJournal()
    this.#passed = this.#createPassedJournal()
    this.audit({ kind: 'call-opened', trackCount, isProbe })
  }

  received(): void {
    this.#framesIn++
  }

  /** A frame leaves after `heldMs`, `addedMs` of them beyond what was intended. Hot. */
  released(frame: MediaFrame, release: Release, lane: Lane, heldMs: number, addedMs: number): void {
    const { metrics } = this
    this.#framesOut++
    if (heldMs !== this.#leftHeldMs || addedMs !== this.#leftAddedMs) this.settled()
    this.#left++
    this.#leftHeldMs = heldMs
    this.#leftAddedMs = addedMs
    if (this.#isTelling) this.#advanceJournals(frame.startSample)
    if (release.passedUnjudgedSamples > 0) this.#notePassedUnjudged(frame, release, lane)
    if (release.ranges.length === 0 && !lane.hasExtended) {
      this.#leftPassed++
      return
    }
    this.#framesRedacted++
    const unjudgedSamples = this.#noteRanges(frame, release, lane)
    if (lane.hasExtended)
      for (const track of lane.tracks)
        this.#noteSilent(track, frame.startSample, frame.startSample + frame.sampleCount, 'hidden-copy')
    metrics.frameReleased(unjudgedSamples > 0 ? 'deadline' : 'redact')
    if (unjudgedSamples > 0) this.#noteUnjudged(unjudgedSamples)
  }

  /** What has left together is told to the metrics together: frames that came in one read leave after the same time. Hot. */
  settled(): void {
    if (this.#left === 0) return
    const { metrics } = this
    metrics.latency('hold', this.#leftHeldMs, this.#left)
    metrics.latency('total_added', this.#leftAddedMs, this.#left)
    if (this.#leftPassed > 0) metrics.frameReleased('pass', this.#leftPassed)
    this.#left = 0
    this.#leftPassed = 0
  }

  /** Late is loud (R5). Returns the milliseconds that had left. */
  placed(reason: string, placement: Placement): number {
    const { late } = placement
    if (late === undefined) return 0
    const lateMs = msOf(placement.lateSamples, this.#clockRateHz)
    this.#lateMs += lateMs
    this.metrics.late(lateMs / 1000)
    this.audit({ kind: 'late', reason, lateMs, ...late })
    return lateMs
  }

  /** A finding that silences nothing, and is on the record. */
  noted({ label, track, startSample, endSample }: Finding): void {
    this.audit({ kind: 'noted', reason: label, tracks: [track], startSample, endSample })
  }

  /** What had left by agreement is to be erased: no fault, so nothing is late. */
  recalled(reason: string, range: TrackRange): void {
    this.audit({ kind: 'recalled', reason, ...range })
  }

  stepOpened(reason: string, origin: SignalOrigin | 'policy', placement: Placement): void {
    const lateMs = this.placed(reason, placement)
    this.audit({ kind: 'step-opened', reason, origin, startSample: placement.firstSilentSample, lateMs })
  }

  stepClosed(reason: string, atSample: number): void {
    this.audit({ kind: 'step-closed', reason, atSample })
  }

  leasesExpired(reason: string, count: number): void {
    for (let i = 0; i < count; i++) this.metrics.leaseExpired(reason)
    this.audit({ kind: 'lease-expired', reason, count })
  }

  /** What has been said about consent, or that nobody has answered. */
  consent(state: string, origin: SignalOrigin | 'policy', atSample: number): void {
    this.audit({ kind: 'consent', state, origin, atSample })
  }

  /** A key that was a signal: nobody else counts it. `ms` is its age when it was carried out. */
  signalled(result: string, ms: number): void {
    this.metrics.signal(result, ms)
  }

  /** A signal that its sender may not give. Whoever brought it counts the answer. */
  refused({ kind, state, origin }: CallSignal): void {
    this.audit({ kind: 'signal-refused', signal: kind, state, origin })
  }

  decided(finding: Finding, leadSample: number): void {
    this.metrics.decision(finding.detector, msOf(leadSample - finding.startSample, this.#clockRateHz))
  }

  /** What the detectors look like now: a failure is told once, how far one is behind is looked at now and then. Hot. */
  listened(listeners: Listeners, leadSample: number): void {
    const isLagDue = ++this.#looks % LOOKS_PER_LAG === 0
    for (const detector of listeners.detectors) {
      if (detector.health === 'failed') this.#noteFailed(detector.name)
      else if (isLagDue) this.#noteLag(detector.name, listeners.lagSamples(detector, leadSample))
    }
  }

  violated(side: Side, code: string): void {
    this.#violations++
    this.metrics.violation(this.dialectName, code)
    this.audit({ kind: 'violation', side, code })
  }

  /** Judged audio that no recorder will get. */
  lost(samples: number): void {
    this.#lostSamples += samples
    this.metrics.recorderLost(samples / this.#clockRateHz)
    this.audit({ kind: 'recorder-gap', ms: msOf(samples, this.#clockRateHz) })
  }

  /** Nothing more will leave: tells what is still to be told of what has. */
  finish(): void {
    this.settled()
    this.#journal.finish()
    this.#passed.finish()
  }

  figures(): CallFigures {
    return {
      clockRateHz: this.#clockRateHz,
      framesIn: this.#framesIn,
      framesOut: this.#framesOut,
      framesRedacted: this.#framesRedacted,
      runs: this.#log.toRuns(),
      lateMs: this.#lateMs,
      unjudgedSilencedMs: this.#unjudgedSilencedMs,
      unjudgedPassedMs: this.#unjudgedPassedMs,
      violations: this.#violations,
      lostSamples: this.#lostSamples,
    }
  }

  /** Notes what is silent in a frame and why; returns the samples that are so because nobody had judged them. */
  #noteRanges(frame: MediaFrame, release: Release, lane: Lane): number {
    let unjudgedSamples = 0
    for (let i = 0; i < release.ranges.length; i++) {
      const range = release.ranges[i]!
      const reason = release.reasons[i]!
      const startSample = frame.startSample + (lane.isFrameWise ? 0 : range.startSample)
      const endSample = frame.startSample + (lane.isFrameWise ? frame.sampleCount : range.endSample)
      const tracks = lane.isFrameWise ? lane.tracks : [lane.tracks[range.channel!]!]
      for (const track of tracks) this.#noteSilent(track, startSample, endSample, reason)
      this.metrics.redacted(reason, (endSample - startSample) / this.#clockRateHz)
      if (reason === 'deadline') unjudgedSamples = Math.max(unjudgedSamples, endSample - startSample)
    }
    return unjudgedSamples
  }

  #noteFailed(detector: string): void {
    if (this.#failedDetectors.has(detector)) return
    this.#failedDetectors.add(detector)
    this.audit({ kind: 'detector-failed', detector })
  }

  #noteLag(detector: string, lagSamples: number): void {
    this.metrics.detectorLag(detector, Math.max(0, msOf(lagSamples, this.#clockRateHz)))
  }

  #advanceJournals(sample: number): void {
    this.#journal.advance(sample)
    this.#passed.advance(sample)
    this.#isTelling = !this.#journal.isIdle || !this.#passed.isIdle
  }

  #noteUnjudged(samples: number): void {
    const ms = msOf(samples, this.#clockRateHz)
    this.#unjudgedSilencedMs += ms
    this.metrics.unjudgedSilenced(ms / 1000)
    this.audit({ kind: 'unjudged-silenced', ms })
  }

  #notePassedUnjudged(frame: MediaFrame, { passedUnjudgedSamples }: Release, lane: Lane): void {
    const ms = msOf(passedUnjudgedSamples, this.#clockRateHz)
    this.#unjudgedPassedMs += ms
    this.metrics.unjudgedPassed(ms / 1000)
    this.audit({ kind: 'unjudged-passed', ms })
    this.#isTelling = true
    for (const track of lane.tracks)
      this.#passed.add(track, frame.startSample, frame.startSample + frame.sampleCount, 'unjudged')
  }

  #noteSilent(track: number, startSample: number, endSample: number, reason: string): void {
    this.#isTelling = true
    this.#log.add(track, startSample, endSample, reason)
    this.#journal.add(track, startSample, endSample, reason)
  }

  #createJournal(): SpanJournal {
    return new SpanJournal(this.#clockRateHz, (event) => this.audit(event))
  }

  #createPassedJournal(): SpanJournal {
    return new SpanJournal(this.#clockRateHz, (span) => this.audit({ kind: 'passed-range', span }))
  }
}
