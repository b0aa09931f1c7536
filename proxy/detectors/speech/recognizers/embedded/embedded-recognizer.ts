import { RedactError } from '../../../../base/errors.js'
import type { DetectorHealth, DetectorSetup } from '../../../detector.js'
import type { HeardWord, Recognizer } from '../../recognizer.js'

/** One track of a call, listened to by the spotter, wherever that runs. */
export interface EmbeddedTrack {
  /** As of a Recognizer. */
  readonly watermarkSample: number
  push(pcm: Int16Array, startSample: number): void
  skip(toSample: number): void
  finish(): void
  close(): void
  /** Tells what has arrived. Left out: everything is told while it is pushed. */
  collect?(): void
}

export interface EmbeddedTrackSetup {
  readonly index: number
  /** Rate of the PCM, Hz. */
  readonly sampleRateHz: number
  /** Rate of positions, Hz. */
  readonly clockRateHz: number
  /** Is told of every word and how sure it is that it is a number, in percent; of an empty one where nobody listened. */
  readonly heard: (text: string, startSample: number, endSample: number, certainty: number) => void
  /** Is told of every word of payment that may have been said; null where nobody asks. */
  readonly suspected: ((text: string, startSample: number, endSample: number) => void) | null
}

/** The spotter as a recogniser: each track by itself. It never fails for good: a thread that is gone is another one soon. */
export class EmbeddedRecognizer implements Recognizer {
  readonly #tracks: readonly EmbeddedTrack[]
  #words: HeardWord[] = []

  /** @param tellsSuspected whether words of payment that may have been said are told as well, as words that are not final */
  constructor(
    readonly name: string,
    { tracks, clockRateHz, sampleRateHz }: DetectorSetup,
    trackOf: (setup: EmbeddedTrackSetup) => EmbeddedTrack,
    tellsSuspected: boolean,
  ) {
    this.#tracks = tracks.map(({ index }) =>
      trackOf({
        index,
        sampleRateHz: sampleRateHz[index] ?? clockRateHz,
        clockRateHz,
        heard: (text, startSample, endSample, certainty) =>
          this.#words.push({
            track: index,
            text,
            startSample,
            endSample,
            isFinal: true,
            certainty: certainty / 100,
            isSpot: true,
          }),
        suspected: tellsSuspected
          ? (text, startSample, endSample) =>
              this.#words.push({ track: index, text, startSample, endSample, isFinal: false, isSpot: true })
          : null,
      }),
    )
  }

  get health(): DetectorHealth {
    return 'ok'
  }

  push(track: number, pcm: Int16Array, startSample: number): void {
    this.#track(track).push(pcm, startSample)
  }

  skip(track: number, toSample: number): void {
    this.#track(track).skip(toSample)
  }

  setAlertness(): void {}

  drain(out: HeardWord[]): void {
    for (const track of this.#tracks) track.collect?.()
    if (this.#words.length === 0) return
    for (const word of this.#words) out.push(word)
    this.#words.length = 0
  }

  watermarkSample(track: number): number {
    return this.#track(track).watermarkSample
  }

  finish(): void {
    for (const track of this.#tracks) track.finish()
  }

  close(): void {
    this.#words = []
    for (const track of this.#tracks) track.close()
  }

  #track(track: number): EmbeddedTrack {
    const found = this.#tracks[track]
    if (!found) throw new RedactError('REDACT_ERR_TRACK_UNKNOWN', 'speech: no such track')
    return found
  }
}
