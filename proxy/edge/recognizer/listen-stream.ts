/**
 * One stream of recognizer.proto, from the server's side: one party of one call is told to the spotter built in, and its numbers go
 * back. What it has not heard it does not vouch for: a stream with audio that nobody has listened to ends `unavailable`, and
 * the client tells it again to another.
 */
import { status } from '@grpc/grpc-js'
import { HANDSHAKE_MS_MAX, HOLD_BACK_MS_MAX } from '../../base/limits.js'
import { numbersIn } from '../../detectors/speech/number-words.js'
import type { HeardWord } from '../../detectors/speech/recognizer.js'
import {
  WorkerRecognizer,
  type WorkerSource,
} from '../../detectors/speech/recognizers/embedded/worker-recognizer.js'
import type { GrpcStatus } from '../grpc-status.js'

/** Bytes of audio in one message: recognizer.proto. */
const AUDIO_BYTES_MAX = 15 * 1024
/** A rate that has little in common with the spotter's 8 kHz costs a table of megabytes: these are what calls have, Hz. */
const SAMPLE_RATES_HZ: readonly number[] = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
/** Audio may come this many times as fast as it is spoken: a client that catches up sends three times as fast, on a network that gathers. */
const PACE_MAX = 6
/** And this much at once, ms: what a client keeps to tell again, and a second. */
const BURST_MS = HOLD_BACK_MS_MAX + 1_000
/** A stream that is told nothing for so long is over, ms: a client sends its quiet as well, or ends it. */
const IDLE_MS_MAX = 60_000
/** What the last words may take to come, ms: clients wait about as long. */
const END_MS_MAX = 5_000
/** A watermark that stands is told so often, ms. */
const TELL_MS = 500
/** It cannot tell which of the teens, or of the tens, somebody said; one is as secret as the other. */
const spelled: Readonly<Record<string, string>> = { teen: 'thirteen', tens: 'twenty' }

/** What a message of the client is read as, as far as it counts here; fields may be missing, and of any value. */
export interface ListenMessage {
  readonly open?: {
    readonly sample_rate_hz?: number
    readonly language?: string
    readonly weighs_spots?: boolean
  } | null
  readonly audio?: { readonly pcm?: Buffer } | null
}

/** What is answered. Words are secret. */
export interface ListenAnswer {
  readonly words: readonly {
    readonly text: string
    readonly start_sample: number
    readonly end_sample: number
    readonly final: boolean
  }[]
  readonly spots: readonly {
    readonly text: string
    readonly start_sample: number
    readonly end_sample: number
    readonly certainty?: number
    readonly suspected: boolean
  }[]
  readonly watermark_sample: number
}

export interface ListenHandler {
  say(answer: ListenAnswer): void
  /** The stream is over; called once, and nothing after it. */
  ended(status: GrpcStatus): void
}

const none = new Int16Array(0)
const noBytes = Buffer.alloc(0)

export class ListenStream {
  #recognizer: WorkerRecognizer | null = null
  readonly #words: HeardWord[] = []
  #sampleRateHz = 0
  /** The client takes what was spotted as such. */
  #tellsSpots = false
  #sampleCount = 0
  #toldSample = 0
  #toldAtMs: number
  #openedAtMs: number
  #heardFromAtMs: number
  #finishedAtMs = Infinity
  #isOver = false
  #pcm = none

  /** @param lifeMsMax how long it may last */
  constructor(
    private readonly source: WorkerSource,
    private readonly handler: ListenHandler,
    private readonly lifeMsMax: number,
    nowMs: number,
  ) {
    this.#toldAtMs = nowMs
    this.#openedAtMs = nowMs
    this.#heardFromAtMs = nowMs
  }

