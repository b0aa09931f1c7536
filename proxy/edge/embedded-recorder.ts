/**
 * hushfork's own recorder, the default when none is configured: the dialect's recorder endpoint behind the same link as any
 * other, so that what it writes is what went out on the wire. It answers like a peer: never from within send().
 */
import type { Clock } from '../base/clock.js'
import { RECORDER_QUEUE_BYTES_MAX } from '../base/limits.js'
import type { DialectRecorder, RecorderEvent } from '../dialects/dialect.js'
import type { CallStart, MediaFrame } from '../media/frame.js'
import type { WireMessage } from '../media/wire.js'
import type { TrackRange } from '../policy/audit.js'
import type { CallSummary } from '../session/call-summary.js'
import type { RecorderLink } from '../session/recorder-link.js'
import { CallRecording, recordingPath } from './call-recording.js'

export interface EmbeddedRecorderOptions {
  /** Id of the connection, unique in this process; part of the file's name. */
  readonly connection: string
  readonly directory: string
  readonly dialect: string
  readonly policy: string
  readonly clock: Clock
  readonly endpoint: DialectRecorder
  readonly handler: {
    opened(): void
    message(message: WireMessage): void
    /** `wasClean` unless a recording could not be kept. */
    gone(wasClean: boolean): void
    gap(samples: number): void
    /** The recording is whole on disk, or could not be kept. */
    kept(path: string | null): void
  }
}

export class EmbeddedRecorder implements RecorderLink {
  #state: RecorderLink['state'] = 'connecting'
  #recording: CallRecording | null = null
  /** Frames that came while the file was being opened. */
  #early: MediaFrame[] = []
  #earlyBytes = 0
  #opening: Promise<void> | null = null
  #isProbe = false
  #cannotOpen = false
  #isFinished = false
  #hasLeft = false
  #isKept = true
  readonly #events: RecorderEvent[] = []

  constructor(private readonly options: EmbeddedRecorderOptions) {
    setImmediate(() => {
      if (this.#state !== 'connecting') return
      this.#state = 'open'
      options.handler.opened()
    })
  }

  get state(): RecorderLink['state'] {
    return this.#state
  }

  get queuedBytes(): number {
    return this.#earlyBytes + (this.#recording?.queuedBytes ?? 0)
  }

  send(message: WireMessage, samples: number): void {
    const { handler, endpoint, clock } = this.options
    if (samples > 0 && this.#state === 'closed') {
      handler.gap(samples)
      return
    }
    endpoint.receive(message, clock.nowMs(), this.#events)
    for (const event of this.#events) this.#apply(event)
    this.#events.length = 0
  }

  close(): void {
    this.#state = 'closed'
    this.#leaveIfDone()
  }

  tick(): void {
    // a disk needs no attention
  }

  /** Silences what had left and should not have. Rejects when it cannot be had from the disk. */
  async erase(range: TrackRange, reason: string): Promise<void> {
    await this.#opening
    await this.#recording?.erase(range, reason)
  }

  /** The call is over: completes the files. */
  async finish(summary: CallSummary): Promise<void> {
    await this.#opening
    const endedAt = new Date(this.options.clock.epochMs()).toISOString()
    const path = await this.#recording?.finish(summary, endedAt).catch(() => null)
    // Where the first audio opens the call for a recorder, a call without any is none for it.
    const isHeard = this.#opening !== null || summary.samples.some((samples) => samples > 0)
    const isDue = this.#recording !== null || (!this.#isProbe && summary.call !== null && isHeard)
    this.#isKept = !isDue || typeof path === 'string'
    if (isDue) this.options.handler.kept(path ?? null)
    this.#isFinished = true
    this.#leaveIfDone()
  }

  /** Gone is said when the files are whole as well: a process that drains waits for them. */
  #leaveIfDone(): void {
    if (this.#hasLeft || !this.#isFinished || this.#state !== 'closed') return
    this.#hasLeft = true
    setImmediate(() => this.options.handler.gone(this.#isKept))
  }

  #apply(event: RecorderEvent): void {
    switch (event.kind) {
      case 'started':
        this.#isProbe = event.call.isProbe
        if (!event.call.isProbe) this.#opening = this.#open(event.call)
        return
      case 'media':
        this.#write(event.frame)
        return
      case 'reply':
        setImmediate(() => this.options.handler.message(event.message))
        return
      case 'close':
        this.close()
        return
      case 'ended':
      case 'violation':
        return
      default: {
        const never: never = event
        throw new Error(String(never))
      }
    }
  }

  async #open(call: CallStart): Promise<void> {
    const { clock, connection, directory, dialect, policy } = this.options
    const startedMs = clock.epochMs()
    try {
      const path = await recordingPath(directory, call, startedMs, connection)
      this.#recording = new CallRecording(call, path, {
        dialect,
        policy,
        startedAt: new Date(startedMs).toISOString(),
      })
      for (const frame of this.#early) this.#recording.write(frame)
    } catch {
      this.#cannotOpen = true
      for (const frame of this.#early) this.options.handler.gap(frame.sampleCount)
    }
    this.#early = []
    this.#earlyBytes = 0
  }

  /** What cannot be kept is heard all the same: the audio behind it keeps its place. */
  get #isFull(): boolean {
    const hasFailed = this.#cannotOpen || this.#recording?.hasFailed === true
    return hasFailed || this.queuedBytes > RECORDER_QUEUE_BYTES_MAX
  }

  #write(frame: MediaFrame): void {
    if (this.#isFull) this.options.handler.gap(frame.sampleCount)
    else if (this.#recording !== null) this.#recording.write(frame)
    else if (this.#opening !== null && !this.#isProbe) {
      this.#early.push({ ...frame, payload: frame.payload.slice() })
      this.#earlyBytes += frame.payload.length
    }
  }
}
