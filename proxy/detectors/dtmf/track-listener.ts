import type { DigitReport, Finding } from '../detector.js'
import { type KeySink, KeyWatch } from './key-watch.js'
import type { DtmfOptions } from './options.js'
import { KEYS, toneBank } from './tone-bank.js'

/** What a track's PCM is and how it is to be watched. */
export interface TrackSetup {
  /** The detector's key in the registry, for its findings. */
  readonly detector: string
  readonly track: number
  /** Rate of the PCM, Hz. */
  readonly sampleRateHz: number
  /** Rate at which positions count, Hz. */
  readonly clockRateHz: number
  readonly options: DtmfOptions
}

/**
 * One track: cuts its audio into hops on a grid from position zero, fills its gaps with silence, and turns what the
 * key watch says in hops into findings and a watermark in positions. Within a push a growing mask is one piece.
 */
export class TrackListener implements KeySink {
  hasFailed = false
  isArmed = false
  private readonly watch: KeyWatch
  private readonly hopSamples: number
  /** Samples at the clock rate per sample of PCM. */
  private readonly clockRatio: number
  /** The hop that is not whole yet, and how much of it is filled. */
  private readonly partial: Int16Array
  private partialCount = 0
  private readonly findings: Finding[] = []
  private readonly digits: DigitReport[] = []
  /** The piece of a mask that is growing, in hops; empty while its ends are equal. */
  private pieceStart = 0
  private pieceEnd = 0
  private isPieceOnset = false

  constructor(private readonly setup: TrackSetup) {
    const bank = toneBank(setup.sampleRateHz)
    this.watch = new KeyWatch(bank, setup.options, this)
    this.hopSamples = bank.hopSamples
    this.clockRatio = setup.clockRateHz / setup.sampleRateHz
    this.partial = new Int16Array(bank.hopSamples)
  }

  /** No mask starts further back than the reach-back from the last whole hop, and an open one has been told further. */
  get watermarkSample(): number {
    return Math.max(0, Math.floor(this.positionOf(this.watch.ring.count - this.watch.reachBackHops)))
  }

  /** Audio that follows what was heard last; borrowed until return. Hot: whole hops are analysed where they lie. */
  push(pcm: Int16Array): void {
    let offset = 0
    while (offset < pcm.length && !this.hasFailed) {
      if (this.partialCount === 0 && pcm.length - offset >= this.hopSamples) {
        this.hear(pcm, offset)
        offset += this.hopSamples
      } else {
        this.keep(pcm[offset]!)
        offset += 1
      }
    }
  }

  /** Silence up to a position; nothing when that has been reached. Its cost is bounded, however long it is. */
  skipTo(position: number): void {
    const target = Math.floor(position / this.clockRatio)
    for (
      let missing = target - this.heardSamples();
      missing > 0 && !this.hasFailed;
      missing = target - this.heardSamples()
    ) {
      if (this.partialCount === 0 && missing >= this.hopSamples)
        this.hearSilence(Math.floor(missing / this.hopSamples))
      else this.keep(0)
    }
  }

  /** Fills the last hop with silence. */
  finish(): void {
    while (this.partialCount > 0 && !this.hasFailed) this.keep(0)
  }

  /** Ends the piece of the mask that this push has told. */
  flush(): void {
    if (this.pieceEnd === this.pieceStart) return
    this.findings.push({
      detector: this.setup.detector,
      label: 'key',
      track: this.setup.track,
      startSample: Math.floor(this.positionOf(this.pieceStart)),
      endSample: Math.ceil(this.positionOf(this.pieceEnd)),
      isOnset: this.isPieceOnset,
    })
    this.pieceStart = this.pieceEnd
  }

  drain(findings: Finding[], digits: DigitReport[]): void {
    for (const finding of this.findings) findings.push(finding)
    for (const digit of this.digits) digits.push(digit)
    this.findings.length = 0
    this.digits.length = 0
  }

  /** Forgets what was heard. */
  close(): void {
    this.partial.fill(0)
    this.watch.ring.clear()
    this.findings.length = 0
    this.digits.length = 0
  }

  masked(startHop: number, endHop: number, isOnset: boolean): void {
    if (isOnset || this.pieceEnd !== startHop || this.pieceEnd === this.pieceStart) {
      this.flush()
      this.pieceStart = startHop
      this.isPieceOnset = isOnset
    }
    this.pieceEnd = endHop
  }

  recognised(pair: number, startHop: number): void {
    const startSample = Math.floor(this.positionOf(startHop))
    this.digits.push({ track: this.setup.track, digit: KEYS[pair]!, startSample })
  }

  private positionOf(hop: number): number {
    return hop * this.hopSamples * this.clockRatio
  }

  private heardSamples(): number {
    return this.watch.ring.count * this.hopSamples + this.partialCount
  }

  /** One sample of a hop that arrives in parts. */
  private keep(sample: number): void {
    this.partial[this.partialCount] = sample
    this.partialCount += 1
    if (this.partialCount < this.hopSamples) return
    this.partialCount = 0
    this.hear(this.partial, 0)
  }

  /** One whole hop. When its numbers are not numbers the track fails for good: its watermark stops before that hop. */
  private hear(pcm: Int16Array, offset: number): void {
    const { ring } = this.watch
    if (ring.push(pcm, offset)) this.watch.step(this.isArmed)
    else this.hasFailed = true
  }

  private hearSilence(hopCount: number): void {
    const { ring } = this.watch
    let left = hopCount
    for (; left > 0 && !this.watch.isQuiet; left -= 1) {
      ring.pushSilence()
      this.watch.step(this.isArmed)
    }
    ring.jump(left)
  }
}
