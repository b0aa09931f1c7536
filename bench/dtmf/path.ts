/**
 * A call through the whole proxy, in memory: frames in, the recorder's decode out. The session, its policy, the detectors
 * and the codecs are those of a live call; only sockets and the wire format are left out.
 */
import type { AudioDecoder } from '../../proxy/codecs/codec.js'
import { codecNamed } from '../../proxy/codecs/index.js'
import type { Detector, DigitReport } from '../../proxy/detectors/detector.js'
import type { DialectConnection, ForkEvent } from '../../proxy/dialects/dialect.js'
import type { AudioFormat, CallStart, MediaFrame } from '../../proxy/media/frame.js'
import { msOf } from '../../proxy/media/time.js'
import type { PolicyOptions } from '../../proxy/policy/options.js'
import { CallSession } from '../../proxy/session/call-session.js'
import { detectorsOf } from '../../proxy/session/detector-set.js'
import type { RedactedRun } from '../../proxy/session/redaction-log.js'
import { type SessionMetrics, uncounted } from '../../proxy/session/session-metrics.js'
import type { SessionSink } from '../../proxy/session/session-parts.js'

/** How a call is forked. */
export interface Fork {
  readonly codec: 'pcmu' | 'pcma' | 'l16' | 'l16be' | 'opus'
  readonly policy: PolicyOptions
  /** Both tracks interleaved in one payload, or a stream for each. */
  readonly isInterleaved?: boolean
  /** Samples of the next frame at the clock rate; 20 ms when left out. Opus frames are its packets. */
  readonly nextFrame?: () => number
  /** What the network makes of the frames on their way to the proxy: loses some, swaps some. */
  readonly arrange?: (frames: MediaFrame[]) => MediaFrame[]
  /** Stands in front of a detector: to break it. */
  readonly wrap?: (detector: Detector) => Detector
}

/** What is forked: samples, one array a track and equally long, or the Opus packets of one stream. */
export type Sound =
  | { readonly sampleRateHz: number; readonly tracks: readonly Int16Array[] }
  | { readonly packets: readonly Uint8Array[]; readonly channelCount: 1 | 2 }

/** What became of it, by track, at `sampleRateHz`; lost frames are silence. */
export interface Heard {
  readonly sampleRateHz: number
  /** What the recorder decodes. */
  readonly recorded: readonly Int16Array[]
  /** What it would have decoded without us. */
  readonly unmasked: readonly Int16Array[]
  /** Keys that the detectors began to mask. */
  readonly onsets: number
  /** Digits that they were certain of, which the session forgets; positions at `sampleRateHz`. */
  readonly reports: readonly DigitReport[]
  /** Payloads as the recorder got them, in order. */
  readonly payloads: readonly Uint8Array[]
  /** What left silent, and why; positions at the clock rate. */
  readonly runs: readonly RedactedRun[]
}

/** Plays a call. Opus needs decoders that prepareOpusDecoders() has made: four for each call. */
export const playThrough = (sound: Sound, fork: Fork): Heard => {
  const sent = 'packets' in sound ? packetFrames(sound.packets, fork) : pcmFrames(sound, fork)
  const frames = fork.arrange?.(sent) ?? sent
  const format = formatOf(sound, fork)
  const call = callOf(sound, format, fork.isInterleaved === true)
  const before = new Recording(call)
  const after = new Recording(call)
  for (const frame of frames) before.take(frame)
  const wire = new MemoryConnection(call)
  const tally = new Tally()
  const payloads: Uint8Array[] = []
  const parts = detectorsOf(fork.policy)
  const session = new CallSession(
    {
      dialectName: 'memory',
      dialect: wire,
      policy: fork.policy,
      metrics: tally.metrics,
      clock: { nowMs: () => 0, epochMs: () => 0 },
      detectorLagMs: parts.detectorLagMs,
      createDetectors: (setup) =>
        parts.createDetectors(setup).map(({ detector, isFailOpen }) => ({
          detector: tally.listening(fork.wrap?.(detector) ?? detector),
          isFailOpen,
        })),
    },
    {
      ...deafSink,
      toRecorder() {
        after.take(wire.sent!)
        payloads.push(wire.sent!.payload)
      },
    },
  )
  session.recorderOpened(0)
  let nowMs = 0
  for (const frame of frames) {
    nowMs = msOf(frame.startSample + frame.sampleCount, format.clockRateHz)
    wire.next = { ...frame, payload: frame.payload.slice(), receivedAtMs: nowMs }
    session.receive(NOTHING, nowMs)
  }
  session.pbxClosed(true, nowMs)
  session.tick(nowMs + fork.policy.flushMs)
  const result: Heard = {
    sampleRateHz: after.sampleRateHz,
    recorded: after.tracks,
    unmasked: before.tracks,
    onsets: tally.onsets,
    reports: tally.reports.map((report) => ({
      ...report,
      startSample: (report.startSample * after.sampleRateHz) / format.clockRateHz,
    })),
    payloads,
    runs: session.summary().runs,
  }
  before.close()
  after.close()
  return result
}

