import { RedactError } from '../../../../base/errors.js'
import type { DetectorHealth, DetectorSetup } from '../../../detector.js'
import type { HeardWord, Recognizer } from '../../recognizer.js'
import { KernelNet } from './kernel-net.js'
import { threadSpotter } from './spotter.io.js'
import { TrackSpotter } from './track-spotter.js'

/** The spotter in the caller's own thread: every word is there when push() returns. For recordings, and for tests. */
export class InlineRecognizer implements Recognizer {
  #words: HeardWord[] = []
  readonly #tracks: readonly TrackSpotter[]

  /** @throws the system's error when the model cannot be read */
  constructor(
    readonly name: string,
    { tracks, clockRateHz, sampleRateHz }: DetectorSetup,
  ) {
    const { model, frontEnd, kernel } = threadSpotter()
    this.#tracks = tracks.map(
      ({ index }) =>
        new TrackSpotter({
          model,
          frontEnd,
          net: new KernelNet(kernel),
          sampleRateHz: sampleRateHz[index] ?? clockRateHz,
          clockRateHz,
          heard: (word, startSample, endSample) =>
            this.#words.push({
              track: index,
              text: model.classes[word]!,
              startSample,
              endSample,
              isFinal: true,
            }),
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

  #track(track: number): TrackSpotter {
    const spotter = this.#tracks[track]
    if (!spotter) throw new RedactError('REDACT_ERR_TRACK_UNKNOWN', 'speech: no such track')
    return spotter
  }
}
