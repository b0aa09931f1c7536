import type {
  OpenStream,
  SpeechStream,
  StreamFault,
  StreamHandler,
} from '../../proxy/detectors/speech/recognizers/remote/speech-stream.js'
import { ToneListener } from './tone-speech.js'

/** One stream of the toy: understands tones, answers when it is told to, or at once. */
export class ToyStream implements SpeechStream {
  readonly listener: ToneListener
  bufferedBytes = 0
  sentSamples = 0
  isEnded = false
  isDestroyed = false
  alertness = ''
  #told = 0

  constructor(
    readonly startSample: number,
    readonly handler: StreamHandler,
    private readonly service: ToySpeechService,
  ) {
    this.listener = new ToneListener(service.rateHz)
  }

  send(pcm: Int16Array): void {
    this.sentSamples += pcm.length
    this.listener.push(pcm)
    if (this.service.isPrompt) this.answer()
  }

  setAlertness(alertness: string): void {
    this.alertness = alertness
  }

  end(): void {
    this.isEnded = true
    if (!this.service.isPrompt) return
    this.finish()
  }

  destroy(): void {
    this.isDestroyed = true
  }

  /** Says what it has understood since it last did. */
  answer(heardSample = this.listener.settledSample): void {
    const words = this.listener.words.slice(this.#told)
    this.#told = this.listener.words.length
    this.handler.answered(
      words.map(({ word, startSample, endSample }) => ({
        text: word,
        startSample,
        endSample,
        isFinal: true,
      })),
      heardSample,
    )
  }

  finish(): void {
    this.listener.finish()
    this.answer()
    this.handler.ended('done')
  }

  fail(fault: StreamFault): void {
    this.handler.ended(fault)
  }
}

export class ToySpeechService {
  readonly streams: ToyStream[] = []
  /** Answers whenever audio comes, and finishes when it is asked to. */
  isPrompt = true

  constructor(readonly rateHz = 8_000) {}

  readonly open: OpenStream = (handler, startSample) => {
    const stream = new ToyStream(startSample, handler, this)
    this.streams.push(stream)
    return stream
  }

  get newest(): ToyStream {
    return this.streams.at(-1)!
  }
}
