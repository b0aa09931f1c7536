/**
 * One accepted fork: joins the PBX's socket, the session and the link to the recorder, and keeps the accounts.
 *
 *   PBX socket -> session.receive -> sink.toRecorder -> link -> recorder
 *              <- sink.toPbx      <- session.receiveFromRecorder <-
 *
 * Who closes whom: the dialect says when either side is to be closed; a connection is over when the PBX's socket is gone,
 * everything has been judged, and the link is gone.
 */
import type { Clock } from '../base/clock.js'
import type { ForkPlace, RecorderConfig } from '../config/load.js'
import type { LeakCheckOptions } from '../config/schema.js'
import type { Dialect, Side } from '../dialects/dialect.js'
import { transportOf } from '../dialects/transport.js'
import type { Directory } from '../directory/directory.js'
import { canonicalHash } from '../ledger/chain.js'
import type { Ledger } from '../ledger/ledger.js'
import type { CallStart } from '../media/frame.js'
import type { Handshake, WireMessage } from '../media/wire.js'
import type { ProxyMetrics } from '../metrics/metrics.js'
import type { AuditEvent, TrackRange } from '../policy/audit.js'
import type { PolicyOptions } from '../policy/options.js'
import type { CallSignal } from '../policy/signal.js'
import type { BridgeFault } from '../session/bridge.js'
import { CallLedger } from '../session/call-ledger.js'
import { aliasOf, type CallRegistry, type LiveStream } from '../session/call-registry.js'
import { CallSession } from '../session/call-session.js'
import type { SignalOutcome } from '../session/call-signals.js'
import type { CallSummary } from '../session/call-summary.js'
import type { ControlPlane } from '../session/control-plane.js'
import { detectorsOf } from '../session/detector-set.js'
import { LeakCheck } from '../session/leak-check.js'
import type { RecorderLink } from '../session/recorder-link.js'
import type { SessionSink } from '../session/session-parts.js'
import { authContext, randomUuid } from './auth-context.js'
import { BridgeLink } from './bridge-link.js'
import { EmbeddedRecorder } from './embedded-recorder.js'
import { type ErasureClient, type ErasureRange, type ErasureTarget, noteErasure } from './erasure-client.js'
import type { ForkSocket, ForkSocketHandler } from './fork-socket.js'
import { errorCodeOf, type Log, type LogFields } from './log.js'
import { RecorderClient } from './recorder-client.js'

/** A fork of the configuration, ready to take calls. */
export type Fork = ForkPlace & {
  readonly dialect: Dialect
  /** `{ auth, recorderAuth, options }`, as the dialect's own schema has parsed them. */
  readonly dialectOptions: unknown
  readonly recorder: 'embedded' | RecorderConfig
  readonly policyName: string
  readonly policy: PolicyOptions
  readonly tenant: string
  /** Who is asked to erase what had left; left out: nobody but the embedded recorder. */
  readonly erasure?: ErasureTarget
  /** Addresses and networks that it is taken from; left out: every one. */
  readonly allowFrom?: readonly string[]
}

export interface ForkServices {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: ProxyMetrics
  readonly registry: CallRegistry
  readonly control: ControlPlane
  readonly directory: Directory
  readonly recordingsDirectory: string
  readonly ledger: Ledger
  readonly erasures: ErasureClient
  readonly leakCheck?: LeakCheckOptions
  /** How long each call is left unread, ms: frames leave by so much before the end of their hold-back. */
  readonly pauseMs: number
}

/** No call after this long: a socket that was opened and says nothing, ms. PBXs send their first message at once. */
const START_MS_MAX = 30_000
/** After everything has been judged, both sides get this long to close, ms. AudioHook's close takes up to 10 s. */
const LINGER_MS_MAX = 12_000
/** A call that is read later than its turn by less than a frame is read in time, ms. */
const LATE_MS = 20
/** Bytes that a PBX may leave unread: pongs and commands are small. */
const UNREAD_BYTES_MAX = 1 << 20
/** Lines of one kind that a call may log; the rest is in the metrics. */
const AUDIT_LINES_MAX = 5

