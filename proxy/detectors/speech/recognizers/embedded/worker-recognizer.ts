/**
 * The spotter beside the media loop: each track is a stream of a worker. What a worker was not asked, or could not answer
 * because it was gone, is told as unheard as soon as somebody listens again; until then the watermark stands still.
 */
import { RedactError } from '../../../../base/errors.js'
import { FRAME_SAMPLES_MAX } from '../../../../base/limits.js'
import type { DetectorHealth, DetectorSetup } from '../../../detector.js'
import type { HeardWord, Recognizer } from '../../recognizer.js'
import { REQUEST, UNHEARD, warmUpSamples } from './spotter-service.js'
import type { LinkClient, WorkerLink } from './worker-link.js'

/** Whoever has workers. */
export interface WorkerSource {
  /** The one with the fewest streams; null when none is there, or in time. */
  link(): WorkerLink | null
  /** Names of the model's classes. */
  readonly classes: readonly string[]
  readonly nextStream: () => number
}

export class WorkerRecognizer implements Recognizer {
  readonly #tracks: readonly WorkerTrack[]
  #words: HeardWord[] = []

  constructor(
    readonly name: string,
    { tracks, clockRateHz, sampleRateHz }: DetectorSetup,
    source: WorkerSource,
  ) {
    const told = (word: HeardWord): void => void this.#words.push(word)
    this.#tracks = tracks.map(
      ({ index }) => new WorkerTrack(index, sampleRateHz[index] ?? clockRateHz, clockRateHz, source, told),
    )
  }

  /** A worker that is gone is another one soon: nothing here fails for good. */
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
    for (const track of this.#tracks) track.collect()
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

  #track(track: number): WorkerTrack {
    const found = this.#tracks[track]
    if (!found) throw new RedactError('REDACT_ERR_TRACK_UNKNOWN', 'speech: no such track')
    return found
  }
}

class WorkerTrack implements LinkClient {
  /** Moved on by what is collected only, so that every word before it has been handed out. */
  watermarkSample = 0
  #link: WorkerLink | null = null
  readonly #stream: number
  /** Something was not asked: the stream must be opened anew before more is. */
  #hasGap = true
  #isFinished = false
  #isFinishAsked = false

  constructor(
    private readonly index: number,
    private readonly sampleRateHz: number,
    private readonly clockRateHz: number,
    private readonly source: WorkerSource,
    private readonly told: (word: HeardWord) => void,
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

  heard(word: number, startSample: number, endSample: number): void {
    const text = word === UNHEARD ? '' : this.source.classes[word]!
    this.told({ track: this.index, text, startSample, endSample, isFinal: true })
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
    const link = this.#link ?? this.source.link()
    const isOpen = link?.open(this.#stream, this, fromSample, this.sampleRateHz, this.clockRateHz) ?? false
    if (!isOpen) return false
    if (this.#link === null && fromSample > 0)
      this.heard(UNHEARD, this.watermarkSample, fromSample + warmUpSamples(this.clockRateHz))
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
