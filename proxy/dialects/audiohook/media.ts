import type { CallStart, MediaFrame } from '../../media/frame.js'
import { samplesOf } from '../../media/time.js'
import type { WireMessage } from '../../media/wire.js'
import { durationOf, type Media, NULL_UUID, type OpenParameters, secondsOf } from './messages.js'

/** The only rate that AudioHook has, in Hz. */
export const RATE_HZ = 8000

/** How each format is spelled among the codecs, its sample size and the byte of its silence. L16 is little-endian here. */
const encodings = {
  PCMU: { codec: 'pcmu', sampleBytes: 1, silenceByte: 0xff },
  L16: { codec: 'l16', sampleBytes: 2, silenceByte: 0x00 },
} as const

const roles = { external: 'caller', internal: 'agent' } as const

/** The duration that `samples` last, as it is written on the wire. */
export const positionOf = (samples: number): string => durationOf(samples / RATE_HZ)

/** Whether a recorder chose this offer: same format and channels in the same order; type and rate have one value only. */
export const isSameMedia = (a: Media, b: Media): boolean =>
  a.format === b.format &&
  a.channels.length === b.channels.length &&
  a.channels.every((channel, i) => channel === b.channels[i])

/** The call that an `open` begins once its media are chosen; null when no audio will come. */
export const callStart = (
  session: string,
  open: OpenParameters,
  media: Media | null,
  metadata: Readonly<Record<string, string>>,
): CallStart => {
  const channels = media?.channels ?? []
  return {
    callId: open.conversationId,
    streamId: session,
    tracks: channels.map((channel, index) => ({ index, role: roles[channel] })),
    streams: media === null ? [] : [{ format: formatOf(media), tracks: channels.map((_, index) => index) }],
    metadata,
    isProbe: open.conversationId === NULL_UUID && open.participant.id === NULL_UUID,
  }
}

const formatOf = ({ format, channels }: Media) => ({
  codec: encodings[format].codec,
  clockRateHz: RATE_HZ,
  channelCount: channels.length === 2 ? (2 as const) : (1 as const),
})

/** Cuts binary messages into frames and keeps the stream's position, which starts at `opened` and counts lost audio. */
export class AudioReader {
  readonly #blockBytes: number
  readonly #silenceByte: number
  #nextSample = 0

  constructor(media: Media) {
    const { sampleBytes, silenceByte } = encodings[media.format]
    this.#blockBytes = sampleBytes * media.channels.length
    this.#silenceByte = silenceByte
  }

  /** Position of the next sample. */
  get nextSample(): number {
    return this.#nextSample
  }

  /** Whether `data` holds whole samples of every channel, and at least one. */
  isWhole(data: Uint8Array): boolean {
    return data.length > 0 && data.length % this.#blockBytes === 0
  }

  /**
   * A frame around the message's own bytes. Where they are not whole, nobody knows which belongs to whom: the frame is as many
   * whole samples of silence as fit, or null when none does. Hot.
   */
  read(message: WireMessage, nowMs: number): MediaFrame | null {
    const { data } = message
    const sampleCount = Math.floor(data.length / this.#blockBytes)
    if (sampleCount === 0) return null
    const payload = this.isWhole(data) ? data : this.#silence(data, sampleCount)
    const startSample = this.#nextSample
    this.#nextSample += sampleCount
    return {
      stream: 0,
      startSample,
      sampleCount,
      payload,
      envelope: message,
      receivedAtMs: nowMs,
      heldBytes: payload.length,
      message,
    }
  }

  /** Audio of this duration is lost: what comes next begins behind it. */
  skip(duration: string): void {
    this.#nextSample += samplesOf(secondsOf(duration) * 1000, RATE_HZ)
  }

  #silence(data: Uint8Array, sampleCount: number): Uint8Array {
    return data.fill(this.#silenceByte).subarray(0, sampleCount * this.#blockBytes)
  }
}
