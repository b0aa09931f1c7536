/**
 * Plays a simulated PBX against a fork server over its dialect's own transport, paced by the clock or faster. For the demo,
 * for tests, and for trying a set-up before the PBX is there.
 */
import type { DialectPbx } from '../dialects/dialect.js'
import type { Transport } from '../dialects/transport.js'
import type { WireMessage } from '../media/wire.js'
import { type ClientSocket, dial } from './client-socket.js'

/** Something to do when the call has reached a point: a signal, a key. Audio waits until it is done. */
export interface Cue {
  readonly atMs: number
  run(out: WireMessage[]): Promise<void> | void
}

export interface ForkPlay {
  readonly transport: Transport
  readonly url: URL
  readonly pbx: DialectPbx
  /** One array per track, equally long. */
  readonly pcm: readonly Int16Array[]
  readonly sampleRateHz: number
  /** Audio per step, ms. */
  readonly ptimeMs: number
  /** 1 is real time, 20 is twenty times as fast. */
  readonly speed: number
  readonly cues: readonly Cue[]
  /**
   * How many messages the other side has taken so far, from whichever call; for whoever can look inside. Without it a cue
   * finds the call there as well as the transport can tell, which on TCP and gRPC is when the network has taken it all.
   */
  heardCount?(): number
  progress?(playedMs: number, totalMs: number): void
}

/** Bytes that may wait in the socket before the player pauses. */
const UNSENT_BYTES_MAX = 256 * 1024
const READY_MS_MAX = 10_000
const DONE_MS_MAX = 10_000

/** Plays the call to its end. Rejects when the other side refuses or breaks off. Returns how many messages went out. */
export const playFork = async (play: ForkPlay): Promise<number> => {
  const player = new Player(play)
  await player.play()
  return player.sentCount
}

class Player {
  sentCount = 0
  readonly #out: WireMessage[] = []
  readonly #socket: ClientSocket
  readonly #heardBefore: number
  #isOpen = false
  #isClosed = false

  constructor(private readonly call: ForkPlay) {
    this.#heardBefore = call.heardCount?.() ?? 0
    this.#socket = dial(call.transport, call.url, call.pbx.handshake, {
      opened: () => {
        this.#isOpen = true
      },
      message: (message) => this.hear(message),
      written: () => undefined,
      closed: () => {
        this.#isClosed = true
      },
    })
  }

  hear(message: WireMessage): void {
    this.call.pbx.receive(message, performance.now(), this.#out)
    this.#flush()
  }

  async play(): Promise<void> {
    const { pbx } = this.call
    await this.#until(() => this.#isOpen || this.#isClosed, READY_MS_MAX, 'nobody answered')
    if (this.#isClosed) throw new Error('the other side refused the connection')
    pbx.opened(performance.now(), this.#out)
    this.#flush()
    await this.#until(() => pbx.isReady, READY_MS_MAX, 'the other side did not take the call')
    await this.#audio()
    pbx.hangUp(performance.now(), this.#out)
    this.#flush()
    await this.#until(() => pbx.isDone || this.#isClosed, DONE_MS_MAX, 'the other side did not end the call')
    this.#socket.close(1000)
    await this.#until(() => this.#isClosed, DONE_MS_MAX, 'the socket did not close')
  }

  async #audio(): Promise<void> {
    const { pbx, pcm, ptimeMs, sampleRateHz, speed, cues } = this.call
    const total = pcm[0]?.length ?? 0
    const step = Math.round((ptimeMs * sampleRateHz) / 1000)
    const waiting = [...cues].sort((a, b) => a.atMs - b.atMs)
    const beganMs = performance.now()
    for (let at = 0; at < total; at += step) {
      const playedMs = (at * 1000) / sampleRateHz
      while (waiting[0] !== undefined && waiting[0].atMs <= playedMs) await this.#cue(waiting.shift()!)
      const dueMs = beganMs + playedMs / speed
      while (performance.now() < dueMs || this.#socket.bufferedBytes > UNSENT_BYTES_MAX) await sleep(1)
      if (this.#isClosed) throw new Error('the other side closed the socket in mid-call')
      pbx.audio(
        pcm.map((samples) => samples.subarray(at, Math.min(total, at + step))),
        performance.now(),
        this.#out,
      )
      this.#flush()
      this.call.progress?.(playedMs, (total * 1000) / sampleRateHz)
    }
    for (const cue of waiting) await this.#cue(cue)
  }

  /** The other side has read everything that was sent before: the cue finds the call there. */
  async #cue(cue: Cue): Promise<void> {
    await this.#socket.caughtUp()
    const { heardCount } = this.call
    if (heardCount !== undefined)
      await this.#until(
        () => this.#isClosed || heardCount() - this.#heardBefore >= this.sentCount,
        READY_MS_MAX,
        'the other side does not keep up',
      )
    await cue.run(this.#out)
    this.#flush()
  }

  #flush(): void {
    for (const message of this.#out) {
      if (!this.#isClosed) this.#socket.send(message)
      this.sentCount++
    }
    this.#out.length = 0
  }

  async #until(isSo: () => boolean, waitMs: number, otherwise: string): Promise<void> {
    const endMs = performance.now() + waitMs
    while (!isSo()) {
      if (performance.now() > endMs) throw new Error(otherwise)
      await sleep(2)
    }
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
