import { stoppedClock } from '../../proxy/base/clock.js'
import type { Detector, DetectorSetup } from '../../proxy/detectors/detector.js'
import type { DialectConnection, ForkEvent, HeldMessage } from '../../proxy/dialects/dialect.js'
import type { AudioFormat, CallStart, MediaFrame } from '../../proxy/media/frame.js'
import { textMessage, textOf, type WireMessage } from '../../proxy/media/wire.js'
import type { AuditEvent } from '../../proxy/policy/audit.js'
import { policySchema } from '../../proxy/policy/options.js'
import type { CallSignal } from '../../proxy/policy/signal.js'
import { CallSession } from '../../proxy/session/call-session.js'
import type { CallSummary } from '../../proxy/session/call-summary.js'
import { type SessionMetrics, uncounted } from '../../proxy/session/session-metrics.js'
import type { SessionParts } from '../../proxy/session/session-parts.js'

/** Text that is held in its place, and comes out as it is. */
export const held = (text: string): HeldMessage => ({ envelope: text, heldBytes: text.length })

/** 20 ms of mu-law at 8,000 Hz on one stream of one track; `interleaved` has the bytes of two. */
export const FRAME_SAMPLES = 160
export const frame = (n: number, fill: number, parts: Partial<MediaFrame> = {}): MediaFrame => ({
  stream: 0,
  startSample: n * FRAME_SAMPLES,
  sampleCount: FRAME_SAMPLES,
  payload: new Uint8Array(FRAME_SAMPLES).fill(fill),
  envelope: null,
  receivedAtMs: n * 20,
  heldBytes: FRAME_SAMPLES,
  ...parts,
})

const FORMAT: AudioFormat = { codec: 'pcmu', clockRateHz: 8_000, channelCount: 1 }
export const callStart = (trackCount: 1 | 2 = 1, isInterleaved = false): CallStart => ({
  callId: 'call-1',
  streamId: 'stream-1',
  tracks: (
    [
      { index: 0, role: 'caller' },
      { index: 1, role: 'agent' },
    ] as const
  ).slice(0, trackCount),
  streams: isInterleaved
    ? [{ format: { ...FORMAT, channelCount: 2 }, tracks: [0, 1] }]
    : [
        { format: FORMAT, tracks: [0] },
        { format: FORMAT, tracks: [1] },
      ].slice(0, trackCount),
  metadata: {},
  isProbe: false,
})

export interface SessionCallOptions {
  readonly policy?: object
  readonly detectors?: readonly Detector[]
  readonly isFailOpen?: boolean
  readonly limits?: SessionParts['limits']
  readonly call?: CallStart
  readonly metrics?: Partial<SessionMetrics>
  /** The dialect says all the time that the PBX pauses. */
  readonly isPaused?: boolean
  /** Carried out when the session says that its call has started. */
  readonly onStarted?: (session: CallSession) => void
  /** What comes when the session asks what has come and has not been read; returns for how long more may have, ms. */
  readonly catchUp?: () => number
}

