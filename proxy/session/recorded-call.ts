/**
 * A stored recording, played through a session as if it were being forked: the same judgement as on a live call, at the
 * speed of the machine. Media time is the only clock: a frame arrives at the instant at which its last sample would have
 * been spoken, so that neither the speed nor the size of the frames changes what is silenced.
 */
import { stoppedClock } from '../base/clock.js'
import { RedactError } from '../base/errors.js'
import type { DialectConnection, ForkEvent } from '../dialects/dialect.js'
import type { AudioFormat, CallStart, MediaFrame } from '../media/frame.js'
import { msOf, samplesOf } from '../media/time.js'
import type { WireMessage } from '../media/wire.js'
import type { PolicyOptions } from '../policy/options.js'
import { CallSession } from './call-session.js'
import { detectorsOf } from './detector-set.js'
import type { RedactedRun } from './redaction-log.js'
import { uncounted } from './session-metrics.js'
import type { SessionSink } from './session-parts.js'

/** A stretch of a recording, in microseconds from its first sample: whole numbers, so that every rate cuts it exactly. */
export interface RecordedInterval {
  readonly startUs: number
  readonly endUs: number
}

export interface RecordedCallOptions {
  readonly policy: PolicyOptions
  /** Frames in which the audio is fed, ms. */
  readonly frameMs: number
  /** Payment steps. Nobody was late to tell of them: each is silent from its start on, without look-back, until the pad after its end. */
  readonly payments: readonly RecordedInterval[]
}

/** What became of a recording; samples are per channel. */
export interface RecordedCallSummary {
  readonly samples: number
  /** What left silent, by position; track null means every track. */
  readonly spans: readonly RedactedRun[]
  /** Audio silenced because a detector had not judged it, ms. */
  readonly unjudgedSilencedMs: number
}

/** Where a payment step starts or ends. */
interface PaymentEdge {
  readonly kind: 'start' | 'end'
  readonly atSample: number
}

/** The steps that whoever hands the recording in has named: no lease, nobody else to end them. */
const RECORDED_STEP = {
  kind: 'payment',
  signalId: 'recorded',
  ttlMs: Infinity,
  actor: null,
  issuedAtMs: null,
  origin: 'api',
  mayEnd: 'own',
} as const

export class RecordedCall {
  readonly #session: CallSession
  readonly #frameSamples: number
  readonly #edges: PaymentEdge[]
  /** The frame that is filling. */
  #frame = new Uint8Array(0)
  #filledBytes = 0
  /** Samples that the session has been given. */
  #givenSamples = 0
  #out: Uint8Array[] = []

  /** @param blockBytes bytes of one sample of every channel */
  constructor(
    private readonly format: AudioFormat,
    private readonly blockBytes: number,
    private readonly options: RecordedCallOptions,
  ) {
    const { policy } = options
    this.#session = new CallSession(
      {
        dialectName: 'file',
        dialect: new RecordedConnection(format, blockBytes),
        // When it was recorded is not in the file: opening hours say nothing about it.
        policy: { ...policy, payment: { ...policy.payment, lookBackMs: 0 }, schedule: null },
        metrics: uncounted,
        clock: stoppedClock,
        ...detectorsOf(policy),
      },
      this.#sink(),
    )
    this.#frameSamples = samplesOf(options.frameMs, format.clockRateHz)
    this.#edges = edgesOf(options.payments, format.clockRateHz)
    this.#session.recorderOpened(0)
    this.#signal()
    this.#openFrame()
  }

  /** The next samples, borrowed until return; appends what may leave by now to `out`, owned by the caller. */
  push(bytes: Uint8Array, out: Uint8Array[]): void {
    this.#out = out
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#frame.length - this.#filledBytes)
      this.#frame.set(piece, this.#filledBytes)
      this.#filledBytes += piece.length
      at += piece.length
      if (this.#filledBytes < this.#frame.length) continue
      this.#give(this.#frame)
      this.#signal()
      this.#openFrame()
    }
  }

  /**
   * The recording has ended; appends the rest to `out`. Bytes that do not make a sample of every channel leave as they came.
   * @throws RedactError REDACT_ERR_AUDIO_FILE when a payment step lies behind the end: a slip, and its audio is elsewhere
   */
  end(out: Uint8Array[]): void {
    this.#out = out
    const wholeBytes = this.#filledBytes - (this.#filledBytes % this.blockBytes)
    if (wholeBytes > 0) this.#give(this.#frame.subarray(0, wholeBytes))
    if (this.#edges[0]?.kind === 'start') throw behindTheEnd(this.#givenSamples / this.format.clockRateHz)
    this.#session.pbxClosed(true, this.#nowMs)
    if (!this.#session.isDrained) this.#session.tick(this.#nowMs + this.options.policy.flushMs)
    if (this.#filledBytes > wholeBytes) out.push(this.#frame.subarray(wholeBytes, this.#filledBytes))
  }

  summary(): RecordedCallSummary {
    const { runs, unjudgedSilencedMs } = this.#session.summary()
    return { samples: this.#givenSamples, spans: runs, unjudgedSilencedMs }
  }

  get #nowMs(): number {
    return msOf(this.#givenSamples, this.format.clockRateHz)
  }

  #give(payload: Uint8Array): void {
    this.#givenSamples += payload.length / this.blockBytes
    this.#session.receive({ data: payload, isBinary: true }, this.#nowMs)
  }

  /** A frame ends on the grid, or where a payment step starts or ends: a signal falls between two frames. */
  #openFrame(): void {
    const onGrid = this.#frameSamples - (this.#givenSamples % this.#frameSamples)
    const toEdge = (this.#edges[0]?.atSample ?? Infinity) - this.#givenSamples
    this.#frame = new Uint8Array(Math.min(onGrid, toEdge) * this.blockBytes)
    this.#filledBytes = 0
  }

  #signal(): void {
    while (this.#edges[0]?.atSample === this.#givenSamples) {
      const { kind } = this.#edges.shift()!
      this.#session.signal({ ...RECORDED_STEP, state: kind === 'start' ? 'started' : 'ended' }, this.#nowMs)
    }
  }

  #sink(): SessionSink {
    return {
      toRecorder: (message) => void this.#out.push(message.data),
      toPbx() {},
      close() {},
      started() {},
      signalled() {},
      audit() {},
      ended() {},
    }
  }
}

