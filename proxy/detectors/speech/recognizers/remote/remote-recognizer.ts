import type { Alertness, DetectorHealth, DetectorSetup } from '../../../detector.js'
import type { HeardWord, Recognizer, RecognizerServices } from '../../recognizer.js'
import type { TrackWord } from './leg.js'
import type { ListeningPlan } from './listening-plan.js'
import { RemoteTrack } from './remote-track.js'
import type { OpenStream } from './speech-stream.js'

/** How a track of a call is told to a service: one stream after another. */
export interface RemoteService {
  readonly name: string
  readonly plan: ListeningPlan
  /** Opens streams for this track, at this PCM rate. */
  streamsOf(track: number, sampleRateHz: number): OpenStream
}

/**
 * A recogniser behind a network: every track of the call has streams of its own. It fails for good when the peer does not want
 * us; whatever else goes wrong stops the watermark of its track at the first speech without an answer, until there is one.
 */
export class RemoteRecognizer implements Recognizer {
  readonly name: string
  readonly #tracks: readonly RemoteTrack[]
  /** Samples at the PCM rate per position at the clock rate, by track. */
  readonly #ratios: readonly number[]
  readonly #words: TrackWord[] = []

  constructor(
    setup: DetectorSetup,
    service: RemoteService,
    private readonly services: RecognizerServices,
  ) {
    this.name = service.name
    const rateOf = (index: number): number => setup.sampleRateHz[index] ?? setup.clockRateHz
    this.#ratios = setup.tracks.map(({ index }) => rateOf(index) / setup.clockRateHz)
    this.#tracks = setup.tracks.map(({ index }) => {
      const rateHz = rateOf(index)
      const toMs = (samples: number): number => (samples * 1000) / rateHz
      return new RemoteTrack(rateHz, service.plan, service.streamsOf(index, rateHz), {
        sent: (samples) => services.monitor.worked(this.name, toMs(samples), toMs(samples)),
        faulted: (fault) => services.monitor.faulted(this.name, fault),
      })
    })
  }

  /** What is read from a file is judged as fast as it is read: nobody could answer in time. */
  get health(): DetectorHealth {
    const hasFailed = this.services.pace === 'recorded' || this.#tracks.some((track) => track.hasFailed)
    return hasFailed ? 'failed' : 'ok'
  }

  push(track: number, pcm: Int16Array, startSample: number): void {
    if (this.health === 'failed') return
    this.#tracks[track]?.push(pcm, Math.round(startSample * this.#ratios[track]!))
  }

  skip(track: number, toSample: number): void {
    if (this.health === 'failed') return
    this.#tracks[track]?.skip(Math.round(toSample * this.#ratios[track]!))
  }

  setAlertness(alertness: Alertness): void {
    for (const track of this.#tracks) track.alertness = alertness
  }

  drain(out: HeardWord[]): void {
    for (let track = 0; track < this.#tracks.length; track++) {
      this.#tracks[track]!.drain(this.#words)
      const ratio = this.#ratios[track]!
      for (const { isContext: _, ...word } of this.#words)
        out.push({
          ...word,
          track,
          startSample: Math.floor(word.startSample / ratio),
          endSample: Math.ceil(word.endSample / ratio),
        })
      this.#words.length = 0
    }
  }

  watermarkSample(track: number): number {
    const position = this.#tracks[track]?.watermarkSample ?? 0
    return Math.floor(position / (this.#ratios[track] ?? 1))
  }

  finish(): void {
    for (const track of this.#tracks) track.finish()
  }

  close(): void {
    for (const track of this.#tracks) track.close()
  }
}
