/**
 * A second opinion on one call, after the fact: reads what was sent as a recorder would, from the bytes on the wire, and
 * says when it sounds or reads like a number. It changes nothing, and nothing waits for it.
 */
import { FRAME_SAMPLES_MAX } from '../base/limits.js'
import type { AudioDecoder } from '../codecs/codec.js'
import { framePcm } from '../codecs/frame-pcm.js'
import { codecNamed } from '../codecs/index.js'
import type { DialectRecorder, RecorderEvent } from '../dialects/dialect.js'
import type { CallStart, MediaFrame } from '../media/frame.js'
import type { WireMessage } from '../media/wire.js'
import type { TrackRange } from '../policy/audit.js'
import { holdsCardNumber } from './sent-cards.js'
import { SentKeys } from './sent-keys.js'
import { sentTonesAt } from './sent-tones/sent-tones.js'

/** What looks like a leak: a range of the call at its clock rate, or a text, which has none. */
export type Suspicion = { readonly source: 'audio'; readonly range: TrackRange } | { readonly source: 'text' }

export interface LeakCheckParts {
  /** Reads the messages as the dialect's recorder does; null: the audio is not listened to. */
  readonly endpoint: DialectRecorder | null
  readonly isTextChecked: boolean
  suspect(suspicion: Suspicion): void
}

/** Suspicions that one call raises; a call with more has been told of. */
const SUSPICIONS_MAX = 100
/** Added to either side of what was heard, seconds: a key is longer than what is plain of it. */
const PAD_SECONDS = 0.02

interface Ear {
  readonly decoder: AudioDecoder
  readonly channelCount: 1 | 2
  /** Positions of the call's clock per sample of PCM. */
  readonly clockRatio: number
  readonly channels: readonly SentKeys[]
}

export class LeakCheck {
  #ears: (Ear | null)[] = []
  readonly #events: RecorderEvent[] = []
  #suspicions = 0

  constructor(private readonly parts: LeakCheckParts) {}

  /** A message has been sent; `samples` is 0 for text. Borrowed until return. */
  sent(message: WireMessage, samples: number, nowMs: number): void {
    const { endpoint, isTextChecked } = this.parts
    if (isTextChecked && samples === 0 && !message.isBinary && holdsCardNumber(textOf(message)))
      this.#suspect({ source: 'text' })
    if (endpoint === null) return
    endpoint.receive(message, nowMs, this.#events)
    for (const event of this.#events) {
      if (event.kind === 'started') this.#ears = earsOf(event.call, this.#suspectAudio)
      else if (event.kind === 'media') this.#hear(event.frame)
    }
    this.#events.length = 0
  }

  close(): void {
    for (const ear of this.#ears) {
      for (const keys of ear?.channels ?? []) keys.finish()
      ear?.decoder.close()
    }
    this.#ears = []
  }

  #hear(frame: MediaFrame): void {
    const ear = this.#ears[frame.stream]
    if (ear === null || ear === undefined || frame.sampleCount > FRAME_SAMPLES_MAX) return
    const { decoder, channelCount, clockRatio, channels } = ear
    const count = framePcm.decode(decoder, frame.payload, channelCount)
    const startSample = Math.round(frame.startSample / clockRatio)
    for (let channel = 0; channel < channels.length; channel++)
      channels[channel]!.push(framePcm.channel(channel, count), startSample)
    framePcm.forget(count, channelCount)
  }

  readonly #suspectAudio = (range: TrackRange): void => this.#suspect({ source: 'audio', range })

  #suspect(suspicion: Suspicion): void {
    if (this.#suspicions++ < SUSPICIONS_MAX) this.parts.suspect(suspicion)
  }
}

const textOf = ({ data }: WireMessage): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')

/** One per stream; null where there is nothing to decode it with, which is silence for a recorder as well. */
const earsOf = (call: CallStart, suspect: (range: TrackRange) => void): (Ear | null)[] =>
  call.streams.map(({ format, tracks }) => {
    const decoder = decoderOrNull(format)
    if (decoder === null) return null
    const clockRatio = format.clockRateHz / decoder.sampleRateHz
    const pad = PAD_SECONDS * decoder.sampleRateHz
    const tones = sentTonesAt(decoder.sampleRateHz)
    const channels = tracks.map(
      (track) =>
        new SentKeys(tones, (startSample, endSample) =>
          suspect({
            tracks: [track],
            startSample: Math.max(0, Math.floor((startSample - pad) * clockRatio)),
            endSample: Math.ceil((endSample + pad) * clockRatio),
          }),
        ),
    )
    return { decoder, channelCount: format.channelCount, clockRatio, channels }
  })

const decoderOrNull = (format: CallStart['streams'][number]['format']): AudioDecoder | null => {
  try {
    return codecNamed(format.codec)?.createDecoder(format) ?? null
  } catch {
    return null
  }
}
