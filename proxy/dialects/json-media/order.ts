/**
 * Puts media messages of one track that overtook each other back into their order, before anyone listens to them.
 *
 *   taken 7 | waiting 9 10 11 | 8 is missing
 *
 * The next one in the count is taken at once, so that a stream in order is not delayed. A later one waits until the missing
 * ones are here, or until so much audio waits behind the gap that they are taken for lost. What comes after that is late: its
 * place has been judged without it. Audio decides, not the clock, so that a stored call replays alike; the clock only ends
 * the wait of a track that has gone quiet.
 */
import type { MediaFrame } from '../../media/frame.js'
import type { WireMessage } from '../../media/wire.js'
import { mediaHeldBytes } from './encode.js'
import type { PayloadPlace } from './payload.js'

/** A frame's message as it is to be sent, and where the payload lies in it. */
export interface MediaEnvelope extends PayloadPlace {
  readonly message: WireMessage
}

/** A media message that has arrived: a frame whose place in the call is still to be said. */
export class ArrivedMedia implements MediaFrame {
  startSample = 0
  readonly envelope: WireMessage
  readonly heldBytes: number

  /**
   * @param stream its track, which is a stream of its own; @param counter its place in the order of its track, -1: unknown
   */
  constructor(
    readonly stream: number,
    readonly counter: number,
    readonly timestampMs: number | null,
    public payload: Uint8Array,
    readonly sampleCount: number,
    readonly message: WireMessage,
    readonly payloadStart: number,
    readonly payloadEnd: number,
    readonly receivedAtMs: number,
  ) {
    this.envelope = message
    this.heldBytes = mediaHeldBytes(message)
  }
}

/** Where the messages of a track begin to count, in every protocol that says so. */
const FIRST = 1

/** Messages that may wait on one track: a second of 20 ms, whatever they claim to last. */
export const WAITING_MAX = 50

export class TrackOrder {
  /** In order; messages of the same count stay in the order of their arrival. */
  readonly #waiting: ArrivedMedia[] = []
  #waitingSamples = 0
  #taken = FIRST - 1

  /** @param windowSamples how much audio behind a gap is waited for; @param stalledMs how long one message waits at most */
  constructor(
    private readonly windowSamples: number,
    private readonly stalledMs: number,
    private readonly take: (media: ArrivedMedia, isLate: boolean) => void,
  ) {}

  /** Whether a message of this count is the next and nobody waits for it: it need not be pushed, and counts as taken. Hot. */
  takes(counter: number): boolean {
    if (counter !== this.#taken + 1 || this.#waiting.length > 0) return false
    this.#taken = counter
    return true
  }

  push(media: ArrivedMedia): void {
    if (media.counter <= this.#taken) {
      this.take(media, true)
      return
    }
    let at = this.#waiting.length
    while (at > 0 && this.#waiting[at - 1]!.counter > media.counter) at--
    this.#waiting.splice(at, 0, media)
    this.#waitingSamples += media.sampleCount
    while (this.#isNextHere || this.#isFull) this.#shift()
  }

  /** Time passes: a track that has gone quiet waits no longer. */
  tick(nowMs: number): void {
    while (this.#waiting.some(({ receivedAtMs }) => nowMs - receivedAtMs >= this.stalledMs)) this.#shift()
  }

  /** Whatever is missing will not come, or must not be waited for. */
  flush(): void {
    while (this.#waiting.length > 0) this.#shift()
  }

  get #isNextHere(): boolean {
    const next = this.#waiting[0]
    return next !== undefined && next.counter <= this.#taken + 1
  }

  get #isFull(): boolean {
    return this.#waitingSamples > this.windowSamples || this.#waiting.length > WAITING_MAX
  }

  #shift(): void {
    const media = this.#waiting.shift()!
    this.#waitingSamples -= media.sampleCount
    const isLate = media.counter <= this.#taken
    this.#taken = Math.max(this.#taken, media.counter)
    this.take(media, isLate)
  }
}
