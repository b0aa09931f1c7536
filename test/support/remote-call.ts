import { setTimeout as wait } from 'node:timers/promises'
import type { HeardWord, Recognizer, RecognizerKind } from '../../proxy/detectors/speech/recognizer.js'
import { systemClock } from '../../proxy/edge/system-clock.js'
import { speak, type ToneWord } from './tone-speech.js'

const RATE = 8_000
const FRAME = 160
/** How much faster than speech: a frame of 20 ms goes every 0.8 ms, five at a time. */
const STEP_MS = 100
const STEP_WAIT_MS = 4

export interface Spoken {
  readonly word: ToneWord
  readonly startMs: number
  readonly endMs: number
}

/** Words of 250 ms, one every 400 ms. */
export const sentence = (words: readonly ToneWord[], startMs: number): Spoken[] =>
  words.map((word, i) => ({ word, startMs: startMs + 400 * i, endMs: startMs + 400 * i + 250 }))

/** A call of one track, told to a recogniser faster than it is spoken. */
export class RemoteCall {
  readonly words: HeardWord[] = []
  readonly faults: string[] = []
  /** Words that the watermark had passed before they were reported. */
  readonly missed = new Set<Spoken>()
  sentMs = 0
  readonly recognizer: Recognizer
  #heardMs = 0

  constructor(
    kind: RecognizerKind<unknown>,
    options: unknown,
    private readonly spoken: readonly Spoken[],
  ) {
    this.recognizer = kind.create(
      { tracks: [{ index: 0, role: 'caller' }], clockRateHz: RATE, sampleRateHz: [RATE] } as never,
      options,
      {
        pace: 'live',
        clock: systemClock,
        monitor: {
          worked: (_, audioMs) => {
            this.sentMs += audioMs
          },
          faulted: (_, reason) => this.faults.push(reason),
          windowOpened: () => {},
        },
      },
    )
  }

  get heardMs(): number {
    return this.#heardMs
  }

  get watermarkMs(): number {
    return (this.recognizer.watermarkSample(0) / RATE) * 1000
  }

  get texts(): string[] {
    return this.words.map(({ text }) => text)
  }

  /** The call goes on up to here. */
  async playTo(ms: number): Promise<void> {
    const pcm = new Int16Array((ms * RATE) / 1000)
    for (const { word, startMs, endMs } of this.spoken)
      if (endMs <= ms) speak(pcm, RATE, word, startMs, endMs)
    for (; this.#heardMs < ms; this.#heardMs += STEP_MS) {
      for (
        let at = (this.#heardMs * RATE) / 1000;
        at < ((this.#heardMs + STEP_MS) * RATE) / 1000;
        at += FRAME
      )
        this.recognizer.push(0, pcm.subarray(at, at + FRAME), at)
      this.look()
      await wait(STEP_WAIT_MS)
    }
    this.look()
  }

  /** Waits for what is still on its way; false when it does not come within two seconds. */
  async until(condition: () => boolean): Promise<boolean> {
    for (let i = 0; i < 400; i++) {
      this.look()
      if (condition()) return true
      await wait(5)
    }
    return false
  }

  /** Drains, then reads the watermark, as a detector does. */
  look(): void {
    this.recognizer.drain(this.words)
    const passedMs = Math.min(this.watermarkMs, this.#heardMs + STEP_MS)
    for (const spoken of this.spoken)
      if (spoken.endMs <= passedMs && !this.#isReported(spoken)) this.missed.add(spoken)
  }

  /** What is reported of a word lies about it. */
  isPlaced({ word, startMs, endMs }: Spoken, slackMs: number): boolean {
    return this.words.some(
      ({ text, startSample, endSample }) =>
        text === word && startSample / 8 <= startMs + slackMs && endSample / 8 >= endMs - slackMs,
    )
  }

  #isReported({ word, startMs, endMs }: Spoken): boolean {
    return this.words.some(
      ({ text, startSample, endSample }) =>
        text === word && startSample / 8 < endMs + 500 && endSample / 8 > startMs - 500,
    )
  }
}