  /** A message; its audio is overwritten. */
  receive({ open, audio }: ListenMessage, nowMs: number): void {
    if (this.#isOver) return
    this.#heardFromAtMs = nowMs
    if (open) this.#open(open, nowMs)
    else if (audio) this.#hear(audio.pcm ?? noBytes, nowMs)
    else if (this.#recognizer === null) this.#end(wrong('the first message must be `open`'))
  }

  /** The client has sent everything. */
  finish(nowMs: number): void {
    if (this.#isOver) return
    this.#finishedAtMs = nowMs
    this.#recognizer?.finish()
    this.tick(nowMs)
  }

  /** Time passes: tells what has been heard by now, and ends what lasts too long. */
  tick(nowMs: number): void {
    if (this.#isOver) return
    this.#tell(nowMs)
    if (this.#isOver) return
    if (this.#recognizer === null && this.#finishedAtMs !== Infinity) this.#end(done)
    else if (nowMs - this.#finishedAtMs > END_MS_MAX) this.#end(gone)
    else if (this.#recognizer === null && nowMs - this.#openedAtMs > HANDSHAKE_MS_MAX) this.#end(tooSlow)
    else if (this.#finishedAtMs === Infinity && nowMs - this.#heardFromAtMs > IDLE_MS_MAX) this.#end(tooSlow)
    else if (nowMs - this.#openedAtMs > this.lifeMsMax) this.#end(tooOld)
  }

  /** The client has gone, or the server goes; nobody is told. */
  close(): void {
    this.#isOver = true
    this.#recognizer?.close()
    this.#recognizer = null
    this.#words.length = 0
    this.#pcm.fill(0)
  }

  #open(
    { sample_rate_hz: rateHz = 0, language = '', weighs_spots = false }: NonNullable<ListenMessage['open']>,
    nowMs: number,
  ): void {
    if (this.#recognizer !== null) this.#end(wrong('`open` comes once'))
    else if (!SAMPLE_RATES_HZ.includes(rateHz))
      this.#end(wrong(`sample_rate_hz must be one of ${SAMPLE_RATES_HZ.join(', ')}`))
    else if (!/^en(-|$)/i.test(language))
      this.#end(wrong('language must be English: the spotter knows no other'))
    else {
      const track = { index: 0, role: 'mixed' as const }
      this.#sampleRateHz = rateHz
      this.#openedAtMs = nowMs
      this.#tellsSpots = weighs_spots
      this.#recognizer = new WorkerRecognizer(
        'embedded',
        { tracks: [track], clockRateHz: rateHz, sampleRateHz: [rateHz] },
        this.source,
        weighs_spots,
      )
    }
  }

  #hear(bytes: Buffer, nowMs: number): void {
    const count = bytes.length / 2
    if (this.#recognizer === null) this.#end(wrong('the first message must be `open`'))
    else if (!Number.isInteger(count) || bytes.length > AUDIO_BYTES_MAX)
      this.#end(wrong(`pcm must be whole samples of 16 bits, ${AUDIO_BYTES_MAX} bytes at most`))
    else if (this.#msOf(this.#sampleCount + count) > PACE_MAX * (nowMs - this.#openedAtMs) + BURST_MS)
      this.#end(tooFast)
    else {
      if (this.#pcm.length < count) this.#pcm = new Int16Array(count)
      for (let i = 0; i < count; i++) this.#pcm[i] = bytes.readInt16LE(2 * i)
      this.#recognizer.push(0, this.#pcm.subarray(0, count), this.#sampleCount)
      this.#sampleCount += count
      this.#pcm.fill(0, 0, count)
    }
    bytes.fill(0)
  }

  /** Words first, the watermark second, as everywhere. */
  #tell(nowMs: number): void {
    const recognizer = this.#recognizer
    if (recognizer === null) return
    recognizer.drain(this.#words)
    const watermark = Math.min(this.#sampleCount, recognizer.watermarkSample(0))
    const heard = this.#words.splice(0)
    if (heard.some(({ text }) => text === '')) {
      this.#end(gone)
      return
    }
    const spots = this.#tellsSpots ? heard.map(spotOf) : []
    const words = this.#tellsSpots ? [] : heard.filter(({ text }) => numbersIn(text) > 0).map(wordOf)
    if (heard.length > 0 || watermark > this.#toldSample || nowMs - this.#toldAtMs >= TELL_MS) {
      this.#toldSample = Math.max(this.#toldSample, watermark)
      this.#toldAtMs = nowMs
      this.handler.say({ words, spots, watermark_sample: this.#toldSample })
    }
    if (recognizer.watermarkSample(0) === Infinity) this.#end(done)
  }

  #msOf(samples: number): number {
    return (samples * 1000) / this.#sampleRateHz
  }

  #end(outcome: GrpcStatus): void {
    if (this.#isOver) return
    this.close()
    this.handler.ended(outcome)
  }
}

const placeOf = ({ text, startSample, endSample }: HeardWord) => ({
  text: spelled[text] ?? text,
  start_sample: startSample,
  end_sample: endSample,
})

const wordOf = (word: HeardWord): ListenAnswer['words'][number] => ({ ...placeOf(word), final: true })

/** Only of numbers it is known how sure they are. */
const spotOf = (word: HeardWord): ListenAnswer['spots'][number] => ({
  ...placeOf(word),
  ...(word.certainty !== undefined && numbersIn(word.text) > 0 && { certainty: word.certainty }),
  suspected: !word.isFinal,
})

const done: GrpcStatus = { code: status.OK, details: '' }
const gone: GrpcStatus = { code: status.UNAVAILABLE, details: 'some of it was not heard: tell it again' }
const tooFast: GrpcStatus = { code: status.RESOURCE_EXHAUSTED, details: 'audio came too fast' }
const tooSlow: GrpcStatus = { code: status.DEADLINE_EXCEEDED, details: 'nothing came for too long' }
const tooOld: GrpcStatus = { code: status.OUT_OF_RANGE, details: 'this stream has lasted long enough' }
const wrong = (details: string): GrpcStatus => ({ code: status.INVALID_ARGUMENT, details })
