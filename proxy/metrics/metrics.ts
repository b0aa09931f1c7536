import { CounterFamily, HistogramFamily } from './families.js'
import { LabelSet } from './label-set.js'
import type { CountedMetric, TimedMetric } from './names.js'

/** Where a frame spends its time; `total_added` is the whole way less the hold-back that the policy asks for. */
export const frameStages = ['ingest', 'detect', 'hold', 'release', 'total_added'] as const
export type FrameStage = (typeof frameStages)[number]

/** How a frame leaves: as it came, silenced, or silenced because nobody had judged it in time. */
export const frameVerdicts = ['pass', 'redact', 'deadline'] as const
export type FrameVerdict = (typeof frameVerdicts)[number]

/** What becomes of a range that a recorder is asked to erase. */
const erasureStates = ['asked', 'confirmed', 'failed'] as const
export type ErasureState = (typeof erasureStates)[number]

/** Violation codes told apart over all dialects: some ten in each, many shared. */
const VIOLATION_CODES_MAX = 256

/**
 * Label values to show at 0 before they first occur. Prometheus cannot see the first increase of a counter that was not
 * there before, so whoever knows the vocabulary (the registries, the policy) gives it here.
 */
export interface KnownLabels {
  readonly reasons?: readonly string[]
  /** Kinds of steps. */
  readonly steps?: readonly string[]
  readonly detectors?: readonly string[]
  readonly triggers?: readonly string[]
  readonly results?: readonly string[]
  readonly refusals?: readonly string[]
  readonly requestRefusals?: readonly string[]
  readonly askResults?: readonly string[]
}

/**
 * Everything the proxy counts and times, in typed arrays; edge/prometheus.ts reads them at a scrape. No label is ever a
 * call id or a number (LabelSet sees to it), and label values beyond a bound are counted as `other`. Amounts that are
 * no numbers above 0 count nothing; durations that are none count as 0.
 */
export class ProxyMetrics {
  /** For the scrape: every family under its public name. */
  readonly counters: Readonly<Record<CountedMetric, CounterFamily>>
  /** For the scrape, likewise. */
  readonly histograms: Readonly<Record<TimedMetric, HistogramFamily>>

  readonly #frames = new CounterFamily(new LabelSet(frameVerdicts))
  readonly #redacted: CounterFamily
  readonly #late = new CounterFamily()
  readonly #unjudgedSilenced = new CounterFamily()
  readonly #unjudgedPassed = new CounterFamily()
  readonly #violations = new CounterFamily(new LabelSet(), new LabelSet([], VIOLATION_CODES_MAX))
  readonly #detectorFaults = new CounterFamily(new LabelSet(), new LabelSet())
  readonly #phraseWindows = new CounterFamily(new LabelSet())
  readonly #signals: CounterFamily
  readonly #requestsRefused: CounterFamily
  readonly #leasesExpired: CounterFamily
  readonly #directoryAsks: CounterFamily
  readonly #processCrashes = new CounterFamily()
  readonly #processHangs = new CounterFamily()
  readonly #recorderLost = new CounterFamily()
  readonly #refused: CounterFamily
  readonly #erasures = new CounterFamily(new LabelSet(erasureStates))
  readonly #directoryLost = new CounterFamily()
  readonly #leakSuspected = new CounterFamily()
  readonly #ledgerEntries = new CounterFamily()
  readonly #ledgerFailures = new CounterFamily()
  readonly #ledgerLost = new CounterFamily()

  readonly #frameLatency = new HistogramFamily(new LabelSet(frameStages))
  readonly #decisionLatency: HistogramFamily
  readonly #detectorLag: HistogramFamily
  readonly #detectorBatch = new HistogramFamily(new LabelSet())
  readonly #signalLatency = new HistogramFamily()
  readonly #ledgerLag = new HistogramFamily()
  readonly #eventLoopLag = new HistogramFamily()

  constructor(known: KnownLabels = {}) {
    this.#redacted = new CounterFamily(new LabelSet(known.reasons))
    this.#leasesExpired = new CounterFamily(new LabelSet(known.steps))
    this.#directoryAsks = new CounterFamily(new LabelSet(known.askResults))
    this.#signals = new CounterFamily(new LabelSet(known.results))
    this.#requestsRefused = new CounterFamily(new LabelSet(known.requestRefusals))
    this.#refused = new CounterFamily(new LabelSet(known.refusals))
    this.#decisionLatency = new HistogramFamily(new LabelSet(known.triggers))
    this.#detectorLag = new HistogramFamily(new LabelSet(known.detectors))
    this.counters = {
      hushfork_frames_total: this.#frames,
      hushfork_redacted_seconds_total: this.#redacted,
      hushfork_late_redaction_seconds_total: this.#late,
      hushfork_unjudged_silenced_seconds_total: this.#unjudgedSilenced,
      hushfork_unjudged_passed_seconds_total: this.#unjudgedPassed,
      hushfork_detector_faults_total: this.#detectorFaults,
      hushfork_phrase_windows_total: this.#phraseWindows,
      hushfork_violations_total: this.#violations,
      hushfork_signals_total: this.#signals,
      hushfork_requests_refused_total: this.#requestsRefused,
      hushfork_directory_asks_total: this.#directoryAsks,
      hushfork_leases_expired_total: this.#leasesExpired,
      hushfork_process_crashes_total: this.#processCrashes,
      hushfork_process_hangs_total: this.#processHangs,
      hushfork_recorder_lost_seconds_total: this.#recorderLost,
      hushfork_connections_refused_total: this.#refused,
      hushfork_erasures_total: this.#erasures,
      hushfork_directory_lost_total: this.#directoryLost,
      hushfork_leak_suspected_total: this.#leakSuspected,
      hushfork_ledger_entries_total: this.#ledgerEntries,
      hushfork_ledger_failures_total: this.#ledgerFailures,
      hushfork_ledger_lost_entries_total: this.#ledgerLost,
    }
    this.histograms = {
      hushfork_frame_latency_seconds: this.#frameLatency,
      hushfork_decision_latency_seconds: this.#decisionLatency,
      hushfork_detector_lag_seconds: this.#detectorLag,
      hushfork_detector_batch_seconds: this.#detectorBatch,
      hushfork_signal_latency_seconds: this.#signalLatency,
      hushfork_ledger_lag_seconds: this.#ledgerLag,
      hushfork_event_loop_lag_seconds: this.#eventLoopLag,
    }
  }