const NOTHING = { data: new Uint8Array(0), isBinary: true }

const deafSink: SessionSink = {
  toRecorder() {},
  toPbx() {},
  close() {},
  started() {},
  signalled() {},
  audit() {},
  ended() {},
}

const formatOf = (sound: Sound, { codec, isInterleaved }: Fork): AudioFormat =>
  'packets' in sound
    ? { codec, clockRateHz: 48_000, channelCount: sound.channelCount }
    : {
        codec,
        clockRateHz: sound.sampleRateHz,
        channelCount: isInterleaved === true && sound.tracks.length === 2 ? 2 : 1,
      }

const callOf = (sound: Sound, format: AudioFormat, isInterleaved: boolean): CallStart => {
  const trackCount = 'packets' in sound ? sound.channelCount : sound.tracks.length
  const isOneStream = 'packets' in sound || isInterleaved
  const roles = ['caller', 'agent'] as const
  const tracks = Array.from({ length: trackCount }, (_, index) => ({ index, role: roles[index]! }))
  const indexes = tracks.map(({ index }) => index)
  return {
    callId: 'suite',
    streamId: 'suite',
    tracks,
    streams: isOneStream
      ? [{ format, tracks: indexes }]
      : indexes.map((index) => ({ format, tracks: [index] })),
    metadata: {},
    isProbe: false,
  }
}

const frameOf = (
  stream: number,
  startSample: number,
  sampleCount: number,
  payload: Uint8Array,
): MediaFrame => ({
  stream,
  startSample,
  sampleCount,
  payload,
  envelope: null,
  receivedAtMs: 0,
  heldBytes: payload.length,
})

const packetFrames = (packets: readonly Uint8Array[], { codec }: Fork): MediaFrame[] => {
  const format = { codec, clockRateHz: 48_000, channelCount: 1 } as const
  let startSample = 0
  return packets.map((payload) => {
    const sampleCount = codecNamed(codec)!.sampleCount(payload, format)
    const frame = frameOf(0, startSample, sampleCount, payload)
    startSample += sampleCount
    return frame
  })
}

/** The two streams of a call take turns, as forks send them. */
const pcmFrames = (
  { tracks, sampleRateHz }: { readonly tracks: readonly Int16Array[]; readonly sampleRateHz: number },
  { codec, isInterleaved, nextFrame = () => sampleRateHz / 50 }: Fork,
): MediaFrame[] => {
  const encode = codecNamed(codec)!.encode!
  const frames: MediaFrame[] = []
  const total = tracks[0]!.length
  for (let at = 0; at < total; ) {
    const count = Math.min(nextFrame(), total - at)
    const pieces = tracks.map((pcm) => pcm.subarray(at, at + count))
    if (isInterleaved === true && pieces.length === 2)
      frames.push(frameOf(0, at, count, encode(interleaved(pieces[0]!, pieces[1]!))))
    else for (const [stream, pcm] of pieces.entries()) frames.push(frameOf(stream, at, count, encode(pcm)))
    at += count
  }
  return frames
}