export class ForkConnection implements SessionSink, ForkSocketHandler {
  readonly #session: CallSession
  readonly #link: RecorderLink
  readonly #openedAtMs: number
  readonly #lines = new Map<string, number>()
  readonly #ledger: CallLedger
  #leakCheck: LeakCheck | null
  #stream: LiveStream | null = null
  #isPbxGone = false
  #isLinkGone = false
  #isOver = false
  #drainedAtMs = Infinity
  /** Messages since the last `settle`, and when the first of them came. */
  #takenCount = 0
  #takenAtMs = 0
  /** How long the first of them may have been there before. */
  #waitedMs = 0

  constructor(
    readonly id: string,
    readonly fork: Fork,
    handshake: Handshake,
    private readonly socket: ForkSocket,
    private readonly services: ForkServices,
    private readonly over: (connection: ForkConnection) => void,
  ) {
    const dialect = fork.dialect.connect(fork.dialectOptions, { handshake, randomUuid })
    this.#openedAtMs = services.clock.nowMs()
    this.#ledger = new CallLedger(
      {
        dialect: fork.dialect.name,
        tenant: fork.tenant,
        policy: fork.policyName,
        policyHash: policyHashOf(fork.policy),
      },
      services.ledger,
    )
    this.#session = new CallSession(
      {
        dialectName: fork.dialect.name,
        dialect,
        policy: { ...fork.policy, holdBackMs: fork.policy.holdBackMs - services.pauseMs },
        pauseMs: services.pauseMs,
        metrics: services.metrics,
        clock: services.clock,
        ...detectorsOf(fork.policy, { pace: 'live', clock: services.clock, monitor: services.metrics }),
      },
      this,
    )
    this.#leakCheck = this.#createLeakCheck()
    this.#link = this.#connect(handshake, () => dialect.preamble())
  }

  get dialectName(): string {
    return this.fork.dialect.name
  }

  get tenant(): string {
    return this.fork.tenant
  }

  get session(): CallSession {
    return this.#session
  }

  get link(): RecorderLink {
    return this.#link
  }

  /** A call that signals can address. */
  get isCall(): boolean {
    return this.#stream !== null
  }

  /** A message from the PBX, borrowed until return. Hot. */
  message(message: WireMessage): void {
    if (this.#takenCount++ === 0) this.#takeAt(this.services.clock.nowMs())
    try {
      this.#session.take(message, this.#takenAtMs)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** What is read now came after the socket was last read, and after what came before it. */
  #takeAt(nowMs: number): void {
    this.#waitedMs = Math.min(this.socket.waitedMs(nowMs), nowMs - this.#takenAtMs)
    this.#takenAtMs = nowMs
  }

  /** Behind messages that came together: what they let go leaves together. Time has passed for the call, also where none came. Hot. */
  settle(): void {
    if (this.#takenCount === 0) {
      this.#passTime(this.services.clock.nowMs())
      return
    }
    const { clock, metrics, pauseMs } = this.services
    if (this.#waitedMs > pauseMs + LATE_MS)
      this.#session.wereLate(this.#takenAtMs, this.#waitedMs, this.#takenCount)
    this.#guard(() => this.#session.settle(this.#takenAtMs))
    metrics.latency('ingest', clock.nowMs() - this.#takenAtMs, this.#takenCount)
    this.#takenCount = 0
    this.#passTime(this.#takenAtMs)
  }

  closed(wasClean: boolean): void {
    this.#isPbxGone = true
    this.#guard(() => this.#session.pbxClosed(wasClean, this.services.clock.nowMs()))
    this.#finishIfOver()
  }

  /** Time passes, also where nothing comes: called now and then, does nothing for a call that has been heard since `sinceMs`. */
  tick(nowMs: number, sinceMs: number): void {
    if (this.#takenAtMs < sinceMs) this.#passTime(nowMs)
  }

  #passTime(nowMs: number): void {
    if (this.#isOver) return
    if (this.socket.bufferedBytes > UNREAD_BYTES_MAX) this.socket.destroy()
    this.#guard(() => {
      this.#link.tick(nowMs)
      this.#session.tick(nowMs)
    })
    if (this.#session.call === null && nowMs - this.#openedAtMs > START_MS_MAX && !this.#isPbxGone) {
      this.services.metrics.refused('no-call')
      this.shutDown()
    }
    if (nowMs - this.#drainedAtMs > LINGER_MS_MAX) {
      if (!this.#isPbxGone) this.socket.destroy()
      this.#link.close(1001)
    }
  }

  /** The process must go: judges and hands over what is held, then closes both sides. */
  shutDown(): void {
    this.socket.close(1001)
    this.closed(false)
  }

  // What the session decides.

  toRecorder(message: WireMessage, samples: number): void {
    this.#link.send(message, samples)
    this.#checkSent(message, samples)
  }

  toPbx(message: WireMessage): void {
    this.socket.send(message)
  }

  catchUp(): number {
    return this.socket.catchUp()
  }

  close(side: Side, code: number): void {
    if (side === 'recorder') this.#link.close(code)
    else this.socket.close(code)
  }

  started(call: CallStart): void {
    if (call.isProbe) return
    const { addressBy } = this.fork.policy.payment
    const aliases = addressBy.flatMap((key) => {
      const value = call.metadata[key]
      return value === undefined ? [] : [aliasOf(key, value)]
    })
    this.#stream = {
      session: this.#session,
      callId: call.callId,
      streamId: call.streamId,
      dialect: this.dialectName,
      tenant: this.tenant,
      aliases,
    }
    this.services.registry.add(this.#stream)
    this.services.control.streamStarted(this.#stream, this.services.clock.nowMs())
    this.services.directory.announce(this.#stream, this.fork.policy.whenSplit)
  }

  signalled(signal: CallSignal, outcome: SignalOutcome): void {
    if (this.#stream !== null)
      this.services.control.streamSignalled(this.#stream, signal, outcome, this.services.clock.nowMs())
  }

  audit(event: AuditEvent): void {
    const { call } = this.#session
    if (event.kind === 'call-opened' && call !== null) this.#ledger.opened(call)
    this.#ledger.note(event, this.services.clock.nowMs())
    if (event.kind === 'late' || event.kind === 'recalled') this.#erase(event, event.reason)
    if (event.kind === 'leak-suspected') this.#noteLeak(event)
    if (isForLedgerOnly(event)) return
    const seen = (this.#lines.get(event.kind) ?? 0) + 1
    this.#lines.set(event.kind, seen)
    if (seen > AUDIT_LINES_MAX) return
    const fields = { connection: this.id, dialect: this.dialectName, ...scalarsOf(event) }
    if (isAlarm(event)) this.services.log.warn(fields, event.kind)
    else this.services.log.info(fields, event.kind)
  }

  ended(summary: CallSummary): void {
    this.#drainedAtMs = this.services.clock.nowMs()
    this.#leakCheck?.close()
    this.#ledger.closed(summary)
    if (this.#stream !== null) {
      this.services.registry.remove(this.#stream)
      this.services.directory.withdraw(this.#stream)
    }
    if (this.#link instanceof EmbeddedRecorder) void this.#link.finish(summary)
  }

  #connect(handshake: Handshake, preamble: () => readonly WireMessage[] | null): RecorderLink {
    const { clock, log, recordingsDirectory } = this.services
    const { dialect, dialectOptions, recorder } = this.fork
    const now = (): number => clock.nowMs()
    const handler = {
      opened: () => this.#guard(() => this.#session.recorderOpened(now())),
      message: (message: WireMessage) => this.#guard(() => this.#session.receiveFromRecorder(message, now())),
      lost: () => log.warn({ connection: this.id, dialect: this.dialectName }, 'recorder lost, redialling'),
      gone: (wasClean: boolean) => this.#linkGone(wasClean),
      gap: (samples: number) => this.#session.recorderGap(samples),
      kept: (path: string | null) => this.#noteKept(path),
      impossible: (fault: BridgeFault) =>
        log.error(
          { connection: this.id, dialect: this.dialectName, fault },
          'call cannot be told in the recorder’s dialect',
        ),
    }
    if (recorder === 'embedded')
      return new EmbeddedRecorder({
        connection: this.id,
        directory: recordingsDirectory,
        dialect: this.dialectName,
        policy: this.fork.policyName,
        clock,
        endpoint: dialect.record(dialectOptions),
        handler,
      })
    if (recorder.bridge !== null)
      return new BridgeLink({ ...recorder, target: recorder.bridge, dialect, dialectOptions, clock, handler })
    return new RecorderClient({
      transport: transportOf(dialect),
      url: recorder.url,
      redialSeconds: recorder.redialSeconds,
      handshake: () => dialect.recorderHandshake(handshake, recorder.url, dialectOptions, authContext(clock)),
      preamble,
      clock,
      handler,
    })
  }

  /** Every nth connection of this process has a second listener; the first one has. */
  #createLeakCheck(): LeakCheck | null {
    const { everyNthCall, text } = this.services.leakCheck ?? { everyNthCall: 0, text: false }
    const isHeard = everyNthCall > 0 && connectionCount++ % everyNthCall === 0
    if (!isHeard && !text) return null
    return new LeakCheck({
      endpoint: isHeard ? this.fork.dialect.record(this.fork.dialectOptions) : null,
      isTextChecked: text,
      suspect: (suspicion) => this.audit({ kind: 'leak-suspected', ...suspicion }),
    })
  }

  /** Behind the sending: a listener that fails is let go, and its call goes on. */
  #checkSent(message: WireMessage, samples: number): void {
    try {
      this.#leakCheck?.sent(message, samples, this.#takenAtMs)
    } catch (error) {
      this.#leakCheck = null
      this.services.log.error({ connection: this.id, code: errorCodeOf(error) }, 'leak check failed')
    }
  }

  #noteLeak(event: Extract<AuditEvent, { kind: 'leak-suspected' }>): void {
    this.services.metrics.leakSuspected()
    if (event.source === 'audio') this.#erase(event.range, 'leak-suspected')
  }

  /** What has left and should not have, or nobody agrees to any more, is asked back from whoever has it (R5). */
  #erase({ tracks, startSample, endSample }: TrackRange, reason: string): void {
    const { call } = this.#session
    if (call === null || call.isProbe) return
    const { callId, streamId } = call
    const range: ErasureRange = {
      ref: { callId, streamId, tenant: this.tenant },
      reason,
      tracks,
      startSample,
      endSample,
      sampleRate: call.streams[0]?.format.clockRateHz ?? 8000,
      startEpochMs: Math.round(this.#session.epochMsOf(startSample)),
    }
    if (this.fork.erasure !== undefined) this.services.erasures.ask(this.fork.erasure, range)
    if (this.#link instanceof EmbeddedRecorder) void this.#eraseOwn(this.#link, range)
  }

  async #eraseOwn(recorder: EmbeddedRecorder, range: ErasureRange): Promise<void> {
    noteErasure(this.services, 'asked', range, 0)
    const isDone = await recorder.erase(range, range.reason).then(
      () => true,
      () => false,
    )
    noteErasure(this.services, isDone ? 'confirmed' : 'failed', range, 1)
  }

  #linkGone(wasClean: boolean): void {
    this.#isLinkGone = true
    this.#guard(() => this.#session.recorderClosed(wasClean, this.services.clock.nowMs()))
    this.#finishIfOver()
  }

  #noteKept(path: string | null): void {
    const fields = { connection: this.id, dialect: this.dialectName }
    if (path === null) this.services.log.error(fields, 'the recording could not be kept')
    else this.services.log.info({ ...fields, file: path }, 'recording kept')
  }

  #finishIfOver(): void {
    if (this.#isOver || !this.#isPbxGone || !this.#isLinkGone) return
    this.#isOver = true
    this.over(this)
  }

  /** A broken invariant ends this call, closed, and no other (R6). */
  #guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    const fields = { connection: this.id, code: errorCodeOf(error) }
    this.services.log.error(fields, 'call ended by a fault of the proxy')
    this.#session.fail()
  }
}

/** Connections so far, for the choice of those that are listened to again. */
let connectionCount = 0

const policyHashes = new WeakMap<PolicyOptions, string>()

/** What the ledger calls a policy by, whatever its name; worked out once. */
const policyHashOf = (policy: PolicyOptions): string => {
  const hash = policyHashes.get(policy) ?? canonicalHash(policy)
  policyHashes.set(policy, hash)
  return hash
}

const alarms: ReadonlySet<AuditEvent['kind']> = new Set([
  'late',
  'detector-failed',
  'unjudged-passed',
  'lease-expired',
  'recorder-gap',
  'leak-suspected',
])

/** Ranges are for the ledger; a log line would be one for every pause between two keys. */
const isForLedgerOnly = ({ kind }: AuditEvent): boolean => kind.startsWith('span-') || kind === 'passed-range'

/** An event's words and figures, without its lists. */
const scalarsOf = ({ kind: _, ...facts }: AuditEvent): LogFields =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => typeof value !== 'object'))

const isAlarm = ({ kind }: AuditEvent): boolean => alarms.has(kind)
