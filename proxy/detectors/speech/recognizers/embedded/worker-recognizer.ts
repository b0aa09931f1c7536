/**
 * The spotter beside the media loop: each track is a stream of a worker. What a worker was not asked, or could not answer
 * because it was gone, is told as unheard as soon as somebody listens again; until then the watermark stands still.
 */
import { FRAME_SAMPLES_MAX } from '../../../../base/limits.js'
import type { DetectorSetup } from '../../../detector.js'
import { EmbeddedRecognizer, type EmbeddedTrack, type EmbeddedTrackSetup } from './embedded-recognizer.js'
import { certaintyIn, cutWordSamples, REQUEST, UNHEARD, wordIn } from './spotter-service.js'
import type { LinkClient, WorkerLink } from './worker-link.js'

/** Whoever has workers. */
export interface WorkerSource {
  /** The one with the fewest streams; null when none is there, or in time. */
  link(): WorkerLink | null
  /** Names of the model's classes. */
  readonly classes: readonly string[]
  readonly nextStream: () => number
}

export class WorkerRecognizer extends EmbeddedRecognizer {
  /** @param tellsSuspected as of an EmbeddedRecognizer */
  constructor(name: string, setup: DetectorSetup, source: WorkerSource, tellsSuspected = false) {
    super(name, setup, (track) => new WorkerTrack(track, source), tellsSuspected)
  }
}

class WorkerTrack implements EmbeddedTrack, LinkClient {
  /** Moved on by what is collected only, so that every word before it has been handed out. */
  watermarkSample = 0
  #link: WorkerLink | null = null
  readonly #stream: number
  /** Something was not asked: the stream must be opened anew before more is. */
  #hasGap = true
  #isFinished = false
  #isFinishAsked = false

  constructor(
    private readonly setup: EmbeddedTrackSetup,
    private readonly source: WorkerSource,
  ) {
    this.#stream = source.nextStream()
    this.#reopen(0)
  }

  push(pcm: Int16Array, startSample: number): void {
    if (this.#hasGap && !this.#reopen(startSample)) return
    if (pcm.length > FRAME_SAMPLES_MAX || !this.#link?.ask(REQUEST.pcm, this.#stream, startSample, 0, 0, pcm))
      this.#hasGap = true
  }

  skip(toSample: number): void {
    if (this.#hasGap) this.#reopen(toSample)
    else if (!this.#link?.ask(REQUEST.skip, this.#stream, toSample)) this.#hasGap = true
  }

  collect(): void {
    this.#link?.collect()
    if (this.#isFinished && !this.#isFinishAsked) this.#askFinish()
  }

  finish(): void {
    this.#isFinished = true
    this.#askFinish()
  }

  close(): void {
    this.#link?.close(this.#stream)
    this.#link = null
  }

  heard(packed: number, startSample: number, endSample: number): void {
    if (packed === UNHEARD) this.setup.heard('', startSample, endSample, 100)
    else this.setup.heard(this.source.classes[wordIn(packed)]!, startSample, endSample, certaintyIn(packed))
  }

  suspected(word: number, startSample: number, endSample: number): void {
    this.setup.suspected?.(this.source.classes[word]!, startSample, endSample)
  }

  judged(sample: number): void {
    if (sample > this.watermarkSample) this.watermarkSample = sample
  }

  lost(): void {
    this.#link = null
    this.#hasGap = true
  }

  /** Listens from this position on, fresh. A worker that lives knows what it had judged; of one that is gone we do. */
  #reopen(fromSample: number): boolean {
    const { sampleRateHz, clockRateHz } = this.setup
    const link = this.#link ?? this.source.link()
    const isOpen = link?.open(this.#stream, this, fromSample, sampleRateHz, clockRateHz) ?? false
    if (!isOpen) return false
    if (this.#link === null && fromSample > 0)
      this.heard(UNHEARD, this.watermarkSample, fromSample + cutWordSamples(clockRateHz))
    this.#link = link
    this.#hasGap = false
    return true
  }

  /** A gap at the end stays one: nobody knows what was said there. */
  #askFinish(): void {
    if (this.#hasGap || this.#link === null) return
    this.#isFinishAsked = this.#link.ask(REQUEST.finish, this.#stream, 0)
    this.#link.requests.ring()
  }
}
