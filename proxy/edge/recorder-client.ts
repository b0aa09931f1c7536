/**
 * The way to a recorder over the network. Judged messages wait in a bounded queue while the recorder is dialled, is slow, or
 * is away; a lost one is redialled with growing pauses, hears the preamble again and then what it missed, in order.
 *
 *   send -> [queue (bounded) ->] in flight (handed to the socket, at most IN_FLIGHT_BYTES_MAX) -> written
 *
 * A message leaves "in flight" when the socket has written it; what was in flight when the socket broke is asked back from it, and
 * sent again. While the recorder keeps up nothing waits, and the only copy is the one that the socket writes.
 * What finds no room is given up: counted in samples and told to the owner, never silently.
 */
import type { Clock } from '../base/clock.js'
import { Fifo } from '../base/fifo.js'
import { RECORDER_QUEUE_BYTES_MAX, RECORDER_QUEUE_ITEMS_MAX } from '../base/limits.js'
import type { RecorderHandshake } from '../dialects/dialect.js'
import type { Transport } from '../dialects/transport.js'
import type { WireMessage } from '../media/wire.js'
import { MessageStore } from '../session/message-store.js'
import type { RecorderLink } from '../session/recorder-link.js'
import { type ClientSocket, dial } from './client-socket.js'

/** Handed to the socket at once: 1 s of stereo L16 at 16 kHz. More waits in our own queue, where it can be counted. */
const IN_FLIGHT_BYTES_MAX = 128 * 1024
/** Room kept for text when audio has filled the queue: ends and closes must get through. */
const TEXT_RESERVE_BYTES = 64 * 1024
/** A recorder that takes nothing for this long, with messages waiting, is treated as lost. */
const STALL_MS_MAX = 10_000
const CLOSE_MS_MAX = 5_000
const REDIAL_MS_MIN = 250
const REDIAL_MS_MAX = 5_000

export interface RecorderClientOptions {
  readonly transport: Transport
  readonly url: URL
  /** Asked again at every dial: signatures age. */
  handshake(): RecorderHandshake
  /** What a redialled recorder must hear first; null: this protocol cannot resume, a lost recorder is gone. */
  preamble(): readonly WireMessage[] | null
  readonly redialSeconds: number
  readonly clock: Clock
  readonly handler: RecorderClientHandler
}

export interface RecorderClientHandler {
  opened(): void
  message(message: WireMessage): void
  /** Lost and being redialled. */
  lost(): void
  /** Gone for good: closed, refused, or given up. `wasClean` when it had heard everything and closed by the protocol. */
  gone(wasClean: boolean): void
  /** Audio that no recorder will get, in samples per track. */
  gap(samples: number): void
}

/** What is remembered of a message that the socket has. */
interface Sent {
  readonly bytes: number
  readonly samples: number
  /** Said to a redialled recorder alone; the next one hears it anew. */
  readonly isPreamble: boolean
}

interface Waiting {
  readonly message: WireMessage
  readonly samples: number
  readonly isPreamble: boolean
}

export class RecorderClient implements RecorderLink {
  #state: RecorderLink['state'] = 'connecting'
  #socket: ClientSocket | null = null
  /** The session's memory is used again when send() returns: what waits in the queue is copied into memory of the link's own. */
  readonly #messages = new MessageStore()
  #queue = new Fifo<Waiting>(RECORDER_QUEUE_ITEMS_MAX)
  readonly #inFlight = new Fifo<Sent>(RECORDER_QUEUE_ITEMS_MAX)
  /** What was sent last: a call's frames are alike, and one object tells of all of them. */
  #lastSent: Sent = { bytes: 0, samples: 0, isPreamble: false }
  #queuedBytes = 0
  #inFlightBytes = 0
  /** As of the last tick: stalls and redials are counted in seconds. */
  #nowMs: number
  #lastProgressMs: number
  #firstLostMs = Infinity
  #redialAtMs = Infinity
  #redialPauseMs = REDIAL_MS_MIN
  #hasBeenOpen = false
  /** Messages written so far, preambles not among them. */
  #writtenCount = 0
  #closeCode: number | null = null
  #closeDeadlineMs = Infinity

  constructor(private readonly options: RecorderClientOptions) {
    this.#nowMs = options.clock.nowMs()
    this.#lastProgressMs = this.#nowMs
    this.#dial()
  }

  get state(): RecorderLink['state'] {
    return this.#state
  }

  get queuedBytes(): number {
    return this.#queuedBytes + this.#inFlightBytes
  }

