/**
 * A recorder of a dialect, for trying what a fork or a proxy sends: it answers as one, keeps each call as WAV, and says of it
 * how long it was and how much of it was silent. Every transport that forks come over, it listens on.
 */
import { mkdir } from 'node:fs/promises'
import type { Clock } from '../base/clock.js'
import type { Dialect, DialectRecorder, RecorderEvent } from '../dialects/dialect.js'
import { transportOf } from '../dialects/transport.js'
import type { CallStart } from '../media/frame.js'
import type { Handshake, WireMessage } from '../media/wire.js'
import { safePolicy } from '../policy/options.js'
import { SideBySide } from '../session/side-by-side.js'
import { recordingPath } from './call-recording.js'
import type { Fork } from './fork-connection.js'
import { forkUrlOf, listenerOf } from './fork-listener.js'
import type { ForkGate, ForkListener, ForkSocket, ForkSocketHandler, Refusal } from './fork-socket.js'
import type { Log } from './log.js'
import { WavFile } from './wav-file.js'

/** What became of one call; samples are per track. */
export interface SinkCall {
  readonly path: string | null
  readonly trackCount: number
  readonly sampleRateHz: number
  readonly samples: number
  /** Samples that were digital silence on every track. */
  readonly silentSamples: number
  readonly violations: number
}

export interface SinkOptions {
  readonly dialect: Dialect
  readonly host: string
  readonly port: number
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
  began(call: CallStart): void
  ended(call: SinkCall): void
  /** Something that the dialect does not allow, by the code of its WIRE.md. */
  violated(code: string): void
}

export interface RunningSink {
  readonly url: URL
  /** Cuts off what is live, waits for its files. */
  close(): Promise<void>
}

/** Listens. Rejects with REDACT_ERR_LISTEN when the port cannot be had. */
export const startSink = async (options: SinkOptions): Promise<RunningSink> => {
  const { dialect, host, port, directory, log } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const fork = forkOf(dialect, host)
  const calls = new Set<SinkConnection>()
  const gate: ForkGate = {
    refusesAddress: () => false,
    refusalOf: (): Refusal | null => null,
    take: (_fork: Fork, _handshake: Handshake, socket: ForkSocket): ForkSocketHandler => {
      const call = new SinkConnection(options, socket, String(calls.size))
      calls.add(call)
      return call
    },
  }
  const listener: ForkListener = listenerOf(fork, null, gate, { log, metrics: { refused() {} } })
  const bound = await listener.listen(host, port)
  return {
    url: forkUrlOf(fork, host, null, bound),
    async close() {
      listener.stop()
      for (const call of calls) call.closed()
      await Promise.all([...calls].map(({ kept }) => kept))
      listener.destroy()
    },
  }
}

/** Who listens needs a fork; nothing of its policy is used, since nothing is judged here. */
const forkOf = (dialect: Dialect, host: string): Fork => ({
  ...(transportOf(dialect).kind === 'websocket' ? { path: '/' } : { host, port: 0 }),
  dialect,
  dialectOptions: dialect.schema.parse({ auth: 'none' }),
  recorder: 'embedded',
  policyName: 'none',
  policy: safePolicy,
  tenant: 'default',
})

class SinkConnection implements ForkSocketHandler {
  /** Settles when the call's file is whole. */
  kept: Promise<void> = Promise.resolve()
  readonly #endpoint: DialectRecorder
  readonly #events: RecorderEvent[] = []
  #tracks: SideBySide | null = null
  #trackCount = 0
  #file: WavFile | null = null
  /** Audio that came while the file's folder was being made. */
  #early: (readonly Int16Array[])[] = []
  #silentSamples = 0
  #violations = 0
  #isOver = false

  constructor(
    private readonly options: SinkOptions,
    private readonly socket: ForkSocket,
    private readonly id: string,
  ) {
    const { dialect } = options
    this.#endpoint = dialect.record(dialect.schema.parse({ auth: 'none' }))
  }

  message(message: WireMessage): void {
    if (this.#isOver) return
    this.#endpoint.receive(message, this.options.clock.nowMs(), this.#events)
    for (const event of this.#events.splice(0)) this.#apply(event)
  }

  settle(): void {}

  closed(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.kept = this.kept.then(() => this.#finish())
    this.socket.close(1000)
  }

  #apply(event: RecorderEvent): void {
    switch (event.kind) {
      case 'started':
        if (this.#tracks === null && !event.call.isProbe) this.#begin(event.call)
        return
      case 'media':
        this.#tracks?.write(event.frame)
        return
      case 'reply':
        this.socket.send(event.message)
        return
      case 'close':
        this.socket.close(event.code)
        return
      case 'ended':
        return
      case 'violation':
        this.#violations++
        this.options.violated(event.code)
        return
      default: {
        const never: never = event
        throw new Error(String(never))
      }
    }
  }

  #begin(call: CallStart): void {
    const { directory, clock, began } = this.options
    const tracks = new SideBySide(call, (pcm) => this.#keep(pcm))
    this.#tracks = tracks
    this.#trackCount = call.tracks.length
    began(call)
    this.kept = recordingPath(directory, call, clock.epochMs(), this.id).then((path) => {
      this.#file = new WavFile(`${path}.wav`, call.tracks.length, tracks.sampleRateHz)
      for (const pcm of this.#early.splice(0)) this.#file.write(pcm)
    })
  }

  #keep(pcm: readonly Int16Array[]): void {
    for (let i = 0; i < pcm[0]!.length; i++)
      if (pcm.every((samples) => samples[i] === 0)) this.#silentSamples++
    if (this.#file === null) this.#early.push(pcm)
    else this.#file.write(pcm)
  }

  async #finish(): Promise<void> {
    const tracks = this.#tracks
    if (tracks === null) return
    tracks.end()
    const path = (await this.#file?.finish().catch(() => null)) ?? null
    this.options.ended({
      path,
      trackCount: this.#trackCount,
      sampleRateHz: tracks.sampleRateHz,
      samples: tracks.samples,
      silentSamples: this.#silentSamples,
      violations: this.#violations,
    })
  }
}
