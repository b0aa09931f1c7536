/**
 * One forked call: everything between a message from the PBX and a message to the recorder, without sockets or timers.
 *
 *   receive -> dialect -> events -> decode -> detectors            (as it arrives)
 *                            \-> timeline                          (held)
 *   findings -> policy -> spans, THEN watermarks -> gate           (#advance)
 *   timeline head -> judge -> silence -> dialect -> recorder       (#release)
 */
import { RedactError } from '../base/errors.js'
import { HELD_BYTES_MAX, HELD_ITEMS_MAX } from '../base/limits.js'
import type { DigitReport, Finding } from '../detectors/detector.js'
import type { EndReason, ForkEvent, HeldMessage } from '../dialects/dialect.js'
import type { CallStart, MediaFrame } from '../media/frame.js'
import { msOf, samplesOf } from '../media/time.js'
import type { WireMessage } from '../media/wire.js'
import { CallPolicy, reachBackOf } from '../policy/policy.js'
import type { CallSignal, StepKind } from '../policy/signal.js'
import type { RedactionSpan } from '../timeline/span.js'
import { type Release, Timeline } from '../timeline/timeline.js'
import { WatermarkGate } from '../timeline/watermark.js'
import { CallKeys } from './call-keys.js'
import { CallSignals, inStream, type SignalOutcome } from './call-signals.js'
import type { CallSummary } from './call-summary.js'
import { CallTally } from './call-tally.js'
import { Lane } from './lane.js'
import { LateReads } from './late-reads.js'
import { Listeners, listenersOf } from './listeners.js'
import { MessageStore } from './message-store.js'
import type { SessionParts, SessionSink } from './session-parts.js'
import { StreamPause } from './stream-pause.js'

/** Listening is timed for every so many frames: two looks at the clock cost as much as the decoding. */
const TIMED_EVERY = 8
/** Turns in which calls are read are as exact as this, ms: what is due in one by the clock is not to wait for the next. */
const TURN_MS = 20