const interleaved = (left: Int16Array, right: Int16Array): Int16Array => {
  const pcm = new Int16Array(2 * left.length)
  for (let i = 0; i < left.length; i++) {
    pcm[2 * i] = left[i]!
    pcm[2 * i + 1] = right[i]!
  }
  return pcm
}

/** A wire without bytes: the next frame is set beside the message, and what leaves is picked up beside it. */
class MemoryConnection implements DialectConnection {
  next: MediaFrame | null = null
  sent: MediaFrame | null = null

  constructor(private readonly call: CallStart) {}

  recorderOpened(_nowMs: number, out: ForkEvent[]): void {
    out.push({ kind: 'started', call: this.call, held: null })
  }

  receive(_message: unknown, _nowMs: number, out: ForkEvent[]): void {
    out.push({ kind: 'media', frame: this.next! })
  }

  encodeMedia(frame: MediaFrame): typeof NOTHING {
    this.sent = frame
    return NOTHING
  }

  encodeMessage(): typeof NOTHING {
    return NOTHING
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

/** What a recorder keeps: every track decoded and laid down where its frames say. */
class Recording {
  readonly sampleRateHz: number
  readonly #decoders: AudioDecoder[]
  readonly #tracks: Int16Array[]
  readonly #clockRatio: number
  #samples = 0
  readonly #scratch = new Int16Array(2 * 5760 * 2)

  constructor(private readonly call: CallStart) {
    this.#decoders = call.streams.map(({ format }) => codecNamed(format.codec)!.createDecoder(format))
    this.sampleRateHz = this.#decoders[0]!.sampleRateHz
    this.#clockRatio = call.streams[0]!.format.clockRateHz / this.sampleRateHz
    this.#tracks = call.tracks.map(() => new Int16Array(1 << 16))
  }

  get tracks(): readonly Int16Array[] {
    return this.#tracks.map((pcm) => pcm.subarray(0, this.#samples))
  }

  take({ stream, startSample, payload }: MediaFrame): void {
    const { format, tracks } = this.call.streams[stream]!
    const count = this.#decoders[stream]!.decodeInto(payload, this.#scratch)
    const at = Math.round(startSample / this.#clockRatio)
    this.#samples = Math.max(this.#samples, at + count)
    for (const [channel, track] of tracks.entries()) {
      const pcm = this.#roomFor(track)
      for (let i = 0; i < count; i++) pcm[at + i] = this.#scratch[i * format.channelCount + channel]!
    }
  }

  close(): void {
    for (const decoder of this.#decoders) decoder.close()
  }

  #roomFor(track: number): Int16Array {
    const pcm = this.#tracks[track]!
    if (this.#samples <= pcm.length) return pcm
    const larger = new Int16Array(2 * this.#samples)
    larger.set(pcm)
    this.#tracks[track] = larger
    return larger
  }
}

/** Counts what the session would only count, and keeps the digits that it forgets. */
class Tally {
  onsets = 0
  readonly reports: DigitReport[] = []

  readonly metrics: SessionMetrics = { ...uncounted, decision: () => void this.onsets++ }

  listening(detector: Detector): Detector {
    return delegate(detector, (findings, digits) => {
      const known = digits.length
      detector.drain(findings, digits)
      for (let i = known; i < digits.length; i++) this.reports.push(digits[i]!)
    })
  }
}

/** The same detector, but for what is drained from it. */
export const delegate = (detector: Detector, drain: Detector['drain']): Detector => ({
  name: detector.name,
  get health() {
    return detector.health
  },
  watermarkSample: (track) => detector.watermarkSample(track),
  push: (track, pcm, startSample) => detector.push(track, pcm, startSample),
  skip: (track, toSample) => detector.skip(track, toSample),
  setAlertness: (alertness) => detector.setAlertness(alertness),
  drain,
  finish: () => detector.finish(),
  close: () => detector.close(),
})