/** A file as the session sees it: every message is a frame, and the frame's payload is the whole message. */
class RecordedConnection implements DialectConnection {
  #nextSample = 0

  constructor(
    private readonly format: AudioFormat,
    private readonly blockBytes: number,
  ) {}

  /** A recorder there is nobody to wait for: the call begins with it. */
  recorderOpened(_nowMs: number, out: ForkEvent[]): void {
    out.push({ kind: 'started', call: callOf(this.format), held: null })
  }

  receive({ data }: WireMessage, nowMs: number, out: ForkEvent[]): void {
    const startSample = this.#nextSample
    const sampleCount = data.length / this.blockBytes
    this.#nextSample += sampleCount
    out.push({
      kind: 'media',
      frame: {
        stream: 0,
        startSample,
        sampleCount,
        payload: data,
        envelope: null,
        receivedAtMs: nowMs,
        heldBytes: data.length,
      },
    })
  }

  encodeMedia(frame: MediaFrame): WireMessage {
    return { data: frame.payload, isBinary: true }
  }

  encodeMessage(): WireMessage {
    throw new RedactError('REDACT_ERR_INVARIANT', 'a file holds no messages beside its audio')
  }

  preamble(): null {
    return null
  }

  receiveFromRecorder(): void {}
  recorderClosed(): void {}
  pbxClosed(): void {}
  drained(): void {}
  tick(): void {}
}

/** Whose voice a channel carries is not in the file; forks put the customer first. */
const callOf = (format: AudioFormat): CallStart => ({
  callId: 'file',
  streamId: 'file',
  tracks:
    format.channelCount === 1
      ? [{ index: 0, role: 'mixed' }]
      : [
          { index: 0, role: 'caller' },
          { index: 1, role: 'agent' },
        ],
  streams: [{ format, tracks: format.channelCount === 1 ? [0] : [0, 1] }],
  metadata: {},
  isProbe: false,
})

/** Steps that overlap are one; a step that ends between two samples ends with the second. */
const edgesOf = (payments: readonly RecordedInterval[], clockRateHz: number): PaymentEdge[] => {
  const samplesAt = (us: number): number => (us * clockRateHz) / 1_000_000
  const edges: { start: number; end: number }[] = []
  for (const { startUs, endUs } of [...payments].sort((a, b) => a.startUs - b.startUs)) {
    const [start, end] = [Math.floor(samplesAt(startUs)), Math.ceil(samplesAt(endUs))]
    const last = edges.at(-1)
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end)
    else edges.push({ start, end })
  }
  return edges.flatMap(({ start, end }): PaymentEdge[] => [
    { kind: 'start', atSample: start },
    { kind: 'end', atSample: end },
  ])
}

const behindTheEnd = (seconds: number): RedactError =>
  new RedactError(
    'REDACT_ERR_AUDIO_FILE',
    `a payment step starts behind the end of the audio, which lasts ${seconds.toFixed(1)} s`,
  )