export class CallSession {
  #call: CallStart | null = null
  #lanes: Lane[] = []
  #listeners = new Listeners([], 0, 0)
  #timeline = new Timeline(0, [], {
    holdBackMs: 0,
    holdBackSamples: 0,
    itemsMax: HELD_ITEMS_MAX,
    bytesMax: HELD_BYTES_MAX,
  })
  #gate = new WatermarkGate(0, { ownSamples: 0, crossSamples: null })
  #policy: CallPolicy | null = null
  #pause: StreamPause | null = null
  #signals: CallSignals | null = null
  #keys: CallKeys | null = null
  readonly #tally: CallTally
  readonly #messages = new MessageStore()
  readonly #lateReads = new LateReads()
  readonly #events: ForkEvent[] = []
  readonly #findings: Finding[] = []
  readonly #digits: DigitReport[] = []
  readonly #spans: RedactionSpan[] = []
  #state: 'open' | 'ending' | 'drained' | 'failed' = 'open'
  #heardCount = 0
  #isPbxGone = false
  #endReason: EndReason = 'hangup'

  constructor(
    private readonly parts: SessionParts,
    private readonly sink: SessionSink,
  ) {
    this.#tally = new CallTally(parts.dialectName, parts.metrics, (event) => sink.audit(event))
  }

  get call(): CallStart | null {
    return this.#call
  }

  /** Everything has been judged and handed over. */
  get isDrained(): boolean {
    return this.#state === 'drained' || this.#state === 'failed'
  }

  get heldBytes(): number {
    return this.#timeline.heldBytes
  }

  /** How far the slowest detector is behind the newest audio, ms: all of the call for one that has failed. */
  get detectorLagMs(): number {
    const lead = this.#timeline.leadSample
    const lags = this.#listeners.detectors.map((detector) => this.#listeners.lagSamples(detector, lead))
    return msOf(Math.max(0, ...lags), this.#call?.streams[0]?.format.clockRateHz ?? 8000)
  }

  /** Monotonic ms since when a step of this kind, or of any, has been open; Infinity when none is. */
  openSinceMs(kind?: StepKind): number {
    return this.#signals?.openSinceMs(kind) ?? Infinity
  }

  /** One message from the PBX, borrowed until return. nowMs is monotonic and never decreases. */
  receive(message: WireMessage, nowMs: number): void {
    this.take(message, nowMs)
    this.settle(nowMs)
  }

  /** The messages that are taken at `nowMs` were read late: the first of them may have waited for `waitedMs`. Before `settle`. */
  wereLate(nowMs: number, waitedMs: number, count: number): void {
    this.#lateReads.note(nowMs, waitedMs, count)
  }

  /** One of several messages that have come together, borrowed until return: `settle` follows behind the last of them. Hot. */
  take(message: WireMessage, nowMs: number): void {
    this.parts.dialect.receive(this.#messages.copyOf(message), nowMs, this.#events)
    this.#carryOut(nowMs)
  }

  /** Releases whatever may leave by now, once for all that has been taken. Hot. */
  settle(nowMs: number): void {
    this.#advance(nowMs)
    this.#releaseAll(nowMs)
    if (this.#state === 'ending' && this.#timeline.heldCount === 0) {
      this.#drain()
      this.parts.dialect.drained(nowMs, this.#events)
      this.#carryOut(nowMs)
    }
  }

  receiveFromRecorder(message: WireMessage, nowMs: number): void {
    this.parts.dialect.receiveFromRecorder(message, nowMs, this.#events)
    this.#settle(nowMs)
  }

  recorderOpened(nowMs: number): void {
    this.parts.dialect.recorderOpened(nowMs, this.#events)
    this.#settle(nowMs)
  }

  /** The recorder is gone and will not be redialled. */
  recorderClosed(wasClean: boolean, nowMs: number): void {
    this.parts.dialect.recorderClosed(wasClean, nowMs, this.#events)
    this.#settle(nowMs)
  }

  pbxClosed(wasClean: boolean, nowMs: number): void {
    if (this.#isPbxGone) return
    this.#isPbxGone = true
    this.parts.dialect.pbxClosed(wasClean, nowMs, this.#events)
    this.#carryOut(nowMs)
    this.#end(wasClean ? 'hangup' : 'pbx-lost', null, nowMs)
    this.#settle(nowMs)
  }

  /**
   * Time passes: releases whatever may leave by now. The edge calls it about every 20 ms. Where nothing is due, what detectors have
   * found meanwhile is not asked for: it can wait for the audio that it concerns. Hot.
   */
  tick(nowMs: number): void {
    this.parts.dialect.tick(nowMs, this.#events)
    this.#signals?.tick(nowMs)
    if (this.#events.length > 0 || this.#state !== 'open' || this.#timeline.isHeadDue(nowMs))
      this.#settle(nowMs)
  }

  /** Somebody tells the call something. `isFromFirstSample`: it was so when the call began, and nothing has been heard yet. */
  signal(signal: CallSignal, nowMs: number, isFromFirstSample = false): SignalOutcome {
    const time = { fromSample: isFromFirstSample ? 0 : undefined, unreadMs: this.sink.catchUp?.() ?? 0 }
    const outcome = this.#signals?.receive(signal, nowMs, time)
    this.#settle(nowMs)
    return outcome ?? { kind: 'nothing-open' }
  }

  /** This process is split from the others, or no longer: nobody knows what holds for a call that begins meanwhile. */
  setSplit(isSplit: boolean, nowMs: number): void {
    this.#signals?.setSplit(isSplit)
    this.#settle(nowMs)
  }

  /** The link had to give up judged audio. */
  recorderGap(samples: number): void {
    this.#tally.lost(samples)
  }

  /** A broken invariant ends the call, closed: nothing that is held leaves, nothing comes after it, both sides are told. */
  fail(): void {
    if (this.#state === 'failed') return
    this.#timeline.discard()
    this.#endReason = 'violation'
    this.sink.close('recorder', 1011)
    this.sink.close('pbx', 1011)
    this.#drain()
    this.#state = 'failed'
  }

  /** When this position was heard, ms since 1970, by the wall clock of now. */
  epochMsOf(sample: number): number {
    const clockRateHz = this.#call?.streams[0]?.format.clockRateHz ?? 8000
    return this.parts.clock.epochMs() - msOf(this.#timeline.leadSample - sample, clockRateHz)
  }

  /** What there is to tell about the call so far. */
  summary(): CallSummary {
    return {
      ...this.#tally.figures(),
      call: this.#call,
      endReason: this.#endReason,
      consent: this.#signals?.consentStanding ?? 'not-asked',
      samples: (this.#call?.tracks ?? []).map((track) => this.#timeline.headSample(track.index)),
    }
  }

  /** Carries out what the dialect said, then releases whatever may leave. */
  #settle(nowMs: number): void {
    this.#carryOut(nowMs)
    this.settle(nowMs)
  }

  /** Each event is carried out once, also when the edge answers one with a signal of its own. */
  #carryOut(nowMs: number): void {
    if (this.#state === 'failed') this.#dropEvents()
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift())
      this.#apply(event, nowMs)
  }

  #dropEvents(): void {
    for (const event of this.#events) if (event.kind === 'media') this.#overwrite(event.frame)
    this.#events.length = 0
  }

  #apply(event: ForkEvent, nowMs: number): void {
    switch (event.kind) {
      case 'media':
        this.#hear(event.frame, nowMs)
        return
      case 'started':
        this.#open(event.call, nowMs)
        this.#hold(event.held, nowMs)
        this.sink.started(event.call)
        return
      case 'digit':
        this.#policy?.onDigit(event.track, this.#timeline.leadSample, event.durationSamples, this.#spans)
        this.#place()
        this.#keys?.reported(event.track, event.digit, this.#timeline.leadSample - event.durationSamples)
        this.#hold(event.held, nowMs)
        return
      case 'payment':
        this.#signals?.receive(inStream('payment', event.state), nowMs)
        this.#hold(event.held, nowMs)
        return
      case 'message':
        this.#hold(event.held, nowMs)
        return
      case 'to-pbx':
        this.sink.toPbx(event.message)
        return
      case 'to-recorder':
        this.sink.toRecorder(event.message, 0)
        return
      case 'violation':
        this.#tally.violated(event.side, event.code)
        return
      case 'ended':
        this.#end(event.reason, event.held, nowMs)
        return
      case 'close':
        this.sink.close(event.side, event.code)
        return
      case 'recorder-refused':
        this.#giveUpHeld()
        return
      default: {
        const never: never = event
        throw new Error(String(never))
      }
    }
  }

  #open(call: CallStart, nowMs: number): void {
    if (this.#call !== null) throw new RedactError('REDACT_ERR_INVARIANT', 'a call begins once')
    // Text that came before the call was known: there is no audio among it.
    while (this.#releaseHead(0, true));
    this.#call = call
    const { policy } = this.parts
    const trackCount = call.tracks.length
    const clockRateHz = call.streams[0]?.format.clockRateHz ?? 8000
    this.#lanes = call.streams.map((stream) => new Lane(stream, policy.fill))
    this.#listeners = listenersOf(this.parts, call, this.#lanes, clockRateHz)
    const reachBack = reachBackOf(policy, this.parts.detectorLagMs, clockRateHz)
    this.#gate = new WatermarkGate(trackCount, reachBack)
    this.#timeline = new Timeline(trackCount, call.streams, {
      holdBackMs: policy.holdBackMs - ((this.parts.pauseMs ?? 0) > 0 ? TURN_MS : 0),
      holdBackSamples: samplesOf(policy.holdBackMs, clockRateHz),
      itemsMax: this.parts.limits?.itemsMax ?? HELD_ITEMS_MAX,
      bytesMax: this.parts.limits?.bytesMax ?? HELD_BYTES_MAX,
    })
    this.#policy = new CallPolicy(policy, trackCount, reachBack, clockRateHz)
    this.#tally.opened(trackCount, clockRateHz, call.isProbe)
    const parts = {
      call,
      policy,
      timeline: this.#timeline,
      clockRateHz,
      listeners: this.#listeners,
      tally: this.#tally,
    }
    this.#pause = new StreamPause({ ...this.parts, ...parts, reachBack })
    const signals = new CallSignals({ ...parts, clock: this.parts.clock, startMs: nowMs })
    this.#signals = signals
    this.#keys = new CallKeys({ ...parts, signals, signalled: (...args) => this.sink.signalled(...args) })
    signals.begin()
  }

  /** Listens to a frame, then holds it. What nobody could listen to is held as unjudgeable, and leaves as silence. */
  #hear(frame: MediaFrame, nowMs: number): void {
    const lane = this.#lanes[frame.stream]
    const { dialect } = this.parts
    if (lane === undefined || this.#state !== 'open') {
      this.#overwrite(frame)
      this.#tally.violated('pbx', 'unexpected-audio')
      return
    }
    this.#tally.received()
    dialect.recallPayload?.(frame)
    const unjudgeable = this.#listen(frame, lane)
    dialect.forgetPayload?.(frame)
    if (unjudgeable !== null) this.#tally.violated('pbx', unjudgeable)
    this.#makeRoom(nowMs)
    this.#timeline.pushFrame(frame, unjudgeable)
    this.#listeners.fillAbsentTracks(this.#timeline.leadSample)
    this.#pause?.heard(nowMs)
  }

  /** Audio that nobody will listen to. */
  #overwrite(frame: MediaFrame): void {
    frame.payload.fill(0)
    this.parts.dialect.forgetPayload?.(frame)
    if (frame.message !== undefined) this.#messages.giveBack(frame.message)
  }

  #listen(frame: MediaFrame, lane: Lane): string | null {
    if (++this.#heardCount % TIMED_EVERY !== 0) return this.#listeners.listen(frame, lane)
    const startedAtMs = this.parts.clock.nowMs()
    const unjudgeable = this.#listeners.listen(frame, lane)
    this.parts.metrics.latency('detect', this.parts.clock.nowMs() - startedAtMs)
    return unjudgeable
  }

  #hold(held: HeldMessage | null, nowMs: number): void {
    if (held === null) return
    this.#makeRoom(nowMs)
    this.#timeline.pushMessage(held)
  }

  /** At the limit the oldest audio is judged at once (R7): never passed unjudged, never dropped. */
  #makeRoom(nowMs: number): void {
    if (!this.#timeline.isFull) return
    this.#advance(nowMs)
    while (this.#timeline.isFull) this.#releaseHead(nowMs, true)
  }

  /** Findings first, watermarks second, and nowhere else: a watermark read before its findings are placed lets them out. */
  #advance(nowMs: number): void {
    if (this.#policy === null) return
    this.#listeners.drain(this.#findings, this.#digits)
    for (const finding of this.#findings) {
      if (!this.#policy.onFinding(finding, this.#spans)) this.#tally.noted(finding)
      if (finding.isOnset) this.#tally.decided(finding, this.#timeline.leadSample)
    }
    if (this.#findings.length > 0) this.#findings.length = 0
    this.#place()
    this.#keys?.settle(this.#digits, nowMs)
    if (this.#digits.length > 0) this.#digits.length = 0
    this.#gate.update(this.#listeners.detectors)
    this.#tally.listened(this.#listeners, this.#timeline.leadSample)
  }

  #place(): void {
    if (this.#spans.length === 0) return
    for (const span of this.#spans) this.#tally.placed(span.reason, this.#timeline.redact(span))
    this.#spans.length = 0
  }

  /** What is due may be unjudged because the PBX has paused: whoever listens is told so, and can then judge it. */
  #judgePause(nowMs: number): void {
    if (this.parts.dialect.isPaused !== true || this.#pause === null || this.#state !== 'open') return
    const cutOff = this.#timeline.isDueUnjudged(this.#gate, nowMs) ? this.#pause.tell(nowMs) : null
    if (cutOff === null) return
    this.#spans.push(cutOff)
    this.#advance(nowMs)
  }

  /** Until the head must wait. What leaves together is timed together. */
  #releaseAll(nowMs: number): void {
    if (this.#timeline.heldCount === 0) return
    const { clock, metrics } = this.parts
    const startedAtMs = clock.nowMs()
    let count = 0
    for (this.#judgePause(nowMs); this.#releaseHead(nowMs, false); count++) this.#judgePause(nowMs)
    if (count === 0) return
    this.#tally.settled()
    metrics.latency('release', (clock.nowMs() - startedAtMs) / count, count)
  }

  #releaseHead(nowMs: number, force: boolean): boolean {
    const release = this.#timeline.judge(this.#gate, nowMs, force)
    if (release === undefined) return false
    if (release.item.kind === 'message')
      this.sink.toRecorder(this.parts.dialect.encodeMessage(release.item.held), 0)
    else this.#send(release.item.frame, release, nowMs)
    return true
  }

  #send(frame: MediaFrame, release: Release, nowMs: number): void {
    const { dialect } = this.parts
    const lane = this.#lanes[frame.stream]!
    const needsPayload = lane.needsPayload(release.ranges)
    if (needsPayload) dialect.recallPayload?.(frame)
    const isChanged = lane.silence(frame, release.ranges)
    const heldMs = nowMs - frame.receivedAtMs
    const intendedMs = this.parts.policy.holdBackMs + (this.parts.pauseMs ?? 0)
    const waitedMs = this.#lateReads.waitedMs(frame.receivedAtMs)
    const addedMs = this.#state === 'open' ? Math.max(0, waitedMs + heldMs - intendedMs) : 0
    this.#tally.released(frame, release, lane, heldMs, addedMs)
    const message = dialect.encodeMedia(frame, isChanged)
    if (needsPayload) dialect.forgetPayload?.(frame)
    this.sink.toRecorder(message, frame.sampleCount)
    if (frame.message !== undefined) this.#messages.giveBack(frame.message)
  }

  #giveUpHeld(): void {
    const samples = this.#timeline.discard()
    if (samples > 0) this.#tally.lost(samples)
  }

  /** No more audio will come: detectors judge what is left, `held` follows behind it. */
  #end(reason: EndReason, held: HeldMessage | null, nowMs: number): void {
    if (this.#state !== 'open') return
    this.#endReason = reason
    this.#listeners.finish()
    this.#hold(held, nowMs)
    this.#state = 'ending'
    this.#timeline.flushBy(nowMs + this.parts.policy.flushMs)
  }

  #drain(): void {
    if (this.isDrained) return
    this.#state = 'drained'
    for (const lane of this.#lanes) lane.close()
    this.#listeners.close()
    this.#tally.finish()
    this.sink.audit({ kind: 'call-ended', reason: this.#endReason })
    this.sink.ended(this.summary())
  }
}
