/** Every metric of the proxy. The names, labels and units are public: docs/metrics.md lists them all, and a test compares. */
export interface MetricDescription {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly unit: 'seconds' | 'bytes' | 'count'
  readonly labels: readonly string[]
  /** How the values of several processes become one; left out: they are added up. */
  readonly across?: 'max' | 'min' | 'first'
  /** One sentence for whoever reads the scrape. */
  readonly help: string
}

type Descriptions = Readonly<Record<string, MetricDescription>>

/** Counted by ProxyMetrics. Seconds of audio are summed over the tracks concerned. */
const countedMetrics = {
  hushfork_frames_total: {
    type: 'counter',
    unit: 'count',
    labels: ['verdict'],
    help: 'Frames released: pass as they came, redact as silence, deadline as silence because nobody had judged them.',
  },
  hushfork_redacted_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    labels: ['reason'],
    help: 'Audio silenced, by the reason of the span that covers it.',
  },
  hushfork_late_redaction_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    labels: [],
    help: 'Sensitive audio that had already left when it was found.',
  },
  hushfork_unjudged_silenced_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    labels: [],
    help: 'Audio silenced because no verdict came before its deadline.',
  },
  hushfork_unjudged_passed_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    labels: [],
    help: 'Audio passed without a verdict because a detector is set to failOpen; stays 0 without that setting.',
  },
  hushfork_detector_faults_total: {
    type: 'counter',
    unit: 'count',
    labels: ['worker', 'reason'],
    help: 'What went wrong with whoever listens beside the media loop; what nobody heard is silent.',
  },
  hushfork_phrase_windows_total: {
    type: 'counter',
    unit: 'count',
    labels: ['worker'],
    help: 'Windows in which single numbers are silenced, opened by words of payment that a worker heard.',
  },
  hushfork_violations_total: {
    type: 'counter',
    unit: 'count',
    labels: ['dialect', 'code'],
    help: 'Messages that broke the rules of their dialect, by what was wrong.',
  },
  hushfork_signals_total: {
    type: 'counter',
    unit: 'count',
    labels: ['result'],
    help: 'Signals from pages, desktops, back ends and keys, by the answer they got.',
  },
  hushfork_requests_refused_total: {
    type: 'counter',
    unit: 'count',
    labels: ['reason'],
    help: 'Requests to the API that were refused, by the reason.',
  },
  hushfork_directory_asks_total: {
    type: 'counter',
    unit: 'count',
    labels: ['result'],
    help: 'Signals handed to other processes: answered, gone because nobody was there, timeout because nothing came.',
  },
  hushfork_directory_lost_total: {
    type: 'counter',
    unit: 'count',
    labels: [],
    help: 'Words about calls and their steps that were given up because too many waited for the directory.',
  },
  hushfork_leases_expired_total: {
    type: 'counter',
    unit: 'count',
    labels: ['reason'],
    help: 'Steps whose heartbeat stopped; their audio stays silent.',
  },
  hushfork_process_crashes_total: {
    type: 'counter',
    unit: 'count',
    labels: [],
    help: 'Processes that went without being told to, and their calls with them; each is replaced.',
  },
  hushfork_process_hangs_total: {
    type: 'counter',
    unit: 'count',
    labels: [],
    help: 'Those of them that had stopped answering, and were killed for it.',
  },
  hushfork_recorder_lost_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    labels: [],
    help: 'Judged audio given up because the recorder was gone or its queue full.',
  },
  hushfork_connections_refused_total: {
    type: 'counter',
    unit: 'count',
    labels: ['reason'],
    help: 'Connections refused before any recorder was dialled.',
  },
  hushfork_ledger_entries_total: {
    type: 'counter',
    unit: 'count',
    labels: [],
    help: 'Entries written to the ledger.',
  },
  hushfork_ledger_failures_total: {
    type: 'counter',
    unit: 'count',
    labels: [],
    help: 'Writes to the ledger that failed; entries wait in memory and are tried again every second.',
  },
  hushfork_ledger_lost_entries_total: {
    type: 'counter',
    unit: 'count',
    labels: [],
    help: 'Entries given up because the ledger was not writable for too long; the ledger says how many.',
  },
  hushfork_erasures_total: {
    type: 'counter',
    unit: 'count',
    labels: ['state'],
    help: 'Ranges that had left and were asked back from recorders: asked, confirmed, failed.',
  },
  hushfork_leak_suspected_total: {
    type: 'counter',
    unit: 'count',
    labels: [],
    help: 'Keys or card numbers that a second listener found in what was sent; stays 0.',
  },
} as const satisfies Descriptions