/** A session with everything that it says written down, and a dialect whose every message means what the test says. */
export const sessionCall = (options: SessionCallOptions = {}) => {
  const sent: string[] = []
  const told: string[] = []
  const audits: AuditEvent[] = []
  const counted: string[] = []
  const signalled: CallSignal[] = []
  const summaries: CallSummary[] = []
  const setups: DetectorSetup[] = []
  const note =
    (name: string) =>
    (...args: readonly unknown[]): void =>
      void counted.push([name, ...args].join(' '))
  let meaning: readonly ForkEvent[] = []
  const mean = (_: unknown, _nowMs: number, out: ForkEvent[]): void => void out.push(...meaning)
  const dialect: DialectConnection = {
    isPaused: options.isPaused === true,
    receive: mean,
    receiveFromRecorder: mean,
    recorderOpened() {},
    recorderClosed(_wasClean, _nowMs, out) {
      out.push({ kind: 'recorder-refused' })
    },
    pbxClosed() {},
    drained: (_nowMs, out) => {
      told.push('drained')
      out.push({ kind: 'close', side: 'recorder', code: 1000 })
    },
    tick() {},
    encodeMedia: ({ payload }, isChanged) => {
      const text = runsOf(payload)
      return textMessage(isChanged ? `changed ${text}` : text)
    },
    encodeMessage: ({ envelope }) => textMessage(String(envelope)),
    preamble: () => null,
  }
  const session: CallSession = new CallSession(
    {
      dialectName: 'toy',
      dialect,
      policy: policySchema.parse({
        holdBackMs: 100,
        flushMs: 50,
        dtmf: { padBeforeMs: 5, padAfterMs: 5, echoMs: 10, entryHoldMs: 0 },
        digitEvents: { padBeforeMs: 20, padAfterMs: 20 },
        payment: { lookBackMs: 40, padAfterMs: 20, leaseSeconds: 10 },
        ...options.policy,
      }),
      metrics: {
        ...uncounted,
        frameReleased: note('frame'),
        late: note('late'),
        unjudgedSilenced: note('silenced'),
        unjudgedPassed: note('passed'),
        violation: note('violation'),
        recorderLost: note('lost'),
        leaseExpired: note('expired'),
        signal: note('signal'),
        ...options.metrics,
      },
      clock: { ...stoppedClock, epochMs: () => 1_000_000 },
      createDetectors: (setup) => {
        setups.push(setup)
        return (options.detectors ?? []).map((detector) => ({
          detector,
          isFailOpen: options.isFailOpen ?? false,
        }))
      },
      detectorLagMs: 20,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    },
    {
      toRecorder: (message) => void sent.push(textOf(message)),
      ...(options.catchUp === undefined ? {} : { catchUp: options.catchUp }),
      toPbx: (message) => void told.push(`pbx ${textOf(message)}`),
      close: (side, code) => void told.push(`close ${side} ${code}`),
      started: ({ callId }) => {
        told.push(`started ${callId}`)
        options.onStarted?.(session)
      },
      signalled: (signal) => void signalled.push(signal),
      audit: (event) => void audits.push(event),
      ended: (summary) => {
        told.push('ended')
        summaries.push(summary)
      },
    },
  )
  const anything: WireMessage = textMessage('')
  return {
    session,
    /** What the recorder got: text as it is, audio as runs of equal bytes ("32x160"), `changed` before what is not as it came. */
    sent,
    /** What the edge was told beside that. */
    told,
    audits,
    /** What the call's other streams have to follow. */
    signalled,
    counted,
    summaries,
    setups,
    /** A message from the PBX that means these events. */
    say(nowMs: number, ...events: readonly ForkEvent[]): void {
      meaning = events
      session.receive(anything, nowMs)
    },
    /** What every message means from here on. */
    mean(...events: readonly ForkEvent[]): void {
      meaning = events
    },
    /** A call that has begun. */
    begin(): void {
      meaning = [{ kind: 'started', call: options.call ?? callStart(), held: held('start') }]
      session.receive(anything, 0)
    },
    /** Frames [from, to) of stream 0, each 20 ms after the one before, filled with that byte. */
    hear(from: number, to: number, fill = 0x20, stream = 0): void {
      for (let n = from; n < to; n++) {
        meaning = [{ kind: 'media', frame: frame(n, fill, { stream }) }]
        session.receive(anything, n * 20)
      }
    },
  }
}

/** Bytes as runs: "20x159 ffx1". */
export const runsOf = (bytes: Uint8Array): string => {
  const runs: string[] = []
  for (let from = 0, i = 1; i <= bytes.length; i++) {
    if (i < bytes.length && bytes[i] === bytes[from]) continue
    runs.push(`${bytes[from]!.toString(16)}x${i - from}`)
    from = i
  }
  return runs.join(' ')
}