  /** `count` frames spent `ms` in a stage, each. Hot. */
  latency(stage: FrameStage, ms: number, count = 1): void {
    this.#frameLatency.observe(ms, stage, count)
  }

  /** So many frames have left. Hot. */
  frameReleased(verdict: FrameVerdict, count = 1): void {
    this.#frames.add(count, verdict)
  }

  /** Audio was silenced for a span's reason; count each track's seconds. Hot. */
  redacted(reason: string, seconds: number): void {
    this.#redacted.add(seconds, reason)
  }

  /** A span covers audio that has already left (rule R5). */
  late(seconds: number): void {
    this.#late.add(seconds)
  }

  /** Audio left as silence at its deadline (rule R1). Hot. */
  unjudgedSilenced(seconds: number): void {
    this.#unjudgedSilenced.add(seconds)
  }

  /** Audio left as it came although a failOpen detector had not judged it (rule R1). Hot. */
  unjudgedPassed(seconds: number): void {
    this.#unjudgedPassed.add(seconds)
  }

  /** A peer broke its dialect's rules; `code` is from the dialect's WIRE.md. */
  violation(dialect: string, code: string): void {
    this.#violations.add(1, dialect, code)
  }

  /** A detector's watermark lies `ms` behind the newest sample. Hot. */
  detectorLag(detector: string, ms: number): void {
    this.#detectorLag.observe(ms, detector)
  }

  /** A batch kept a worker beside the media loop busy for `busyMs`. */
  worked(worker: string, _audioMs: number, busyMs: number): void {
    this.#detectorBatch.observe(busyMs, worker)
  }

  /** Something went wrong with a worker; `reason` is of its closed vocabulary. */
  faulted(worker: string, reason: string): void {
    this.#detectorFaults.add(1, worker, reason)
  }

  /** Words that a worker heard have opened a window. */
  windowOpened(worker: string): void {
    this.#phraseWindows.add(1, worker)
  }

  /** A span became known `ms` after its first sample had arrived. */
  decision(trigger: string, ms: number): void {
    this.#decisionLatency.observe(ms, trigger)
  }

  /** A signal was answered `ms` after its receipt. */
  signal(result: string, ms: number): void {
    this.#signals.add(1, result)
    this.#signalLatency.observe(ms)
  }

  /** A request to the API was refused; `reason` is a word of access/refusal.ts. */
  requestRefused(reason: string): void {
    this.#requestsRefused.add(1, reason)
  }

  /** A signal was handed to another process; `result` is a word of directory/nats-directory.io.ts. */
  directoryAsked(result: string): void {
    this.#directoryAsks.add(1, result)
  }

  /** A word for the directory was given up: too many waited. */
  directoryLost(): void {
    this.#directoryLost.add(1)
  }

  /** A step's heartbeat has stopped; its span stays closed. */
  leaseExpired(reason: string): void {
    this.#leasesExpired.add(1, reason)
  }

  /** A process has gone without being told to; `hung`: it had stopped answering, and was killed. */
  processCrashed(how: 'crashed' | 'hung'): void {
    this.#processCrashes.add(1)
    if (how === 'hung') this.#processHangs.add(1)
  }

  /** Judged audio was given up at a full queue or a dead recorder; the ledger names the gap. */
  recorderLost(seconds: number): void {
    this.#recorderLost.add(seconds)
  }

  /** A connection was refused; `reason` is a static word ('credentials', 'full', ...). */
  refused(reason: string): void {
    this.#refused.add(1, reason)
  }

  /** A recorder was asked to erase a range, has done so, or was given up. */
  erasure(state: ErasureState): void {
    this.#erasures.add(1, state)
  }

  /** A self-check found sensitive audio where silence should have been. */
  leakSuspected(): void {
    this.#leakSuspected.add(1)
  }

  /** `entries` are in the ledger, the oldest of them `lagMs` after its event. */
  ledgerWritten(entries: number, lagMs: number): void {
    this.#ledgerEntries.add(entries)
    this.#ledgerLag.observe(lagMs)
  }

  /** A write to the ledger failed; it is tried again. */
  ledgerFailed(): void {
    this.#ledgerFailures.add(1)
  }

  /** Entries were given up: the ledger was not writable and its queue full. */
  ledgerLost(count: number): void {
    this.#ledgerLost.add(count)
  }

  /** A timer of the event loop fired `ms` after it was due. */
  eventLoopLag(ms: number): void {
    this.#eventLoopLag.observe(ms)
  }
}