/** Timed by ProxyMetrics. */
const timedMetrics = {
  hushfork_frame_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['stage'],
    help: 'Time of a frame in each stage; total_added is the whole way less the hold-back that the policy asks for.',
  },
  hushfork_decision_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['trigger'],
    help: 'From the arrival of the first sensitive sample until its span is known.',
  },
  hushfork_detector_lag_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['detector'],
    help: 'How far a detector watermark lies behind the newest sample.',
  },
  hushfork_detector_batch_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['worker'],
    help: 'How long a worker was busy with one batch of audio, or a service with one request.',
  },
  hushfork_signal_latency_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: [],
    help: 'From the receipt of a signal until its call is silent and the answer is known.',
  },
  hushfork_ledger_lag_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: [],
    help: 'From an event until its entry is written to the ledger.',
  },
  hushfork_event_loop_lag_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: [],
    help: 'How late the process runs a timer that is due every 20 ms.',
  },
} as const satisfies Descriptions

/** Read when Prometheus asks. */
const sampledMetrics = {
  hushfork_calls: {
    type: 'gauge',
    unit: 'count',
    labels: ['dialect', 'tenant'],
    help: 'Calls in progress.',
  },
  hushfork_processes: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    help: 'Processes that carry calls.',
  },
  hushfork_speech_threads: {
    type: 'gauge',
    unit: 'count',
    labels: ['state'],
    help: 'Threads that listen for spoken numbers, by state: starting, listening, behind (overloaded).',
  },
  hushfork_span_open_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: ['reason'],
    across: 'max',
    help: 'Age of the oldest step of each kind that is still open; 0 when none is.',
  },
  hushfork_directory_up: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    across: 'min',
    help: '1 while the directory is reached, or none is configured; 0 while this process is split from it.',
  },
  hushfork_directory_backlog: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    help: 'Words about calls and their steps that wait to be told to the directory.',
  },
  hushfork_held_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Messages held back in memory until they are judged.',
  },
  hushfork_recorder_backlog_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Judged messages that wait for their recorders.',
  },
  hushfork_recorder_links: {
    type: 'gauge',
    unit: 'count',
    labels: ['state'],
    help: 'Links to recorders, by state: connecting, open, lost.',
  },
  hushfork_ledger_sequence: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    across: 'max',
    help: 'Number of the newest entry in the ledger: a witness elsewhere that it was there. 0 without a ledger.',
  },
  hushfork_ledger_copied_sequence: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    across: 'max',
    help: 'Number of the newest entry that is in the copy of the ledger; 0 without a copy.',
  },
  hushfork_ledger_backlog_entries: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    help: 'Entries that wait to be written to the ledger.',
  },
  hushfork_external_memory_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Memory outside the JavaScript heap: audio in buffers, codecs.',
  },
  hushfork_build_info: {
    type: 'gauge',
    unit: 'count',
    labels: ['version', 'node'],
    across: 'first',
    help: 'Always 1; its labels say which version of the proxy runs on which Node.',
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Resident memory size in bytes.',
  },
  process_heap_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'JavaScript heap in use.',
  },
  process_cpu_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    labels: [],
    help: 'Total user and system CPU time spent in seconds.',
  },
  process_start_time_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: [],
    across: 'min',
    help: 'Start time of the process since unix epoch in seconds.',
  },
} as const satisfies Descriptions

/** Of `hushfork recognize` alone. */
export const recognizerMetrics = {
  hushfork_recognizer_streams: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    help: 'Streams that are listened to.',
  },
  hushfork_recognizer_streams_total: {
    type: 'counter',
    unit: 'count',
    labels: ['result'],
    help: 'Streams that have ended, by how: done, cancelled by the client, or refused or ended for a reason.',
  },
} as const satisfies Descriptions

/** What `hushfork recognize` has in common with the proxy. */
export const sharedMetrics = [
  'hushfork_detector_faults_total',
  'hushfork_detector_batch_seconds',
  'hushfork_event_loop_lag_seconds',
  'hushfork_speech_threads',
  'hushfork_external_memory_bytes',
  'hushfork_build_info',
  'process_resident_memory_bytes',
  'process_heap_bytes',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
] as const satisfies readonly MetricName[]

export type RecognizerMetric = keyof typeof recognizerMetrics
export type CountedMetric = keyof typeof countedMetrics
export type TimedMetric = keyof typeof timedMetrics
export type SampledMetric = keyof typeof sampledMetrics
export type MetricName = CountedMetric | TimedMetric | SampledMetric

/** All of them, in the order of the scrape. */
export const metrics: Readonly<Record<MetricName, MetricDescription>> = {
  ...countedMetrics,
  ...timedMetrics,
  ...sampledMetrics,
}

/**
 * Boundaries of every histogram, from 0.1 ms to 10 s in steps of 1, 2 and 5. 20 ms is one frame of most forks and the
 * bound that the load figures are held to; 10 s is the longest hold-back.
 */
export const bucketBoundariesSeconds: readonly number[] = [
  0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
]
