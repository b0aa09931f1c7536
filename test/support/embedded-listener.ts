import { type DetectorSetup, recordedServices } from '../../proxy/detectors/detector.js'
import type { HeardWord } from '../../proxy/detectors/speech/recognizer.js'
import { embedded } from '../../proxy/detectors/speech/recognizers/embedded/embedded.js'
import type { Listener } from './tone-speech.js'

/** The spotter built in, behind a server: understands digits that people speak. */
export class EmbeddedListener implements Listener {
  readonly words: { word: string; startSample: number; endSample: number }[] = []
  heardSample = 0
  readonly #recognizer
  readonly #drained: HeardWord[] = []

  constructor(rateHz: number) {
    const setup: DetectorSetup = {
      tracks: [{ index: 0, role: 'mixed' }],
      clockRateHz: rateHz,
      sampleRateHz: [rateHz],
    }
    this.#recognizer = embedded.create(setup, { open: [], close: [] }, recordedServices)
  }

  get settledSample(): number {
    return Math.max(0, Math.min(this.heardSample, this.#recognizer.watermarkSample(0)))
  }

  push(pcm: Int16Array): void {
    this.#recognizer.push(0, pcm, this.heardSample)
    this.heardSample += pcm.length
    this.#drain()
  }

  finish(): void {
    this.#recognizer.finish()
    this.#drain()
  }

  #drain(): void {
    this.#recognizer.drain(this.#drained)
    for (const { text, startSample, endSample, isFinal } of this.#drained.splice(0))
      if (isFinal) this.words.push({ word: text, startSample, endSample })
  }
}
