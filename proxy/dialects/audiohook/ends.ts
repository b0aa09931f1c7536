import type { WireMessage } from '../../media/wire.js'
import { encodeClient, encodeServer } from './encode.js'
import {
  type ClientMessage,
  type ClientType,
  NULL_UUID,
  type ServerMessage,
  type ServerType,
} from './messages.js'
import { type Numbers, type Read, readClient, readServer } from './receive.js'
import type { ViolationCode } from './violations.js'

/**
 * The two ends of a hop. Each hop counts for itself, because the proxy answers pings itself and drops what it cannot
 * clean: a number of one hop means nothing on the other.
 */

/** What was said, and what is wrong with it: a message whose numbers are wrong comes with both. */
export interface Heard<Message> {
  readonly message: Message | null
  readonly fault: ViolationCode | null
}

class Counters {
  #sent = 0
  #heard = 0

  /** @param id the session, or null when the first message is to name it */
  constructor(private id: string | null) {}

  get session(): string {
    return this.id ?? NULL_UUID
  }

  get sent(): number {
    return this.#sent
  }

  get heard(): number {
    return this.#heard
  }

  next(): number {
    return ++this.#sent
  }

  hear<Message>({ numbers, message, fault }: Read<Message>): Heard<Message> {
    return { message, fault: (numbers && this.#check(numbers)) ?? fault }
  }

  /** Each number is exactly one more than the last; after a gap, counting goes on from what was heard. */
  #check({ id, seq, peerSeq }: Numbers): ViolationCode | null {
    const isNext = seq === this.#heard + 1
    this.#heard = seq
    this.id ??= id
    if (!isNext) return 'seq'
    if (peerSeq > this.#sent) return 'peer-seq'
    return id === this.id ? null : 'session-id'
  }
}

/** The server's end of a hop: hears a client and answers it. */
export class ServerEnd {
  readonly #counters: Counters

  /** @param id the session, or null when the first message is to name it */
  constructor(id: string | null) {
    this.#counters = new Counters(id)
  }

  get session(): string {
    return this.#counters.session
  }

  hear(message: WireMessage): Heard<ClientMessage> {
    return this.#counters.hear(readClient(message))
  }

  /**
   * Says that everything heard so far has been heard; a pong must therefore be said before the next message is.
   * @param parameters JSON text of an object
   */
  say(type: ServerType, parameters: string): WireMessage {
    const counters = this.#counters
    return encodeServer(type, counters.session, counters.next(), counters.heard, parameters)
  }
}

/** The client's end of a hop: speaks to a server and hears what it answers. */
export class ClientEnd {
  readonly #counters: Counters
  #pingSeq: number | null = null
  #pingedAtMs = 0

  constructor(id: string) {
    this.#counters = new Counters(id)
  }

  /** Whether a ping waits for its pong. */
  get isPinging(): boolean {
    return this.#pingSeq !== null
  }

  hear(message: WireMessage): Heard<ServerMessage & Numbers> {
    return this.#counters.hear(readServer(message))
  }

  /**
   * @param position duration of the stream that went before
   * @param parameters JSON text of an object
   */
  say(type: ClientType, position: string, parameters: string): WireMessage {
    const counters = this.#counters
    return encodeClient(type, counters.session, counters.next(), counters.heard, position, parameters)
  }

  ping(position: string, parameters: string, nowMs: number): WireMessage {
    const message = this.say('ping', position, parameters)
    this.#pingSeq = this.#counters.sent
    this.#pingedAtMs = nowMs
    return message
  }

  /** The round trip in ms that a pong ends, or null when it answers no ping of ours. */
  pong(clientseq: number, nowMs: number): number | null {
    if (clientseq !== this.#pingSeq) return null
    this.#pingSeq = null
    return nowMs - this.#pingedAtMs
  }
}