  /** Hot. */
  send(message: WireMessage, samples: number): void {
    if (this.#state === 'closed' || this.#closeCode !== null) {
      if (samples > 0) this.options.handler.gap(samples)
      return
    }
    const limit = RECORDER_QUEUE_BYTES_MAX + (samples > 0 ? 0 : TEXT_RESERVE_BYTES)
    if (this.queuedBytes + message.data.length > limit || this.#queue.isFull) {
      this.options.handler.gap(samples)
      return
    }
    if (this.#queue.size === 0 && this.#hand(message, samples, false)) return
    this.#queue.push({ message: this.#messages.copyOf(message), samples, isPreamble: false })
    this.#queuedBytes += message.data.length
  }

  /** A recorder that is away with messages waiting may still come back for them, for a while. */
  close(code: number): void {
    if (this.#state === 'closed' || this.#closeCode !== null) return
    this.#closeCode = code
    this.#closeDeadlineMs = this.options.clock.nowMs() + CLOSE_MS_MAX
    if (this.#state === 'lost' && this.#queue.size === 0) this.#giveUp()
    else this.#pump()
  }

  /** Time passes: redials, notices stalls. Called about every 20 ms. */
  tick(nowMs: number): void {
    this.#nowMs = nowMs
    if (this.#state === 'closed') return
    if (nowMs >= this.#closeDeadlineMs) this.#giveUp()
    else if (this.#state === 'lost' && nowMs >= this.#redialAtMs) this.#dial()
    else if (this.#state === 'open' && this.#inFlightBytes > 0 && nowMs - this.#lastProgressMs > STALL_MS_MAX)
      this.#socket?.destroy()
  }

  #dial(): void {
    this.#state = 'connecting'
    this.#redialAtMs = Infinity
    const { transport, url, handshake, handler } = this.options
    const socket: ClientSocket = dial(transport, url, handshake(), {
      opened: () => this.#opened(socket),
      message: (message) => {
        if (socket === this.#socket) handler.message(message)
      },
      written: (messages) => {
        if (socket === this.#socket) this.#written(messages)
      },
      closed: (wasClean) => this.#closed(socket, wasClean),
    })
    this.#socket = socket
  }

  #opened(socket: ClientSocket): void {
    if (socket !== this.#socket) return
    this.#state = 'open'
    this.#lastProgressMs = this.options.clock.nowMs()
    this.#firstLostMs = Infinity
    this.#redialPauseMs = REDIAL_MS_MIN
    if (this.#hasBeenOpen) this.#fill([...this.#preamble(), ...this.#queue.drain()])
    this.#hasBeenOpen = true
    this.options.handler.opened()
    this.#pump()
  }

  #closed(socket: ClientSocket, wasClean: boolean): void {
    if (socket !== this.#socket || this.#state === 'closed') return
    this.#socket = null
    this.#takeBack(socket)
    const nowMs = this.options.clock.nowMs()
    if (this.#firstLostMs === Infinity) this.#firstLostMs = nowMs
    const isNeeded = this.#closeCode === null || this.#queue.size > 0
    const mayRedial = isNeeded && (!this.#hasBeenOpen || this.options.preamble() !== null)
    if (!mayRedial || nowMs - this.#firstLostMs >= this.options.redialSeconds * 1000) {
      this.#giveUp(wasClean && !isNeeded)
      return
    }
    this.#state = 'lost'
    this.#redialAtMs = nowMs + this.#redialPauseMs
    this.#redialPauseMs = Math.min(REDIAL_MS_MAX, this.#redialPauseMs * 2)
    this.options.handler.lost()
  }

  /** A call begins with its preamble: what of it was never written still waits in the queue, and is not said twice. */
  #preamble(): Waiting[] {
    const messages = this.options.preamble() ?? []
    return messages.slice(0, this.#writtenCount).map((message) => ({ message, samples: 0, isPreamble: true }))
  }

  /** What was in flight goes back to the head of the queue. */
  #takeBack(socket: ClientSocket): void {
    const messages = socket.takeBack()
    this.#written(this.#inFlight.size - messages.length)
    const missed = this.#inFlight.drain().map((sent, i) => ({ ...sent, message: messages[i]! }))
    this.#fill([...missed, ...this.#queue.drain()].filter(({ isPreamble }) => !isPreamble))
    this.#inFlightBytes = 0
  }

  #fill(queue: readonly Waiting[]): void {
    // Longer by a preamble than what was taken from it.
    this.#queue = new Fifo(RECORDER_QUEUE_ITEMS_MAX + queue.length)
    for (const waiting of queue) this.#queue.push(waiting)
    this.#queuedBytes = queue.reduce((sum, { message }) => sum + message.data.length, 0)
  }

  #pump(): void {
    for (let waiting = this.#queue.peek(); waiting !== undefined; waiting = this.#queue.peek()) {
      if (!this.#hand(waiting.message, waiting.samples, waiting.isPreamble)) break
      this.#queue.shift()
      this.#queuedBytes -= waiting.message.data.length
      this.#messages.giveBack(waiting.message)
    }
    if (this.#closeCode !== null && this.#queue.size === 0 && this.#state === 'open')
      this.#socket?.close(this.#closeCode)
  }

  /** Hands a message to the socket, if it may have more. Hot. */
  #hand(message: WireMessage, samples: number, isPreamble: boolean): boolean {
    if (this.#state !== 'open' || this.#inFlightBytes >= IN_FLIGHT_BYTES_MAX || this.#inFlight.isFull)
      return false
    if (this.#socket?.send(message) !== true) return false
    if (this.#inFlightBytes === 0) this.#lastProgressMs = this.#nowMs
    const bytes = message.data.length
    const last = this.#lastSent
    if (last.bytes !== bytes || last.samples !== samples || last.isPreamble !== isPreamble)
      this.#lastSent = { bytes, samples, isPreamble }
    this.#inFlight.push(this.#lastSent)
    this.#inFlightBytes += bytes
    return true
  }

  #written(messages: number): void {
    for (let i = 0; i < messages; i++) {
      const sent = this.#inFlight.shift()
      if (sent === undefined) return
      if (!sent.isPreamble) this.#writtenCount++
      this.#inFlightBytes -= sent.bytes
    }
    this.#lastProgressMs = this.#nowMs
    if (this.#queue.size > 0) this.#pump()
  }

  #giveUp(wasClean = false): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    const lost = [...this.#inFlight.drain(), ...this.#queue.drain()]
    const lostSamples = lost.reduce((sum, { samples }) => sum + samples, 0)
    this.#queuedBytes = 0
    this.#inFlightBytes = 0
    this.#socket?.destroy()
    this.#socket = null
    if (lostSamples > 0) this.options.handler.gap(lostSamples)
    this.options.handler.gone(wasClean)
  }
}
