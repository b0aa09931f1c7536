import { RedactError } from '../../base/errors.js'
import type {
  Alertness,
  Detector,
  DetectorHealth,
  DetectorKind,
  DetectorSetup,
  DigitReport,
  Finding,
} from '../detector.js'
import type { DtmfOptions } from './options.js'
import { HOP_MS } from './tone-bank.js'
import { TrackListener } from './track-listener.js'

/** The detector's key in the registry. */
const NAME = 'dtmf'

/**
 * Masks keyed digits in the audio itself, on each track by itself: every key from 15 ms, at -5 to -50 dBm0, with 12 dB of
 * twist, 1.8 % off its frequencies, in noise 2 dB below it; whole, and told within a reach-back of 40 ms. It rather masks
 * speech that sounds like a key (3 masks of 0.2 s in an hour of prompts) than lets a key pass; of lone keys under speech or
 * babble as loud as they are it misses one in twenty. Digits are reported only when they are certain (none in 11 hours of speech
 * and music).
 *
 *   pcm -> hops of 5 ms (hear-hops.ts, hop-ring.ts) -> evidence in windows of 10 and 20 ms (evidence.ts), steady tones of 40
 *       (drowned-fit.ts) -> weighed against voices (key-judge.ts) -> masks as they grow (key-watch.ts) -> findings
 *
 * Hops lie on a grid from position zero whatever the frames, so that any split of the audio gives the same masks. A key
 * still sounding is told in pieces, one a push at most.
 */
export const dtmf: DetectorKind<DtmfOptions> = {
  create: (setup, options) => new DtmfDetector(setup, options),
  isOn: () => true,
  isPadded: false,
  lagMs: (options) => options.reachBackMs + HOP_MS,
}

class DtmfDetector implements Detector {
  readonly name = NAME
  private readonly listeners: readonly TrackListener[]
  private isFinished = false

  constructor(setup: DetectorSetup, options: DtmfOptions) {
    const { clockRateHz, sampleRateHz } = setup
    this.listeners = setup.tracks.map(
      ({ index }) =>
        new TrackListener({
          detector: NAME,
          track: index,
          sampleRateHz: sampleRateHz[index] ?? clockRateHz,
          clockRateHz,
          options,
        }),
    )
  }

  get health(): DetectorHealth {
    for (const listener of this.listeners) if (listener.hasFailed) return 'failed'
    return 'ok'
  }

  watermarkSample(track: number): number {
    const listener = this.listener(track)
    return this.isFinished && !listener.hasFailed ? Number.POSITIVE_INFINITY : listener.watermarkSample
  }

  push(track: number, pcm: Int16Array, startSample: number): void {
    const listener = this.listener(track)
    listener.skipTo(startSample)
    listener.push(pcm)
    listener.flush()
  }

  skip(track: number, toSample: number): void {
    const listener = this.listener(track)
    listener.skipTo(toSample)
    listener.flush()
  }

  setAlertness(alertness: Alertness): void {
    for (const listener of this.listeners) listener.isArmed = alertness === 'armed'
  }

  drain(out: Finding[], digits: DigitReport[]): void {
    for (const listener of this.listeners) listener.drain(out, digits)
  }

  finish(): void {
    for (const listener of this.listeners) {
      listener.finish()
      listener.flush()
    }
    this.isFinished = true
  }

  close(): void {
    for (const listener of this.listeners) listener.close()
  }

  private listener(track: number): TrackListener {
    const listener = this.listeners[track]
    if (!listener) throw new RedactError('REDACT_ERR_TRACK_UNKNOWN', 'DTMF masker: no such track')
    return listener
  }
}
