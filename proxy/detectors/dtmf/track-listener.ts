import type { DigitReport, Finding } from '../detector.js'
import { type KeySink, KeyWatch } from './key-watch.js'
import { HOPS_MAX } from './layout.js'
import type { DtmfOptions } from './options.js'
import { KEYS, type ToneBank, toneBank } from './tone-bank.js'

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
  private readonly bank: ToneBank
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
    this.bank = toneBank(setup.sampleRateHz)
    this.watch = new KeyWatch(this.bank, setup.options, this)
    this.clockRatio = setup.clockRateHz / setup.sampleRateHz
    this.partial = new Int16Array(this.bank.hopSamples)
  }

  /** No mask starts further back than the reach-back from the last whole hop, and an open one has been told further. */
  get watermarkSample(): number {
    return Math.max(0, Math.floor(this.positionOf(this.watch.ring.count - this.watch.reachBackHops)))
  }

  /**
   * Audio that follows what was heard last; borrowed until return. What is no 16-bit PCM fails the track for good: its watermark
   * stops where it is. Hot: a frame up to 60 ms is heard in one piece.
   */
  push(pcm: Int16Array): void {
    if (!(pcm instanceof Int16Array)) this.hasFailed = true
    for (let heard = 0; heard < pcm.length && !this.hasFailed; ) {
      const room = HOPS_MAX * this.bank.hopSamples - this.partialCount
      const piece = heard === 0 && pcm.length <= room ? pcm : pcm.subarray(heard, heard + room)
      this.hear(piece)
      heard += piece.length
    }
  }

  /** Silence up to a position; nothing when that has been reached. Its cost is bounded, however long it is. */
  skipTo(position: number): void {
    const missing = Math.floor(position / this.clockRatio) - this.heardSamples()
    if (missing <= 0 || this.hasFailed) return
    const lead = Math.min(missing, this.missingOfHop())
    const hopCount = Math.floor((missing - lead) / this.bank.hopSamples)
    if (lead > 0) this.hear(new Int16Array(lead))
    this.hearSilence(hopCount)
    const rest = missing - lead - hopCount * this.bank.hopSamples
    if (rest > 0) this.hear(new Int16Array(rest))
  }

  /** Fills the last hop with silence. */
  finish(): void {
    if (this.partialCount > 0 && !this.hasFailed) this.hear(new Int16Array(this.missingOfHop()))
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
    if (this.findings.length > 0) this.findings.length = 0
    if (this.digits.length > 0) this.digits.length = 0
  }

  /** Forgets what was heard. */
  close(): void {
    this.partial.fill(0)
    this.watch.ring.close()
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
    return hop * this.bank.hopSamples * this.clockRatio
  }

  private heardSamples(): number {
    return this.watch.ring.count * this.bank.hopSamples + this.partialCount
  }

  /** Samples that the hop which has begun still lacks. */
  private missingOfHop(): number {
    return this.partialCount === 0 ? 0 : this.bank.hopSamples - this.partialCount
  }

  /** The hops that are whole with this audio; what is left waits for more. */
  private hear(pcm: Int16Array): void {
    const { bank, partial } = this
    if (this.partialCount > 0) bank.put(partial, 0)
    bank.put(pcm, this.partialCount)
    const sampleCount = this.partialCount + pcm.length
    const hopCount = Math.floor(sampleCount / bank.hopSamples)
    this.partialCount = sampleCount - hopCount * bank.hopSamples
    for (let i = 0; i < this.partialCount; i += 1) partial[i] = bank.inHand(hopCount * bank.hopSamples + i)
    this.watch.hear(hopCount, this.isArmed)
  }

  private hearSilence(hopCount: number): void {
    let left = hopCount
    for (; left > 0 && !this.watch.isQuiet; left -= 1) this.watch.hear(1, this.isArmed)
    this.watch.ring.count += left
  }
}
